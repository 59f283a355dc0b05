// The loss that `tpe` minimizes: accuracy and latency on one scale (SYSTEMS §3.3).

/** What a trial cost and gained, relative to the float model. */
export interface RelativeResult {
  /** (float − quantized) / float for accuracy; negative for a gain. */
  readonly accuracyLoss: number;
  /** Float latency over that of the trial: the speed-up. */
  readonly latencyRatio: number;
}

export interface LossWeights {
  readonly accuracyWeight: number;
  readonly latencyWeight: number;
  /** Largest acceptable loss of accuracy, as a fraction of the float model's. */
  readonly threshold: number;
}

/** Added for a trial that loses more accuracy than is acceptable: twice the originals' factor of 40. */
const penalty = 2 * 40;

/** How far apart the smallest and the largest component are brought. */
const scaledRange = 10;

/** Maps both components to a common scale. */
export interface LossScale {
  readonly accuracyMin: number;
  readonly accuracyFactor: number;
  readonly latencyMin: number;
  readonly latencyFactor: number;
}

/** Extremes assumed before anything was seen: 1 % of the accuracy lost, twice as fast. */
export const assumedExtremes: RelativeResult = { accuracyLoss: 0.01, latencyRatio: 2 };

/**
 * The scale on which losses between none and the worst, and speed-ups between none and the best, span the same range.
 *
 * @param extremes the largest loss and the largest speed-up; those assumed take the place of a range that is empty.
 */
export function lossScaleOf(extremes: RelativeResult, threshold: number): LossScale {
  const accuracyMin = accuracyComponent(0);
  const accuracyRange = [extremes.accuracyLoss, threshold, assumedExtremes.accuracyLoss]
    .map((loss) => Math.abs(accuracyComponent(loss) - accuracyMin))
    .find((range) => range > 0 && Number.isFinite(range));
  const unchanged = latencyComponent(1);
  const latencyMin = [extremes.latencyRatio, assumedExtremes.latencyRatio]
    .map(latencyComponent)
    .find((component) => component !== unchanged && Number.isFinite(component));
  return {
    accuracyMin,
    accuracyFactor: scaledRange / (accuracyRange ?? 1),
    latencyMin: latencyMin ?? unchanged,
    latencyFactor: scaledRange / Math.abs(unchanged - (latencyMin ?? unchanged - 1)),
  };
}

/**
 * Loss of a trial; smaller is better. Accuracy counts only where more than acceptable is lost, or where latency counts
 * for nothing.
 */
export function tpeLoss(result: RelativeResult, weights: LossWeights, scale: LossScale): number {
  const isOver = result.accuracyLoss > weights.threshold;
  const wanted = isOver ? weights.accuracyWeight : 0;
  const accuracyWeight = wanted === 0 && weights.latencyWeight === 0 ? 1 : wanted;
  const accuracy = scale.accuracyFactor * (accuracyComponent(result.accuracyLoss) - scale.accuracyMin);
  const latency = scale.latencyFactor * (latencyComponent(result.latencyRatio) - scale.latencyMin);
  return accuracyWeight * accuracy + weights.latencyWeight * latency + (isOver ? penalty : 0);
}

function accuracyComponent(accuracyLoss: number): number {
  return Math.exp(accuracyLoss);
}

/** ln((1 / (1000 · ratio))⁸). */
function latencyComponent(latencyRatio: number): number {
  return -8 * Math.log(1000 * latencyRatio);
}
