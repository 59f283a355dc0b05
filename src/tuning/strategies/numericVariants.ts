// Other numbers for the same quantized ops: calibration, equalization, SmoothQuant, corrections. None costs speed.
import type { CalibrationMethod } from '../../config/recipe';
import type { OpConfig, SearchSpace, StrategyContext, TrialConfig } from '../contracts';

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
 * Variants of `config` that the config file and the space allow, without `config` itself: every way to measure ranges,
 * with and without equalization and bias correction, and SmoothQuant where there are products to smooth.
 */
export async function numericVariants(
  context: StrategyContext,
  space: SearchSpace,
  config: TrialConfig,
): Promise<TrialConfig[]> {
  const { recipes, probes } = context;
  const canEqualize = recipes.equalization === undefined && (await probes.equalizablePairs(space.fusion)) > 0;
  const equalizations = canEqualize ? [true, false] : [config.equalization];
  const corrections = recipes.fastBiasCorrection === undefined ? [false, true] : [config.fastBiasCorrection];
  const variants: TrialConfig[] = [];
  for (const equalization of equalizations) {
    for (const choice of rangeChoices) {
      const measured = withRanges(space, config, choice);
      if (measured === undefined) continue;
      for (const fastBiasCorrection of corrections) variants.push({ ...measured, equalization, fastBiasCorrection });
    }
  }
  for (const smoothQuantAlpha of alphasOf(context, space, config)) variants.push({ ...config, smoothQuantAlpha });
  if (recipes.weightCorrection === undefined && config.fastBiasCorrection)
    variants.push({ ...config, weightCorrection: true });
  const own = JSON.stringify(config);
  return variants.filter((variant) => JSON.stringify(variant) !== own);
}

/** Every static op measured in one way, where its space allows it; undefined where none may be. */
function withRanges(space: SearchSpace, config: TrialConfig, choice: RangeChoice): TrialConfig | undefined {
  let changed = false;
  const ops = space.ops.flatMap(({ node, staticForms }): [string, OpConfig][] => {
    const op = config.ops[node];
    if (op === undefined) return [];
    const isAllowed = staticForms.some((form) => form.activationAlgorithm === choice.method);
    if (op.mode !== 'static' || !isAllowed) return [[node, op]];
    changed = true;
    return [[node, { ...op, activationAlgorithm: choice.method }]];
  });
  if (!changed) return undefined;
  return { ...config, ops: Object.fromEntries(ops), percentile: choice.percentile ?? config.percentile };
}

function alphasOf({ recipes }: StrategyContext, space: SearchSpace, config: TrialConfig): (number | 'auto')[] {
  const products = space.ops.filter(
    ({ node, opType }) => config.ops[node] !== undefined && /^(MatMul|Gemm)$/.test(opType),
  );
  if (recipes.smoothQuant !== undefined || products.length < fewestProducts) return [];
  return recipes.smoothQuantAlphas === 'auto' ? ['auto'] : ['auto', ...recipes.smoothQuantAlphas];
}

/** Fewer products are the head of a convolutional net. */
const fewestProducts = 3;
