// The strategy `exhaustive`: every configuration there is.
import type { Strategy } from '../contracts';
import { searchPoints } from './pointSearch';
import { pointsInOrder } from './points';

/**
 * The op-wise product for each sampling size, in order: the last op's form changes with every trial, the first op's
 * slowest (SYSTEMS §3.3). Goes on until nobody asks any more or the product is at its end.
 */
export const exhaustive: Strategy = (context) =>
  searchPoints(context, ({ counts }) => {
    const points = pointsInOrder(counts);
    return () => {
      const step = points.next();
      return step.done === true ? undefined : step.value;
    };
  });
