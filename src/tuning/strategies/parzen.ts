// A Tree-structured Parzen estimator over categorical choices: draw what good trials have and others have not.
import type { RandomSource } from '../../data/transforms/random';
import type { Point } from './points';

/** A point that was tried and its loss; smaller is better, Infinity for a trial that failed. */
export interface LossyPoint {
  readonly point: Point;
  readonly loss: number;
}

/** Share of the trials that count as good, with respect to their number's root (SYSTEMS §3.3). */
const gamma = 0.3;
/** More than this many are never called good, so that the estimate stays greedy in long searches. */
const mostGood = 25;

/**
 * Draws the next point (Bergstra et al., Algorithms for Hyper-Parameter Optimization, 2011, §4). The γ·√n best trials
 * are good. In each dimension by itself, as many candidates as the smallest dimension has choices are drawn from the
 * frequencies among the good ones; the one with the largest ratio of its frequency there to that among the others wins.
 *
 * @param counts choices of each dimension.
 * @param observations at least one.
 */
export function suggestByParzen(
  counts: readonly number[],
  observations: readonly LossyPoint[],
  random: RandomSource,
): Point {
  const { good, others } = splitByLoss(observations);
  const candidates = Math.min(...counts.filter((count) => count > 1));
  return counts.map((count, dimension) => {
    if (count <= 1) return 0;
    const likely = frequencies(good, dimension, count, 1 / candidates);
    const unlikely = frequencies(others, dimension, count, 1 / candidates);
    return bestOfDraws(likely, unlikely, candidates, random);
  });
}

/** The best γ·√n trials, rounded up, and the others; of equal losses the earlier is the better. */
export function splitByLoss(observations: readonly LossyPoint[]): {
  readonly good: readonly Point[];
  readonly others: readonly Point[];
} {
  const ordered = [...observations].sort((a, b) => (a.loss < b.loss ? -1 : a.loss > b.loss ? 1 : 0));
  const points = ordered.map(({ point }) => point);
  const count = Math.min(Math.ceil(gamma * Math.sqrt(points.length)), mostGood);
  return { good: points.slice(0, count), others: points.slice(count) };
}

/** How often each choice occurs in a dimension, as probabilities; every choice is seen `priorWeight` times beforehand. */
export function frequencies(
  points: readonly Point[],
  dimension: number,
  count: number,
  priorWeight: number,
): readonly number[] {
  const weights = Array.from({ length: count }, () => priorWeight);
  for (const point of points) {
    const choice = point[dimension] ?? 0;
    weights[choice] = (weights[choice] ?? 0) + 1;
  }
  const total = points.length + count * priorWeight;
  return weights.map((weight) => weight / total);
}

function bestOfDraws(
  likely: readonly number[],
  unlikely: readonly number[],
  draws: number,
  random: RandomSource,
): number {
  let best = 0;
  let bestRatio = -Infinity;
  for (let draw = 0; draw < draws; draw++) {
    const choice = drawFrom(likely, random);
    const ratio = (likely[choice] ?? 0) / (unlikely[choice] ?? 1);
    if (ratio > bestRatio) [best, bestRatio] = [choice, ratio];
  }
  return best;
}

/** An index, each with its probability. */
function drawFrom(probabilities: readonly number[], random: RandomSource): number {
  let rest = random();
  for (const [index, probability] of probabilities.entries()) {
    rest -= probability;
    if (rest < 0) return index;
  }
  return probabilities.length - 1;
}
