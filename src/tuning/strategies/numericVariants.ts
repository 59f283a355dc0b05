// Other numbers for the same quantized ops: calibration, equalization, SmoothQuant, corrections. None costs speed.
import type { CalibrationMethod } from '../../config/recipe';
import type { OpConfig, SearchSpace, StrategyContext, TrialConfig } from '../contracts';
import { keyOf } from '../configKey';
import { formIn } from './choices';

/** How ranges may be measured; percentiles as the hand-made recipes of the field have them. */
interface RangeChoice {
  readonly method: CalibrationMethod;
  readonly percentile?: number;
}

const rangeChoices: readonly RangeChoice[] = [
  { method: 'minmax' },
  { method: 'percentile', percentile: 99.999 },
  { method: 'percentile', percentile: 99.99 },
  { method: 'entropy' },
];

/**
 * `config` with the channels of its layers equalized, where that is left to the strategy and there is something to
 * equalize; and with SmoothQuant where there are products to smooth.
 */
export async function reshapedVariants(
  context: StrategyContext,
  space: SearchSpace,
  config: TrialConfig,
): Promise<TrialConfig[]> {
  const { recipes, probes } = context;
  const canEqualize = recipes.equalization === undefined && (await probes.equalizablePairs(space.fusion)) > 0;
  const equalized = canEqualize ? [{ ...config, equalization: true }] : [];
  const smoothed = alphasOf(context, space, config).map((smoothQuantAlpha) => ({ ...config, smoothQuantAlpha }));
  return distinct([config, ...equalized, ...smoothed]).slice(1);
}

/** Other ways to measure the ranges of `config`, as far as its space allows them. */
export function rangeVariants(space: SearchSpace, config: TrialConfig): TrialConfig[] {
  const variants = rangeChoices.flatMap((choice) => withRanges(space, config, choice) ?? []);
  return distinct([config, ...variants]).slice(1);
}

/** The corrections that may be put on top of a variant (SYSTEMS §4.8): of biases, and of biases and weights. */
export function correctedVariants({ recipes }: StrategyContext, config: TrialConfig): TrialConfig[] {
  if (!Object.values(config.ops).some(({ mode }) => mode === 'static')) return [];
  const biases = recipes.fastBiasCorrection === undefined ? [true] : [config.fastBiasCorrection];
  const weights = recipes.weightCorrection === undefined ? [false, true] : [config.weightCorrection];
  const variants = biases.flatMap((fastBiasCorrection) =>
    weights.map((weightCorrection) => ({ ...config, fastBiasCorrection, weightCorrection })),
  );
  return distinct([config, ...variants]).slice(1);
}

/** Of equal ones the first. */
function distinct(variants: readonly TrialConfig[]): TrialConfig[] {
  const keys = variants.map(keyOf);
  return variants.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

/** Every static op measured in one way, where its space allows it; undefined where none may be. */
function withRanges(space: SearchSpace, config: TrialConfig, choice: RangeChoice): TrialConfig | undefined {
  const ops = space.ops.flatMap(({ node, staticForms }): [string, OpConfig][] => {
    const op = formIn(config, node);
    if (op.mode === 'float') return [];
    const isAllowed = staticForms.some((form) => form.activationAlgorithm === choice.method);
    if (op.mode !== 'static' || !isAllowed) return [[node, op]];
    return [[node, { ...op, activationAlgorithm: choice.method }]];
  });
  const percentile = choice.percentile ?? config.percentile;
  const measured = ops.some(([, op]) => op.mode === 'static' && op.activationAlgorithm === choice.method);
  return measured ? { ...config, ops: Object.fromEntries(ops), percentile } : undefined;
}

function alphasOf({ recipes }: StrategyContext, space: SearchSpace, config: TrialConfig): (number | 'auto')[] {
  const products = space.ops.filter(({ node, opType }) => isProduct(opType) && formIn(config, node).mode === 'static');
  if (recipes.smoothQuant !== undefined || products.length < fewestProducts) return [];
  return recipes.smoothQuantAlphas === 'auto' ? ['auto'] : ['auto', ...recipes.smoothQuantAlphas];
}

function isProduct(opType: string): boolean {
  return opType === 'MatMul' || opType === 'Gemm';
}

/** Fewer products are the head of a convolutional net. */
const fewestProducts = 3;
