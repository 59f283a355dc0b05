// The strategy `random`: every op by lot.
import { mulberry32 } from '../../data/transforms/random';
import type { Strategy } from '../contracts';
import { FreshPoints, OpWisePoints } from './points';
import { Search } from './search';
import { attemptPoint } from './attemptPoint';

/**
 * Draws sampling size and the form of each op, float among them, uniformly and never the same configuration twice
 * (SYSTEMS §3.3). Goes on until nobody asks any more or every configuration was drawn.
 */
export const random: Strategy = function* (context) {
  const search = new Search(context);
  if (search.isEmpty) return;
  const points = new OpWisePoints(context, search.choices);
  const fresh = new FreshPoints(points.counts, mulberry32(context.seed), (point) => points.isTrial(point));
  for (let point = fresh.next(); point !== undefined; point = fresh.next()) {
    yield* attemptPoint(search, points, point);
  }
};
