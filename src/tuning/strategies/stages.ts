// Stages that several strategies share: the start, static to dynamic, recipes, and ops falling back to float.
import type { OpConfig, TrialConfig, TrialRequest } from '../contracts';
import { differenceText, floatText, wholeText } from './changes';
import { formIn, quantizedNodes, smoothQuantAlphasOf, startConfig, withFloat, withForms } from './choices';
import type { Search } from './search';

/** The start configuration, and where the config gives several alphas of SmoothQuant, the same with each of the others. */
export function* startStage(search: Search, samplingSize: number): Generator<TrialRequest> {
  const { context, choices } = search;
  const start = startConfig(context, choices, samplingSize);
  yield { config: start, change: wholeText(context.space, start) };
  for (const smoothQuantAlpha of smoothQuantAlphasOf(context).slice(1)) {
    const config = { ...start, smoothQuantAlpha };
    yield { config, change: differenceText(context.space, start, config) };
  }
}

/** The most accurate configuration so far with this sampling size; the start where every trial failed. */
export function bestWithSize(search: Search, samplingSize: number): TrialConfig {
  const best = search.best ?? startConfig(search.context, search.choices, samplingSize);
  return { ...best, samplingSize };
}

/** One request in which every static op that may also be dynamic is; none where there is no such op. */
export function* dynamicStage(
  { context, choices }: Pick<Search, 'context' | 'choices'>,
  base: TrialConfig,
): Generator<TrialRequest> {
  const forms = new Map<string, OpConfig>();
  for (const { node, alternativeDynamic } of choices) {
    const current = formIn(base, node);
    const [first] = alternativeDynamic;
    if (current.mode !== 'static' || first === undefined) continue;
    const alike = alternativeDynamic.find((form) => form.weightGranularity === current.weightGranularity);
    forms.set(node, alike ?? first);
  }
  if (forms.size === 0) return;
  const config = withForms(context.space, base, forms);
  yield { config, change: differenceText(context.space, base, config) };
}

/**
 * The ops that each recipe of the originals' ONNX search keeps float, where the config leaves it to the strategy: the
 * first, the last, and those before and after the ones worth quantizing.
 */
function recipeOps({ context: { space, recipes } }: Search): readonly (readonly string[])[] {
  const { firstOp, lastOp, prePostOps } = space;
  return [
    recipes.firstConvOrMatmulQuantization === undefined && firstOp !== undefined ? [firstOp] : [],
    recipes.lastConvOrMatmulQuantization === undefined && lastOp !== undefined ? [lastOp] : [],
    recipes.prePostProcessQuantization === undefined ? prePostOps : [],
  ];
}

/** All recipes that the config leaves open, together. */
export function* allRecipesStage(search: Search, base: TrialConfig): Generator<TrialRequest> {
  yield* asFloat(search, base, recipeOps(search).flat());
}

/** The recipes that the config leaves open, each by itself. */
export function* singleRecipesStage(search: Search, base: TrialConfig): Generator<TrialRequest> {
  for (const nodes of recipeOps(search)) yield* asFloat(search, base, nodes);
}

/** Transformer blocks fall back, the last one first, and stay so (SYSTEMS §3.3, basic 2.x). */
export function* blockStage(search: Search, base: TrialConfig): Generator<TrialRequest> {
  const quantized = new Set(quantizedNodes(search.context.space, base));
  const float: string[] = [];
  for (const block of search.context.space.blocks) {
    const nodes = block.filter((node) => quantized.has(node));
    if (nodes.length === 0) continue;
    float.push(...nodes);
    yield* asFloat(search, base, float);
  }
}

/**
 * Each op falls back by itself, in the order given; then all of them one after another, those first whose own fallback
 * left the model most accurate. The second part leaves its first step out: that was the best single fallback.
 */
export function* fallbackStages(search: Search, base: TrialConfig, nodes: readonly string[]): Generator<TrialRequest> {
  const { space } = search.context;
  for (const node of nodes) yield* asFloat(search, base, [node]);
  const gains = new Map(nodes.map((node) => [node, search.gainOf(withFloat(space, base, [node]))]));
  const ordered = sortedDescending(nodes, (node) => gains.get(node) ?? -Infinity);
  yield* accumulatedFallback(search, base, ordered, 2);
}

/** The first `from` ops are float, then one more each time. */
export function* accumulatedFallback(
  search: Search,
  base: TrialConfig,
  ordered: readonly string[],
  from: number,
): Generator<TrialRequest> {
  for (let count = from; count <= ordered.length; count++) yield* asFloat(search, base, ordered.slice(0, count));
}

/** A copy in descending order of a figure; equals keep their order, and what is NaN counts as −Infinity. */
export function sortedDescending<T>(items: readonly T[], figureOf: (item: T) => number): readonly T[] {
  const figures = items.map((item) => ({ item, figure: figureOf(item) }));
  const comparable = figures.map(({ item, figure }) => ({ item, figure: Number.isNaN(figure) ? -Infinity : figure }));
  // Not a difference: that of two infinities is NaN.
  return comparable.sort((a, b) => (a.figure < b.figure ? 1 : a.figure > b.figure ? -1 : 0)).map(({ item }) => item);
}

/** A request in which those of the nodes that are quantized in `base` are float; none where there are none. */
function* asFloat({ context }: Search, base: TrialConfig, nodes: readonly string[]): Generator<TrialRequest> {
  const float = new Set(nodes.filter((node) => formIn(base, node).mode !== 'float'));
  if (float.size > 0) yield { config: withFloat(context.space, base, float), change: floatText([...float]) };
}
