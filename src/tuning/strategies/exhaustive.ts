// The strategy `exhaustive`: every configuration there is.
import type { Strategy } from '../contracts';
import { attemptPoint } from './attemptPoint';
import { OpWisePoints, pointsInOrder } from './points';
import { Search } from './search';

/**
 * The op-wise product for each sampling size, in order: the last op's form changes with every trial, the first op's
 * slowest (SYSTEMS §3.3). Goes on until nobody asks any more or the product is at its end.
 */
export const exhaustive: Strategy = function* (context) {
  const search = new Search(context);
  if (search.isEmpty) return;
  const points = new OpWisePoints(context, search.choices);
  for (const point of pointsInOrder(points.counts)) yield* attemptPoint(search, points, point);
};
