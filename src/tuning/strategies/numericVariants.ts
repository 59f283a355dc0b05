// Other numbers for the same quantized ops: calibration, equalization, SmoothQuant, corrections. None costs speed.
import type { CalibrationMethod } from '../../config/recipe';
import type { OpConfig, SearchSpace, StrategyContext, TrialConfig } from '../contracts';
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
 * Variants of `config` that change the float graph or its ranges, as far as the config file and the space allow: every
 * way to measure ranges, with and without equalization, and SmoothQuant where there are products to smooth. `config`
 * itself comes first.
 */
export async function rangeVariants(
  context: StrategyContext,
  space: SearchSpace,
  config: TrialConfig,
): Promise<TrialConfig[]> {
  const { recipes, probes } = context;
  const canEqualize = recipes.equalization === undefined && (await probes.equalizablePairs(space.fusion)) > 0;
  const equalizations = canEqualize ? [config.equalization, !config.equalization] : [config.equalization];
  const variants = [config];
  for (const equalization of equalizations) {
    for (const choice of rangeChoices) {
      const measured = withRanges(space, config, choice);
      if (measured !== undefined) variants.push({ ...measured, equalization });
    }
  }
  for (const smoothQuantAlpha of alphasOf(context, space, config)) variants.push({ ...config, smoothQuantAlpha });
  return distinct(variants);
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
  const keys = variants.map((variant) => JSON.stringify(variant));
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
