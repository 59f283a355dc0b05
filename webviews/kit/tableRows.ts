// What a table does with its rows before they are drawn: sorting, and the window of those in sight.

/** What a column sorts by; null where a row has nothing. */
export type SortValue = string | number | boolean | null;

/** As `aria-sort` has it. */
export type SortDirection = 'ascending' | 'descending';

/** Rows in the order of their values; equal ones stay in their order, rows with nothing come last either way. */
export function sortRows<Row>(
  rows: readonly Row[],
  value: (row: Row) => SortValue,
  direction: SortDirection,
): readonly Row[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return rows
    .map((row) => ({ row, value: value(row) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
      return sign * compare(a.value, b.value);
    })
    .map(({ row }) => row);
}

const byLanguage = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function compare(a: string | number | boolean, b: string | number | boolean): number {
  if (typeof a === 'string' && typeof b === 'string') return byLanguage.compare(a, b);
  return Number(a) - Number(b);
}

/** Tables up to this long are drawn whole. */
export const longestWhole = 500;

/** Rows drawn above and below those in sight. */
const overscan = 20;

/** The rows that are drawn. */
export interface RowWindow {
  /** Index of the first row drawn. */
  readonly from: number;
  /** Index after the last one. */
  readonly to: number;
}

/** The rows to draw of a table of which `viewport` pixels, `scrolled` pixels from its top, are in sight. */
export function rowWindow(count: number, rowHeight: number, scrolled: number, viewport: number): RowWindow {
  if (count <= longestWhole || rowHeight <= 0) return { from: 0, to: count };
  const first = Math.floor(Math.max(0, scrolled) / rowHeight);
  const shown = Math.ceil(Math.max(viewport, rowHeight) / rowHeight);
  const from = Math.max(0, Math.min(first, count - shown) - overscan);
  return { from, to: Math.min(count, from + shown + 2 * overscan) };
}
