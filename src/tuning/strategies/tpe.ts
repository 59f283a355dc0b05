// The strategy `tpe`: a Tree-structured Parzen estimator looks for fast models that keep their accuracy.
import type { Strategy, StrategyContext, TrialOutcome } from '../contracts';
import { suggestByParzen } from './parzen';
import type { Point } from './points';
import type { PointSpace, TriedPoint } from './pointSearch';
import { searchPoints } from './pointSearch';
import type { LossWeights, RelativeResult } from './tpeLoss';
import { assumedExtremes, lossScaleOf, tpeLoss } from './tpeLoss';

/** Trials by lot before anything is estimated (SYSTEMS §3.3). */
const initialTrials = 10;
/** The estimator may draw what was tried before; after this many times a point is taken by lot. */
const drawsBeforeLot = 30;

/**
 * Sampling size and the form of each op, float among them, as categories (SYSTEMS §3.3): ten points by lot, then the
 * estimator's, never one twice. The original takes the approach `static` alone; here any will do. Goes on until nobody
 * asks any more or every configuration was tried.
 */
export const tpe: Strategy = (context) => searchPoints(context, (space) => (tried) => suggest(context, space, tried));

function suggest(
  context: StrategyContext,
  { counts, fresh, random }: PointSpace,
  tried: readonly TriedPoint[],
): Point | undefined {
  if (tried.length < initialTrials) return fresh.next();
  const losses = lossesOf(
    context,
    tried.map(({ outcome }) => resultOf(context, outcome)),
  );
  const lossy = tried.map(({ point }, index) => ({ point, loss: losses[index] ?? Infinity }));
  for (let draw = 0; draw < drawsBeforeLot; draw++) {
    const point = suggestByParzen(counts, lossy, random);
    if (!fresh.isFresh(point)) continue;
    fresh.take(point);
    return point;
  }
  return fresh.next();
}

/** Losses of all trials on the scale of what was seen so far; Infinity for those that failed. */
function lossesOf(context: StrategyContext, results: readonly (RelativeResult | undefined)[]): readonly number[] {
  const weights: LossWeights = { ...context, threshold: relativeToBaseline(context, context.tolerance) };
  const seen = results.flatMap((result) => result ?? []);
  const extremes: RelativeResult = {
    accuracyLoss: Math.max(0, ...seen.map(({ accuracyLoss }) => accuracyLoss)),
    latencyRatio: Math.max(1, ...seen.map(({ latencyRatio }) => latencyRatio)),
  };
  const scale = lossScaleOf(seen.length > 0 ? extremes : assumedExtremes, weights.threshold);
  return results.map((result) => (result === undefined ? Infinity : tpeLoss(result, weights, scale)));
}

function resultOf(context: StrategyContext, outcome: TrialOutcome): RelativeResult | undefined {
  if (!Number.isFinite(outcome.accuracyGain)) return undefined;
  const ratio = context.baseline.latencyMs / outcome.latencyMs;
  return {
    accuracyLoss: relativeToBaseline(context, -outcome.accuracyGain),
    // A trial given up before its latency was known is taken to be as fast as the float model.
    latencyRatio: Number.isFinite(ratio) && ratio > 0 ? ratio : 1,
  };
}

/** As a fraction of the float model's accuracy; a model whose accuracy is 0 leaves no fraction to speak of. */
function relativeToBaseline({ baseline }: StrategyContext, difference: number): number {
  const size = Math.abs(baseline.accuracy);
  return size > 0 ? difference / size : difference;
}
