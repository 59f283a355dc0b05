// Rows of a table: sorted with what is missing at the end, drawn in part when there are many.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longestWhole, rowWindow, sortRows } from '../../../webviews/kit/tableRows';

describe('sorting rows', () => {
  it('puts rows without a value last either way', () => {
    const rows = [{ v: null }, { v: 2 }, { v: 1 }];
    expect(sortRows(rows, ({ v }) => v, 'ascending').map(({ v }) => v)).toEqual([1, 2, null]);
    expect(sortRows(rows, ({ v }) => v, 'descending').map(({ v }) => v)).toEqual([2, 1, null]);
  });

  it('keeps equal rows in their order', () => {
    const rows = [
      { n: 'a', v: 1 },
      { n: 'b', v: 1 },
    ];
    expect(sortRows(rows, ({ v }) => v, 'descending').map(({ n }) => n)).toEqual(['a', 'b']);
  });

  it('reads numbers in names as numbers', () => {
    const names = ['Conv_10', 'Conv_9', 'conv_1'].map((name) => ({ name }));
    expect(sortRows(names, ({ name }) => name, 'ascending').map(({ name }) => name)).toEqual([
      'conv_1',
      'Conv_9',
      'Conv_10',
    ]);
  });
});

describe('the window of a long table', () => {
  it('is the whole of a short one', () => {
    expect(rowWindow(longestWhole, 26, 9999, 300)).toEqual({ from: 0, to: longestWhole });
  });

  it('covers what is in sight, and never leaves the table', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 501, max: 20_000 }),
        fc.nat(600_000),
        fc.integer({ min: 1, max: 2000 }),
        (count, scrolled, viewport) => {
          const { from, to } = rowWindow(count, 26, scrolled, viewport);
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeLessThanOrEqual(count);
          expect(to - from).toBeLessThanOrEqual(Math.ceil(viewport / 26) + 41);
          const last = Math.min(count - 1, Math.floor((scrolled + viewport - 1) / 26));
          expect(to).toBeGreaterThan(last);
          if (scrolled < count * 26 - viewport) expect(from * 26).toBeLessThanOrEqual(scrolled);
        },
      ),
    );
  });
});
