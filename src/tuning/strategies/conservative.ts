// The strategy `conservative`: starts from float and quantizes one family of ops after the other.
import type { OpConfig, Strategy, StrategyContext, TrialConfig } from '../contracts';
import type { OpChoices } from './choices';
import { formIn, samplingSizesOf, startConfig, withForms } from './choices';
import { Search } from './search';

/** A family and how the lower-cased names of its op types begin; `gemm` is what ONNX calls the original's linear. */
interface Family {
  readonly name: string;
  readonly prefixes: readonly string[];
}

const families: readonly Family[] = [
  { name: 'Conv', prefixes: ['conv', 'fusedconv'] },
  { name: 'MatMul', prefixes: ['matmul', 'fusedmatmul'] },
  { name: 'Bmm', prefixes: ['bmm'] },
  { name: 'Gemm', prefixes: ['linear', 'gemm'] },
];
const addFamily: Family = { name: 'Add', prefixes: ['add'] };

/**
 * All ops float; then the families Conv, MatMul, batched MatMul and Gemm, and Add where SmoothQuant is asked for: each
 * becomes 8-bit as a whole and stays so when the accuracy goal is met (SYSTEMS §3.3, quant_level 0). Uses the first
 * sampling size. Ends after the last family, so that the configuration it leaves is the union of the acceptable ones.
 */
export const conservative: Strategy = function* (context) {
  const search = new Search(context);
  const { space } = context;
  const [samplingSize = 0] = samplingSizesOf(space);
  const start = startConfig(context, search.choices, samplingSize);
  let kept: TrialConfig = { ...start, ops: {} };
  for (const { name, prefixes } of familiesFor(context)) {
    const members = search.choices.filter(({ opType }) => isOf(prefixes, opType));
    if (members.length === 0) continue;
    const forms = members.map(({ node }): [string, OpConfig] => [node, formIn(start, node)]);
    const config = withForms(space, kept, new Map(forms));
    const outcome = yield* search.attempt({ config, change: changeText(name, members) });
    if (outcome?.meetsGoal === true) kept = config;
  }
};

function familiesFor({ recipes }: StrategyContext): readonly Family[] {
  return recipes.smoothQuant === true ? [...families, addFamily] : families;
}

function isOf(prefixes: readonly string[], opType: string): boolean {
  return prefixes.some((prefix) => opType.toLowerCase().startsWith(prefix));
}

function changeText(family: string, { length }: readonly OpChoices[]): string {
  return length === 1 ? `the ${family} op is 8-bit` : `${length} ${family} ops are 8-bit`;
}
