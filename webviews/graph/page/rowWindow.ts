// Which rows of a long list are drawn.
/** Height of a row of a list; its style sheet says the same. */
export const rowHeight = 24;

/** Rows drawn beyond what is seen, for quick scrolling. */
const spare = 8;

/** Rows of a list, by their places. */
export interface RowWindow {
  readonly first: number;
  /** One behind the last. */
  readonly end: number;
}

/** The rows in sight of a list of equal rows. */
export function rowsInSight(scrollTop: number, height: number, total: number): RowWindow {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - spare);
  return { first, end: Math.min(total, Math.ceil((scrollTop + height) / rowHeight) + spare) };
}

/** Where to scroll so that a row is in sight below a header. */
export function scrollTo(row: number, scrollTop: number, height: number, header = 0): number {
  const top = row * rowHeight;
  if (top < scrollTop) return top;
  return Math.max(scrollTop, top + rowHeight + header - height);
}

/** How many rows the table has: inputs and outputs of the model stand in it, but are no nodes of it. */
export function rowsText(total: number, ports: number): string {
  const nodes = total - ports;
  const text = `${nodes.toLocaleString('en')} ${nodes === 1 ? 'node' : 'nodes'}`;
  return ports === 0 ? text : `${text}, ${ports.toLocaleString('en')} inputs and outputs`;
}
