// The grid that tune_hyperparams searches (SYSTEMS §7.7, step 4): how the ends of activation ranges are estimated, and how biases are
// corrected.
import type { TrialConfig } from '../../tuning/contracts';
import type { EndEstimator, RangeEstimator, RangeMode } from '../../quantization/estimators/rangeEstimator';

/** The configuration with each of the range estimators of the grid. */
export function rangeStage(base: TrialConfig): readonly TrialConfig[] {
  const mode = base.rangeEstimator?.mode ?? 'asymmetric';
  return activationVariants(mode).map((rangeEstimator) => ({ ...base, rangeEstimator }));
}

/** The configuration with fast bias correction, and with the full one. */
export function biasStage(base: TrialConfig): readonly TrialConfig[] {
  return [
    { ...base, fastBiasCorrection: true },
    { ...base, fastBiasCorrection: false, fullBiasCorrection: true },
  ];
}

const quantiles = [1e-3, 1e-4] as const;

/** Extremes of all samples, then means of quantiles, for each end. */
export function activationVariants(mode: RangeMode): readonly RangeEstimator[] {
  const lower = endVariants('min', 'min', 'quantile');
  const upper =
    mode === 'symmetric' ? endVariants('max', 'abs_max', 'abs_quantile') : endVariants('max', 'max', 'quantile');
  // Of a symmetric range the lower end says only whether anything is negative.
  const lowerUsed = mode === 'symmetric' ? lower.slice(0, 1) : lower;
  return lowerUsed.flatMap((min) => upper.map((max) => ({ mode, min, max })));
}

function endVariants(
  aggregator: 'min' | 'max',
  extreme: EndEstimator['type'],
  quantile: EndEstimator['type'],
): readonly EndEstimator[] {
  return [
    { type: extreme, aggregator, outlierProb: 1e-4 },
    ...quantiles.map((outlierProb): EndEstimator => ({ type: quantile, aggregator: 'mean', outlierProb })),
  ];
}
