// Which vertices of neighbouring rows stand straight below each other.
import type { Layers, Segment } from './layers';
import { at } from './layoutTypes';
import type { Links } from './ordering';

/** Columns of vertices: all of one column move together. */
export interface Columns {
  /** The vertex that stands for the column of each. */
  readonly roots: Int32Array;
  /** Left side of each vertex from that of its root. */
  readonly shifts: Float64Array;
}

/** The same with left and right exchanged. */
export function mirrored(layers: Layers): Layers {
  const turn = (vertex: number, x: number): number => at(layers.widths, vertex) - x;
  return {
    ...layers,
    segments: layers.segments.map(({ upper, lower, upperX, lowerX }) => ({
      upper,
      lower,
      upperX: turn(upper, upperX),
      lowerX: turn(lower, lowerX),
    })),
  };
}

/** A segment by its ends, whatever its copy. */
function segmentKey({ upper, lower }: Segment, vertices: number): number {
  return upper * vertices + lower;
}

/** Segments that cross the middle of a long line: the long line stays straight. */
export function crossedSegments(
  layers: Layers,
  rows: readonly (readonly number[])[],
  links: Links,
): ReadonlySet<number> {
  const places = placesOf(rows, layers.widths.length);
  const crossed = new Set<number>();
  rows.forEach((row, index) => {
    let [leftmost, next] = [0, 0];
    row.forEach((vertex, place) => {
      const middle = (links.above[vertex] ?? []).find(
        ({ upper, lower }) => upper >= layers.items && lower >= layers.items,
      );
      if (middle === undefined && place < row.length - 1) return;
      const rightmost = middle === undefined ? (rows[index - 1]?.length ?? 0) : at(places, middle.upper);
      for (; next <= place; next++) {
        for (const segment of links.above[row[next] ?? 0] ?? []) {
          const upper = at(places, segment.upper);
          if (upper < leftmost || upper > rightmost) crossed.add(segmentKey(segment, layers.widths.length));
        }
      }
      leftmost = rightmost;
    });
  });
  return crossed;
}

/** Puts each vertex into the column of its middle neighbour in the row before, where no column is crossed by that. */
export function alignColumns(
  layers: Layers,
  rows: readonly (readonly number[])[],
  links: Links,
  side: 'above' | 'below',
  crossed: ReadonlySet<number>,
): Columns {
  const count = layers.widths.length;
  const places = placesOf(rows, count);
  const roots = Int32Array.from(layers.widths, (_, vertex) => vertex);
  const shifts = new Float64Array(count);
  for (const row of side === 'above' ? rows : [...rows].reverse()) {
    let taken = -1;
    for (const vertex of row) {
      for (const segment of middleOf(links[side][vertex] ?? [], side, places, layers.widths)) {
        const other = side === 'above' ? segment.upper : segment.lower;
        if (at(places, other) <= taken || crossed.has(segmentKey(segment, count))) continue;
        const offset = segment.upperX - segment.lowerX;
        roots[vertex] = at(roots, other);
        shifts[vertex] = at(shifts, other) + (side === 'above' ? offset : -offset);
        taken = at(places, other);
        break;
      }
    }
  }
  return { roots, shifts };
}

/** The segment in the middle; both of an even number. */
function middleOf(
  segments: readonly Segment[],
  side: 'above' | 'below',
  places: Int32Array,
  widths: readonly number[],
): readonly Segment[] {
  if (segments.length < 2) return segments;
  const placeOf = ({ upper, lower, upperX, lowerX }: Segment): number => {
    const [vertex, x] = side === 'above' ? [upper, upperX] : [lower, lowerX];
    return at(places, vertex) + x / Math.max(1, at(widths, vertex) + 1);
  };
  const sorted = [...segments].sort((a, b) => placeOf(a) - placeOf(b));
  const last = sorted.length - 1;
  return [...new Set([Math.floor(last / 2), Math.ceil(last / 2)])].flatMap((index) => sorted[index] ?? []);
}

function placesOf(rows: readonly (readonly number[])[], vertices: number): Int32Array {
  const places = new Int32Array(vertices);
  for (const row of rows) row.forEach((vertex, place) => (places[vertex] = place));
  return places;
}
