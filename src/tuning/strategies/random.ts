// The strategy `random`: every op by lot.
import type { Strategy } from '../contracts';
import { searchPoints } from './pointSearch';

/**
 * Draws sampling size and the form of each op, float among them, uniformly and never the same configuration twice
 * (SYSTEMS §3.3). Goes on until nobody asks any more or every configuration was drawn.
 */
export const random: Strategy = (context) =>
  searchPoints(
    context,
    ({ fresh }) =>
      () =>
        fresh.next(),
  );
