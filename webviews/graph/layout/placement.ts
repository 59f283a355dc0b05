// Where the vertices of ordered rows stand from left to right: in straight columns as far as the order allows. The method
// of Brandes and Köpf (Fast and Simple Horizontal Coordinate Assignment, 2001), with lines that are tied anywhere on a card.
import { alignColumns, crossedSegments, mirrored } from './columns';
import type { Columns } from './columns';
import type { Layers } from './layers';
import { at, spacing } from './layoutTypes';
import { linksOf } from './ordering';

/** One of the four ways to place: columns formed from above or below, pushed to the left or the right. */
interface Placement {
  readonly xs: Float64Array;
  readonly left: number;
  readonly right: number;
  readonly isRight: boolean;
}

/** Left sides of all vertices; the leftmost is 0. */
export function placeRows(layers: Layers, rows: readonly (readonly number[])[]): Float64Array {
  const crossed = crossedSegments(layers, rows, linksOf(layers));
  const placements = [false, true].flatMap((isRight) => {
    const turned = isRight ? mirrored(layers) : layers;
    const links = linksOf(turned);
    const ordered = isRight ? rows.map((row) => [...row].reverse()) : rows;
    return (['above', 'below'] as const).map((side) => {
      const columns = alignColumns(turned, ordered, links, side, crossed);
      return placementOf(layers, compacted(turned, ordered, columns), isRight);
    });
  });
  return balanced(placements, layers.widths.length);
}

function placementOf(layers: Layers, places: Float64Array, isRight: boolean): Placement {
  const xs = isRight ? places.map((x, vertex) => -x - at(layers.widths, vertex)) : places;
  let [left, right] = [Infinity, -Infinity];
  xs.forEach((x, vertex) => {
    left = Math.min(left, x);
    right = Math.max(right, x + at(layers.widths, vertex));
  });
  return { xs, left, right, isRight };
}

/** The middle of the four, after all are brought to the sides of the narrowest. Keeps every distance. */
function balanced(placements: readonly Placement[], vertices: number): Float64Array {
  const narrowest = placements.reduce((best, one) => (one.right - one.left < best.right - best.left ? one : best));
  const shifts = placements.map(({ left, right, isRight }) =>
    isRight ? narrowest.right - right : narrowest.left - left,
  );
  const xs = new Float64Array(vertices);
  let least = Infinity;
  for (let vertex = 0; vertex < vertices; vertex++) {
    const four = placements.map((placement, index) => at(placement.xs, vertex) + at(shifts, index));
    four.sort((a, b) => a - b);
    xs[vertex] = (at(four, 1) + at(four, 2)) / 2;
    least = Math.min(least, at(xs, vertex));
  }
  return xs.map((x) => x - least);
}

/** Distance from the left side of one vertex to that of the next in its row. */
function stepOf(layers: Layers, vertex: number, next: number): number {
  const isLine = vertex >= layers.items || next >= layers.items;
  return at(layers.widths, vertex) + (isLine ? spacing.lines : spacing.besides);
}

/** Pushes columns to the left as far as their neighbours let them, then back towards what is right of them. */
function compacted(layers: Layers, rows: readonly (readonly number[])[], { roots, shifts }: Columns): Float64Array {
  const count = layers.widths.length;
  const after: { readonly to: number; readonly step: number }[][] = Array.from({ length: count }, () => []);
  const waiting = new Int32Array(count);
  for (const row of rows) {
    for (let place = 1; place < row.length; place++) {
      const [left, right] = [row[place - 1] ?? 0, row[place] ?? 0];
      const step = at(shifts, left) + stepOf(layers, left, right) - at(shifts, right);
      after[at(roots, left)]?.push({ to: at(roots, right), step });
      waiting[at(roots, right)] = at(waiting, at(roots, right)) + 1;
    }
  }
  const order: number[] = [];
  for (let vertex = 0; vertex < count; vertex++) {
    if (roots[vertex] === vertex && waiting[vertex] === 0) order.push(vertex);
  }
  const columnXs = new Float64Array(count);
  for (const column of order) {
    for (const { to, step } of after[column] ?? []) {
      columnXs[to] = Math.max(at(columnXs, to), at(columnXs, column) + step);
      waiting[to] = at(waiting, to) - 1;
      if (waiting[to] === 0) order.push(to);
    }
  }
  for (const column of order.reverse()) {
    let room = Infinity;
    for (const { to, step } of after[column] ?? []) room = Math.min(room, at(columnXs, to) - step);
    if (room !== Infinity) columnXs[column] = Math.max(at(columnXs, column), room);
  }
  return Float64Array.from(layers.widths, (_, vertex) => at(columnXs, at(roots, vertex)) + at(shifts, vertex));
}
