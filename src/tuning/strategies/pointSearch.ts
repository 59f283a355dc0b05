// A search that sees configurations as points of the op-wise product; strategies differ in which point is next.
import type { RandomSource } from '../../data/transforms/random';
import { mulberry32 } from '../../data/transforms/random';
import type { StrategyContext, TrialOutcome, TrialSteps } from '../contracts';
import { differenceText } from './changes';
import type { Point } from './points';
import { FreshPoints, OpWisePoints } from './points';
import { Search } from './search';

/** What there is to choose from. */
export interface PointSpace {
  /** How many choices each dimension has. */
  readonly counts: readonly number[];
  readonly fresh: FreshPoints;
  readonly random: RandomSource;
}

/** A point that was tried, and what came of it. */
export interface TriedPoint {
  readonly point: Point;
  readonly outcome: TrialOutcome;
}

/** The point to try next, given all that were tried; undefined when there is none. */
export type NextPoint = (tried: readonly TriedPoint[]) => Point | undefined;

/** Tries one point after another until there is none, or nobody asks any more. */
export function* searchPoints(context: StrategyContext, begin: (space: PointSpace) => NextPoint): TrialSteps {
  const search = new Search(context);
  if (search.isEmpty) return;
  const points = new OpWisePoints(context, search.choices);
  const random = mulberry32(context.seed);
  const fresh = new FreshPoints(points.counts, random, (point) => points.isTrial(point));
  const next = begin({ counts: points.counts, fresh, random });
  const tried: TriedPoint[] = [];
  for (let point = next(tried); point !== undefined; point = next(tried)) {
    const config = points.configAt(point);
    const change = differenceText(context.space, points.startAt(point), config);
    const outcome = yield* search.attempt({ config, change });
    // Undefined for the point in which every op is float: that is no trial.
    if (outcome !== undefined) tried.push({ point, outcome });
  }
}
