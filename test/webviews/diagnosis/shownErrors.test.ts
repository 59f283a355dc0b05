// Operators of a diagnosis whose errors say nothing, because their channels were rescaled on purpose.
import { expect, it } from 'vitest';
import { barLength, errorText, losing, mseCell, mseOrder } from '../../../webviews/diagnosis/shownErrors';
import { sortRows } from '../../../webviews/kit/tableRows';

const op = (node: string, mse: number, isRescaled = false) => ({ node, mse, sqnrDb: 30, isRescaled });

const ops = [op('rescaled', 0.5, true), op('good', 1e-6), op('bad', 1e-3)];

it('operators whose errors say nothing come after all others, in the chart and the table', () => {
  expect(losing(ops).map(({ node }) => node)).toEqual(['bad', 'good', 'rescaled']);
  for (const direction of ['ascending', 'descending'] as const) {
    expect(sortRows(ops, mseOrder, direction).at(-1)?.node).toBe('rescaled');
  }
});

it('operators whose errors say nothing are marked, and their bar has no length', () => {
  const one = op('a', 0.5, true);
  expect([barLength(one), errorText(one), mseCell(one)]).toEqual([0, 'rescaled: says nothing', 'rescaled']);
  expect([barLength(op('a', 0.5)), mseCell(op('a', 0.5))]).toEqual([0.5, '5.00e-1']);
});
