// The strategy `bayesian`: a Gaussian process learns from every trial where the next one promises most.
import type { Strategy, StrategyContext, TrialOutcome } from '../contracts';
import { fitGaussianProcess } from './gaussianProcess';
import type { Point } from './points';
import type { PointSpace, TriedPoint } from './pointSearch';
import { searchPoints } from './pointSearch';
import { mostPromising } from './upperConfidence';

/** The newest trials that are learnt from: the work grows with their number squared. */
const observationsUsed = 200;

/**
 * Bayesian optimization over sampling size and the form of each op as whole numbers (SYSTEMS §3.3): points by lot until
 * two targets differ, then the most promising one by upper confidence bound, never one twice. Goes on until nobody asks
 * any more or every configuration was tried.
 */
export const bayesian: Strategy = (context) =>
  searchPoints(context, (space) => (tried) => suggest(context, space, tried.slice(-observationsUsed)));

/**
 * What is maximized: below the goal the accuracy, on a logarithmic scale of missed tolerances, and the latency relative
 * to the float model's in any case. The original looks at accuracy alone, which suits its choices, all of them 8-bit; among
 * ours is float, and accuracy alone would lead back to the model that was given.
 *
 * @returns undefined for a trial that failed.
 */
export function targetOf(
  { tolerance, baseline }: Pick<StrategyContext, 'tolerance' | 'baseline'>,
  { accuracyGain, latencyMs }: Pick<TrialOutcome, 'accuracyGain' | 'latencyMs'>,
): number | undefined {
  if (!Number.isFinite(accuracyGain)) return undefined;
  const unit = tolerance > 0 ? tolerance : smallestTolerance;
  const missed = Math.max(0, -accuracyGain - tolerance) / unit;
  const relativeLatency = latencyMs / baseline.latencyMs;
  return -Math.log1p(missed) - (Number.isFinite(relativeLatency) ? relativeLatency : 1);
}

/** The unit in which misses are counted where no loss at all is acceptable. */
const smallestTolerance = 1e-3;

function suggest(
  context: StrategyContext,
  { counts, fresh, random }: PointSpace,
  tried: readonly TriedPoint[],
): Point | undefined {
  const targets = tried.map(({ outcome }) => targetOf(context, outcome));
  const known = targets.filter((target) => target !== undefined);
  if (new Set(known).size < 2) return fresh.next();
  // A failed trial counts as the worst that was seen: the search leaves its neighbourhood and does not derail.
  const worst = Math.min(...known);
  const process = fitGaussianProcess(
    tried.map(({ point }) => point),
    targets.map((target) => target ?? worst),
  );
  const point = mostPromising(counts, process, random, (one) => fresh.isFresh(one));
  if (point === undefined) return fresh.next();
  fresh.take(point);
  return point;
}
