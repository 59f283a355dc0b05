// What the layout of a graph is worked out from, and what comes of it: numbers only, so that they cross to a worker cheaply.

/** Cards, edges and open groups of a picture, by index. */
export interface LayoutInput {
  /** Of the card of each node. */
  readonly widths: Float32Array;
  readonly heights: Float32Array;
  /** Open group around each node; -1 for none. */
  readonly parents: Int32Array;
  /** Ends of each edge. */
  readonly sources: Int32Array;
  readonly targets: Int32Array;
  /** Open group around each open group; -1 for none. */
  readonly groupParents: Int32Array;
  /** Room the title of each open group needs. */
  readonly titleWidths: Float32Array;
  /** Of the tag that hangs under each card, right of the line that begins there; 0 for none. */
  readonly tagWidths: Float32Array;
}

/** Where everything is. */
export interface Layout {
  /** Upper left corner of each node. */
  readonly xs: Float32Array;
  readonly ys: Float32Array;
  /** Left, top, width and height of each open group's box, one after the other. */
  readonly boxes: Float32Array;
  /** By edge: where its points begin in `points`, counted in points; one more at the end. */
  readonly routeStarts: Uint32Array;
  /** x and y of each point of the routes. */
  readonly points: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** Distances of the picture, in its own units: pixels at 100 %. */
export const spacing = {
  /** Between cards beside each other. */
  besides: 26,
  /** Between a line and the tag of a card that stands beside it. */
  besideLine: 5,
  /** Between lines that pass beside each other. */
  lines: 16,
  /** Between rows of cards: room for a line and for the shape written at it. */
  rows: 42,
  /** Between the border of a box and the first row that lines from outside go to. */
  ports: 16,
  boxSide: 16,
  boxTitle: 30,
  boxBottom: 12,
} as const;

/** A number of a list. Indices of the layout are in range by construction. */
export function at(list: ArrayLike<number>, index: number): number {
  return list[index] ?? 0;
}
