// Where to look next: the point whose value may be highest (upper confidence bound).
import type { RandomSource } from '../../data/transforms/random';
import type { GaussianProcess } from './gaussianProcess';
import type { Point } from './points';
import { pointCount, pointsInOrder, randomPoint } from './points';

/** How many deviations above the mean count as possible (SYSTEMS §3.3). */
export const kappa = 2.576;

/** Points looked at first; all of them where there are no more. */
const samples = 10_000;
/** The best of them are climbed from. */
const starts = 3;
/** Rounds through the dimensions for each start, unless it is at the top before. */
const rounds = 3;

/**
 * The point with the largest mean + κ · deviation among those that may be tried, of many drawn uniformly and of what is
 * met when climbing from the best of them, one dimension at a time (SYSTEMS §3.3 climbs by L-BFGS: here every dimension
 * has a few whole numbers).
 *
 * @returns undefined when none of the points met may be tried.
 */
export function mostPromising(
  counts: readonly number[],
  process: GaussianProcess,
  random: RandomSource,
  mayBeTried: (point: Point) => boolean,
): Point | undefined {
  let best: Point | undefined;
  let bestBound = -Infinity;
  const boundAt = (point: Point): number => {
    const { mean, deviation } = process.predict(point);
    const bound = mean + kappa * deviation;
    if (bound > bestBound && mayBeTried(point)) [best, bestBound] = [point, bound];
    return bound;
  };
  const isSmall = pointCount(counts) <= BigInt(samples);
  const drawn = isSmall ? pointsInOrder(counts) : randomPoints(counts, random);
  const highest: { readonly point: Point; readonly bound: number }[] = [];
  for (const point of drawn) keepHighest(highest, { point, bound: boundAt(point) });
  if (!isSmall) for (const start of highest) climb(counts, start, boundAt);
  return best;
}

function* randomPoints(counts: readonly number[], random: RandomSource): Generator<Point> {
  for (let index = 0; index < samples; index++) yield randomPoint(counts, random);
}

interface BoundedPoint {
  readonly point: Point;
  readonly bound: number;
}

function keepHighest(highest: BoundedPoint[], candidate: BoundedPoint): void {
  const place = highest.findIndex(({ bound }) => candidate.bound > bound);
  if (place >= 0) highest.splice(place, 0, candidate);
  else if (highest.length < starts) highest.push(candidate);
  if (highest.length > starts) highest.pop();
}

/** Takes in each dimension in turn the choice with the highest bound. */
function climb(counts: readonly number[], start: BoundedPoint, boundAt: (point: Point) => number): void {
  let { point, bound } = start;
  for (let round = 0; round < rounds; round++) {
    const before = bound;
    counts.forEach((count, dimension) => {
      for (let choice = 0; choice < count; choice++) {
        if (choice === point[dimension]) continue;
        const neighbour = point.with(dimension, choice);
        const found = boundAt(neighbour);
        if (found > bound) [point, bound] = [neighbour, found];
      }
    });
    if (bound === before) return;
  }
}
