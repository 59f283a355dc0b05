// The strategy `bayesian`: a Gaussian process learns from every trial where the next one promises most.
import { mulberry32 } from '../../data/transforms/random';
import type { RandomSource } from '../../data/transforms/random';
import type { Strategy, StrategyContext, TrialOutcome } from '../contracts';
import { attemptPoint } from './attemptPoint';
import { fitGaussianProcess } from './gaussianProcess';
import type { Point } from './points';
import { FreshPoints, OpWisePoints } from './points';
import { Search } from './search';
import { mostPromising } from './upperConfidence';

/** A point that was tried; the target is undefined for a trial that failed. */
interface Observation {
  readonly point: Point;
  readonly target: number | undefined;
}

/** The newest trials that are learnt from: the work grows with their number squared. */
const observationsUsed = 200;

/**
 * Bayesian optimization over sampling size and the form of each op as whole numbers (SYSTEMS §3.3): points by lot until
 * two targets differ, then the most promising one by upper confidence bound, never one twice. Goes on until nobody asks
 * any more or every configuration was tried.
 */
export const bayesian: Strategy = function* (context) {
  const search = new Search(context);
  if (search.isEmpty) return;
  const points = new OpWisePoints(context, search.choices);
  const random = mulberry32(context.seed);
  const fresh = new FreshPoints(points.counts, random, (point) => points.isTrial(point));
  const observations: Observation[] = [];
  for (;;) {
    const point = suggest(points.counts, observations.slice(-observationsUsed), fresh, random);
    if (point === undefined) return;
    const outcome = yield* attemptPoint(search, points, point);
    if (outcome !== undefined) observations.push({ point, target: targetOf(context, outcome) });
  }
};

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
  counts: readonly number[],
  observations: readonly Observation[],
  fresh: FreshPoints,
  random: RandomSource,
): Point | undefined {
  const targets = observations.flatMap(({ target }) => target ?? []);
  if (new Set(targets).size < 2) return fresh.next();
  // A failed trial counts as the worst that was seen: the search leaves its neighbourhood and does not derail.
  const worst = Math.min(...targets);
  const process = fitGaussianProcess(
    observations.map(({ point }) => point),
    observations.map(({ target }) => target ?? worst),
  );
  const point = mostPromising(counts, process, random, (one) => fresh.isFresh(one));
  if (point === undefined) return fresh.next();
  fresh.take(point);
  return point;
}
