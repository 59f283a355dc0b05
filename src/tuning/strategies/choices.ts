// What each op may be in a trial, and the configuration that a search starts from (SYSTEMS §3.1).
import { defaultRecipe } from '../../config/recipe';
import type { OpConfig, SearchSpace, StrategyContext, TrialConfig } from '../contracts';

export type StaticForm = Extract<OpConfig, { mode: 'static' }>;
export type DynamicForm = Extract<OpConfig, { mode: 'dynamic' }>;
export type QuantizedForm = StaticForm | DynamicForm;

/**
 * The 8-bit forms that approach and recipes leave to one op. Whatever falls back does so to float: the engine has no
 * bf16 or fp16 kernels on a CPU (SYSTEMS §4.7), so these steps of the originals' order of modes are left out.
 */
export interface OpChoices {
  readonly node: string;
  readonly opType: string;
  /** The form it starts in: the first one of the first mode that it has. */
  readonly first: QuantizedForm;
  /** Forms of the mode it starts in; `first` is among them. */
  readonly ofFirstMode: readonly QuantizedForm[];
  /** Every form, static ones before dynamic ones. */
  readonly all: readonly QuantizedForm[];
  /** Dynamic forms of an op that starts static and may also be dynamic. */
  readonly alternativeDynamic: readonly DynamicForm[];
}

/**
 * Ops that may be quantized at all, in graph order. Modes are asked for in the order static, dynamic, float; an
 * approach other than `auto` has one of the first two. Ops that a recipe keeps float in every configuration are absent.
 */
export function opChoicesOf({ space, approach, recipes }: StrategyContext): readonly OpChoices[] {
  const keptFloat = new Set<string>();
  if (recipes.firstConvOrMatmulQuantization === false && space.firstOp !== undefined) keptFloat.add(space.firstOp);
  if (recipes.lastConvOrMatmulQuantization === false && space.lastOp !== undefined) keptFloat.add(space.lastOp);
  if (recipes.prePostProcessQuantization === false) for (const node of space.prePostOps) keptFloat.add(node);
  return space.ops.flatMap((op) => {
    const statics = approach === 'dynamic' ? [] : op.staticForms;
    const dynamics = approach === 'static' ? [] : op.dynamicForms;
    const all: readonly QuantizedForm[] = [...statics, ...dynamics];
    const [first] = all;
    if (first === undefined || keptFloat.has(op.node)) return [];
    const startsStatic = statics.length > 0;
    return {
      node: op.node,
      opType: op.opType,
      first,
      ofFirstMode: startsStatic ? statics : dynamics,
      all,
      alternativeDynamic: startsStatic ? dynamics : [],
    };
  });
}

/** Sampling sizes in the order of the config; the recipe's default where it names none. */
export function samplingSizesOf(space: SearchSpace): readonly number[] {
  return space.samplingSizes.length > 0 ? space.samplingSizes : [defaultRecipe.calibration.samples];
}

/** Alphas of SmoothQuant in the order of the config; a single null where the recipe is not asked for. */
export function smoothQuantAlphasOf({ recipes }: StrategyContext): readonly (number | 'auto' | null)[] {
  if (recipes.smoothQuant !== true) return [null];
  if (recipes.smoothQuantAlphas === 'auto') return ['auto'];
  return recipes.smoothQuantAlphas.length > 0 ? recipes.smoothQuantAlphas : [defaultAlpha];
}

/** SYSTEMS §4.5. */
const defaultAlpha = 0.5;

/** Every op in its first form, and the recipes that the config asks for. */
export function startConfig(
  context: StrategyContext,
  choices: readonly OpChoices[],
  samplingSize: number,
): TrialConfig {
  const { space, recipes } = context;
  return {
    fusion: space.fusion,
    format: space.format,
    equalization: recipes.equalization === true,
    smoothQuantAlpha: smoothQuantAlphasOf(context)[0] ?? null,
    fastBiasCorrection: recipes.fastBiasCorrection === true,
    weightCorrection: recipes.weightCorrection === true,
    samplingSize,
    percentile: defaultRecipe.calibration.percentile,
    ops: Object.fromEntries(choices.map(({ node, first }) => [node, first])),
  };
}

/** How a node computes; float where the configuration does not name it. A node may be called `constructor`. */
export function formIn(config: TrialConfig, node: string): OpConfig {
  return (Object.hasOwn(config.ops, node) ? config.ops[node] : undefined) ?? { mode: 'float' };
}

/** Nodes that are not float, in graph order. */
export function quantizedNodes(space: SearchSpace, config: TrialConfig): readonly string[] {
  return space.ops.map(({ node }) => node).filter((node) => formIn(config, node).mode !== 'float');
}

/** The same configuration with other forms of some ops. */
export function withForms(space: SearchSpace, config: TrialConfig, forms: ReadonlyMap<string, OpConfig>): TrialConfig {
  const entries = space.ops
    .map(({ node }) => [node, forms.get(node) ?? formIn(config, node)] as const)
    // Float is written by leaving the node out, always in graph order: equal configurations have equal JSON.
    .filter(([, form]) => form.mode !== 'float');
  return { ...config, ops: Object.fromEntries(entries) };
}

/** The same configuration with some ops float. */
export function withFloat(space: SearchSpace, config: TrialConfig, nodes: Iterable<string>): TrialConfig {
  return withForms(space, config, new Map([...nodes].map((node) => [node, { mode: 'float' }])));
}
