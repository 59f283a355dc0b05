// The default strategy: first the fastest form the engine can run, then the cheapest way to give it its accuracy back.
//
// Latency does not depend on how ranges were measured, and is measured in a quarter of a second: forms that do not pay on
// this machine are dropped before anybody asks what they cost in accuracy. Then numeric recipes, which cost no speed, are
// ranked by the error of the outputs on a few samples; only if none of them reaches the goal do ops fall back to float.
import type { CalibrationMethod } from '../../config/recipe';
import type {
  AsyncTrialSteps,
  OpConfig,
  SearchSpace,
  Strategy,
  StrategyContext,
  TrialConfig,
  TrialOutcome,
  TrialSteps,
} from '../contracts';
import { keyOf } from '../configKey';
import { differenceText, floatText, wholeText } from './changes';
import { opChoicesOf, quantizedNodes, samplingSizesOf, startConfig, withFloat } from './choices';
import { correctedVariants, rangeVariants, reshapedVariants } from './numericVariants';
import { repairedByFallback } from './repairByFallback';
import { Search } from './search';
import { dynamicStage } from './stages';

/** A form of the model that was measured. */
interface Form {
  readonly space: SearchSpace;
  readonly config: TrialConfig;
  readonly outcome: TrialOutcome;
}

/** A form that costs more than this part of what the best acceptable model costs is not worth repairing. */
const closeEnough = 0.99;

export const auto: Strategy = async function* auto(context) {
  const search = new Search(context);
  if (search.isEmpty) return;
  const forms = yield* measureForms(search);
  for (const form of forms) {
    if (isBeaten(form, search)) continue;
    const best = yield* repairedByNumbers(search, form);
    if (best !== undefined) yield* repairedByFallback(search, form.space, best);
  }
  for (const samplingSize of samplingSizesOf(context.space).slice(1)) yield* withSamples(search, samplingSize);
};

/** Tries every form that may be fast on this machine; gives them fastest first. */
async function* measureForms(search: Search): AsyncTrialSteps<Form[]> {
  const forms: Form[] = [];
  for (const fusion of await fusionsOf(search.context)) {
    const space = await search.context.spaceAt(fusion, search.context.space.format);
    yield* measureSpace(search, space, forms);
  }
  const [fastest] = sortedBySpeed(forms);
  if (fastest !== undefined && search.context.fixed.format === undefined) {
    yield* otherFormat(search, fastest, forms);
  }
  return sortedBySpeed(forms);
}

/** Levels of fusion worth a look: the engine's own operators only help where it finds transformers. */
async function fusionsOf(context: StrategyContext): Promise<SearchSpace['fusion'][]> {
  const { space, fixed } = context;
  if (fixed.fusion !== undefined) return [fixed.fusion];
  const isTransformer = space.blocks.length > 0;
  if (!isTransformer) return ['basic'];
  const extended = await context.spaceAt('extended', space.format);
  return extended.ops.length > 0 ? ['basic', 'extended'] : ['basic'];
}

/** All ops in 8 bits; the products with constant weights alone; and what measured times say is best left float. */
async function* measureSpace(search: Search, space: SearchSpace, forms: Form[]): AsyncTrialSteps {
  const whole = startOf(search, space);
  if (quantizedNodes(space, whole).length === 0) return;
  const outcome = yield* measureForm(search, space, whole, wholeText(space, whole), forms);
  if (outcome?.error !== undefined) return;
  const placements = await search.context.probes.placements(whole);
  const light = lightOps(space, whole);
  const context = { ...search.context, space };
  for (const { config, change } of dynamicStage({ context, choices: opChoicesOf(context) }, whole)) {
    yield* measureForm(search, space, config, change, forms);
  }
  const sets = [...placements, ...(light.length > 0 ? [light] : [])];
  const seen = new Set<string>();
  for (const nodes of sets) {
    const config = withFloat(space, whole, nodes);
    const key = keyOf(config);
    if (seen.has(key)) continue;
    seen.add(key);
    yield* measureForm(search, space, config, floatText(nodes), forms);
  }
}

/** The same ops in the other format: integer operators, or pairs that the engine merges. */
async function* otherFormat(search: Search, fastest: Form, forms: Form[]): AsyncTrialSteps {
  const format = fastest.space.format === 'qdq' ? 'qoperator' : 'qdq';
  const space = await search.context.spaceAt(fastest.space.fusion, format);
  const names = new Set(space.ops.map(({ node }) => node));
  const ops = Object.entries(fastest.config.ops).filter(([node]) => names.has(node));
  // Dynamic ops are the same in both.
  if (!ops.some(([, { mode }]) => mode === 'static')) return;
  const config = { ...fastest.config, format, ops: Object.fromEntries(ops) } as const;
  const words = format === 'qoperator' ? 'integer operators (QOperator)' : 'Q/DQ pairs';
  const change = `${origin(search, fastest.config)} as ${words}`;
  yield* measureForm(search, space, config, change, forms);
}

function* measureForm(
  search: Search,
  space: SearchSpace,
  config: TrialConfig,
  change: string,
  forms: Form[],
): TrialSteps<TrialOutcome | undefined> {
  const where = space.fusion === 'extended' ? 'fused operators; ' : '';
  const outcome = yield* search.attempt({ config, change: where + change });
  if (outcome !== undefined && outcome.error === undefined) forms.push({ space, config, outcome });
  return outcome;
}

/** Every op in its default form, with the recipes that the config fixes. */
function startOf({ context }: Search, space: SearchSpace): TrialConfig {
  const here = { ...context, space };
  const choices = opChoicesOf(here);
  return startConfig(here, choices, samplingSizesOf(space)[0] ?? 0);
}

/** Ops that cost little time and gain little from 8 bits, and products of two computed tensors. */
function lightOps(space: SearchSpace, config: TrialConfig): string[] {
  const quantized = new Set(quantizedNodes(space, config));
  const light = space.ops.filter(({ node, isConstantProduct }) => quantized.has(node) && !isConstantProduct);
  return light.length === quantized.size ? [] : light.map(({ node }) => node);
}

function sortedBySpeed(forms: readonly Form[]): Form[] {
  return [...forms].sort((a, b) => a.outcome.latencyMs - b.outcome.latencyMs);
}

/** Good as it is, or not faster than the float model or than an acceptable one that was found. */
function isBeaten({ outcome }: Form, search: Search): boolean {
  if (needsNoRepair(search, outcome)) return true;
  const { looksAtSpeed, baseline } = search.context;
  const best = search.bestAcceptable;
  // What brings accuracy back makes no model smaller.
  if (!looksAtSpeed) return best !== undefined && outcome.sizeBytes >= best.sizeBytes * closeEnough;
  return outcome.latencyMs > Math.min(baseline.latencyMs / 1.03, (best?.latencyMs ?? Infinity) * closeEnough);
}

/** Acceptable; or accurate enough where speed counts: then more accuracy does not help. */
function needsNoRepair(search: Search, outcome: TrialOutcome): boolean {
  return outcome.isAcceptable || (search.context.looksAtSpeed && search.keepsAccuracy(outcome));
}

/**
 * Tries other ways to find the same numbers, those with the least error of the outputs first. Gives the most accurate
 * configuration where accuracy is still missing, else undefined.
 */
async function* repairedByNumbers(search: Search, { space, config }: Form): AsyncTrialSteps<TrialConfig | undefined> {
  const ranked = await rankedVariants(search.context, space, config);
  for (const variant of ranked) {
    const change = `${origin(search, config)} with ${numericText(space, config, variant)}`;
    const outcome = yield* search.attempt({ config: variant, change });
    if (outcome !== undefined && needsNoRepair(search, outcome)) return undefined;
  }
  return [config, ...ranked].reduce((best, one) => (search.gainOf(one) > search.gainOf(best) ? one : best));
}

/**
 * Variants with the least error first, found step by step: the shape of the float graph, then how its ranges are
 * measured, then corrections, which take a pass over the data and are put on the best alone.
 */
async function rankedVariants(
  context: StrategyContext,
  space: SearchSpace,
  config: TrialConfig,
): Promise<TrialConfig[]> {
  const shaped = await withErrors(context, [config, ...(await reshapedVariants(context, space, config))]);
  const [best] = shaped;
  const measured = await withErrors(context, best === undefined ? [] : rangeVariants(space, best.variant));
  const ranked = byError([...shaped, ...measured]);
  const corrected = await withErrors(
    context,
    ranked.slice(0, mostCorrected).flatMap(({ variant }) => correctedVariants(context, variant)),
  );
  return byError([...ranked, ...corrected])
    .filter(({ variant }) => variant !== config)
    .slice(0, mostNumericTrials)
    .map(({ variant }) => variant);
}

/** A variant and the error of its outputs on a few samples. */
interface RankedVariant {
  readonly variant: TrialConfig;
  readonly error: number;
}

function byError(variants: readonly RankedVariant[]): RankedVariant[] {
  // Not a difference: that of two infinities is no number.
  return [...variants].sort((a, b) => (a.error < b.error ? -1 : a.error > b.error ? 1 : 0));
}

async function withErrors({ probes }: StrategyContext, variants: readonly TrialConfig[]): Promise<RankedVariant[]> {
  const errors: RankedVariant[] = [];
  for (const variant of variants) errors.push({ variant, error: await probes.outputError(variant) });
  return byError(errors);
}

/** How many variants get corrections on top. */
const mostCorrected = 2;

/** How many of the ranked variants the metric is asked about. */
const mostNumericTrials = 6;

/** The best configuration so far with another number of calibration samples. */
function* withSamples(search: Search, samplingSize: number): TrialSteps {
  const best = search.bestAcceptable?.config ?? search.best;
  if (best === undefined) return;
  // How many samples is said for every trial where several numbers are tried.
  yield* search.attempt({ config: { ...best, samplingSize }, change: origin(search, best) });
}

/** `trial 3`: what a change builds on. */
function origin(search: Search, config: TrialConfig): string {
  return `trial ${search.outcomeOf(config)?.id ?? '?'}`;
}

const methodTexts: Readonly<Record<CalibrationMethod, string>> = {
  minmax: 'minmax calibration',
  percentile: 'percentile calibration',
  entropy: 'entropy calibration',
};

function numericText(space: SearchSpace, from: TrialConfig, to: TrialConfig): string {
  const parts: string[] = [];
  const method = methodOf(to);
  if (method !== undefined && method !== methodOf(from)) {
    parts.push(method === 'percentile' ? `percentile ${to.percentile}` : methodTexts[method]);
  }
  if (to.equalization && !from.equalization) parts.push('equalization');
  if (to.smoothQuantAlpha !== null && to.smoothQuantAlpha !== from.smoothQuantAlpha)
    parts.push(`SmoothQuant ${to.smoothQuantAlpha}`);
  if (to.fastBiasCorrection && !from.fastBiasCorrection) parts.push('fast bias correction');
  if (to.weightCorrection && !from.weightCorrection) parts.push('weight correction');
  return parts.length > 0 ? parts.join(', ') : differenceText(space, from, to);
}

function methodOf({ ops }: TrialConfig): CalibrationMethod | undefined {
  const first = Object.values(ops).find((op): op is Extract<OpConfig, { mode: 'static' }> => op.mode === 'static');
  return first?.activationAlgorithm;
}
