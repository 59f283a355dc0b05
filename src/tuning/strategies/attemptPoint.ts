// Tries a point of the op-wise product.
import type { TrialOutcome, TrialSteps } from '../contracts';
import { differenceText } from './changes';
import type { OpWisePoints, Point } from './points';
import type { Search } from './search';

/** @returns undefined for the point in which every op is float. */
export function* attemptPoint(
  search: Search,
  points: OpWisePoints,
  point: Point,
): TrialSteps<TrialOutcome | undefined> {
  const config = points.configAt(point);
  const change = differenceText(search.context.space, points.startAt(point), config);
  return yield* search.attempt({ config, change });
}
