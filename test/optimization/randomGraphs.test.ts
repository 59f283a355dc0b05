// Graphs put together at random: whatever is blocked and kept, types fit, casts are few, and the numbers stay.
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { DataType } from '../../src/onnx/dataTypes';
import { intAttribute } from '../../src/onnx/makeMessages';
import type { GraphProto, NodeProto } from '../../src/onnx/messages';
import { floatInput, floatTensor, node } from '../quantization/rewritingModels';
import type { SmallModelParts } from '../quantization/rewritingModels';
import { convertAndRun } from './halfModels';

vi.setConfig({ testTimeout: 60_000 });

const { float32, float16 } = DataType;
const unary = ['Tanh', 'Relu', 'Identity', 'Sigmoid'];
const binary = ['Add', 'Max', 'Min', 'Mul'];

interface Choice {
  readonly op: string;
  readonly left: number;
  readonly right: number;
}

const choice: fc.Arbitrary<Choice> = fc.record({
  op: fc.constantFrom(...unary, ...binary, 'Cast32', 'Cast16And32'),
  left: fc.nat(100),
  right: fc.nat(100),
});

/** Each node reads tensors made before it: the input, the constants, or what earlier nodes made. */
function graphFrom(choices: readonly Choice[], outputPicks: readonly number[]): SmallModelParts {
  const made = ['x', 'w', 'v'];
  const nodes: NodeProto[] = [];
  choices.forEach(({ op, left, right }, index) => {
    const [a = '', b = ''] = [made[left % made.length], made[right % made.length]];
    const output = `t${index}`;
    if (op === 'Cast32') nodes.push(node('Cast', [a], output, [intAttribute('to', float32)]));
    else if (op === 'Cast16And32') {
      nodes.push(node('Cast', [a], `h${index}`, [intAttribute('to', float16)]));
      nodes.push(node('Cast', [`h${index}`], output, [intAttribute('to', float32)]));
    } else nodes.push(node(op, binary.includes(op) ? [a, b] : [a], output));
    made.push(output);
  });
  const last = `t${choices.length - 1}`;
  const outputs = new Set([last, ...outputPicks.map((pick) => made[pick % made.length] ?? last)]);
  return {
    nodes,
    inputs: { x: [2, 4] },
    outputs: [...outputs],
    initializers: [floatTensor('w', [4]), floatTensor('v', [2, 4], 5)],
  };
}

/** Casts put in that undo another cast, and tensors cast twice to the same type. */
function needlessCasts({ node: nodes }: GraphProto): string[] {
  const added = nodes.filter(({ opType, name }) => opType === 'Cast' && name.endsWith('_Cast'));
  const byOutput = new Map(added.map((cast) => [cast.output[0], cast]));
  const undone = added.filter((cast) => byOutput.has(cast.input[0] ?? ''));
  const seen = new Set<string>();
  const doubled = added.filter(({ input: [name = ''] }) => seen.size === seen.add(name).size);
  return [...undone, ...doubled].map(({ name }) => name);
}

describe('any graph', () => {
  it('is converted into one the engine takes, with no cast too many', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(choice, { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(100), { maxLength: 2 }),
        fc.subarray([...unary, 'Add', 'Mul', 'Cast']),
        fc.boolean(),
        async (choices, picks, wanted, keepIoTypes) => {
          const parts = graphFrom(choices, picks);
          const present = new Set(parts.nodes.map(({ opType }) => opType));
          const blocked = wanted.filter((opType) => present.has(opType));
          const { graph, decibels } = await convertAndRun(parts, { x: floatInput([2, 4]) }, { blocked, keepIoTypes });
          expect(decibels).toBeGreaterThan(40);
          expect(needlessCasts(graph)).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });
});
