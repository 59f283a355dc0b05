// The order within the rows of a level: few lines cross.
import type { Layers, Segment } from './layers';
import { at } from './layoutTypes';

/** The rows in order, from left to right. Repeats sorting by the middle of the neighbours, and keeps the best seen. */
export function orderRows(layers: Layers): readonly (readonly number[])[] {
  const vertices = layers.widths.length;
  const links = linksOf(layers);
  const rows = firstOrder(layers, links.below).map((row) => [...row]);
  const places = new Float64Array(vertices);
  const note = (): void => rows.forEach((row) => row.forEach((vertex, place) => (places[vertex] = place)));
  note();
  let best = rows.map((row) => [...row]);
  let fewest = crossings(rows, links.below, places, layers.widths);
  const rounds = vertices > 30_000 ? 2 : vertices > 8000 ? 4 : 14;
  for (let round = 0, idle = 0; round < rounds && fewest > 0 && idle < 4; round++) {
    const goesDown = round % 2 === 0;
    const order = goesDown ? rows : [...rows].reverse();
    for (const row of order) sortRow(row, goesDown ? links.above : links.below, places, layers.widths);
    const count = crossings(rows, links.below, places, layers.widths);
    idle = count < fewest ? 0 : idle + 1;
    if (count >= fewest) continue;
    fewest = count;
    best = rows.map((row) => [...row]);
  }
  return best;
}

/** Segments at the upper and at the lower side of each vertex. */
export interface Links {
  readonly above: readonly (readonly Segment[])[];
  readonly below: readonly (readonly Segment[])[];
}

/** Segments by the vertices they end at. */
export function linksOf({ widths, segments }: Layers): Links {
  const above: Segment[][] = widths.map(() => []);
  const below: Segment[][] = widths.map(() => []);
  for (const segment of segments) {
    above[segment.lower]?.push(segment);
    below[segment.upper]?.push(segment);
  }
  return { above, below };
}

/** Walks down from the top: what hangs together comes to lie together. */
function firstOrder(layers: Layers, below: Links['below']): number[][] {
  const rows: number[][] = layers.rows.map(() => []);
  const seen = new Uint8Array(layers.widths.length);
  for (const row of layers.rows) {
    for (const start of row) {
      if (seen[start] === 1) continue;
      const stack = [start];
      seen[start] = 1;
      for (let vertex = stack.pop(); vertex !== undefined; vertex = stack.pop()) {
        rows[at(layers.ranks, vertex)]?.push(vertex);
        for (const { lower } of (below[vertex] ?? []).toReversed()) {
          if (seen[lower] === 1) continue;
          seen[lower] = 1;
          stack.push(lower);
        }
      }
    }
  }
  return rows;
}

/** Sorts by the mean place of the neighbours; whatever has none keeps its place. */
function sortRow(
  row: number[],
  links: readonly (readonly Segment[])[],
  places: Float64Array,
  widths: readonly number[],
): void {
  const wanted = row.map((vertex, place) => {
    const segments = links[vertex] ?? [];
    if (segments.length === 0) return { vertex, key: place };
    let sum = 0;
    for (const segment of segments) {
      const isAbove = segment.lower === vertex;
      const other = isAbove ? segment.upper : segment.lower;
      sum += tiedAt(other, isAbove ? segment.upperX : segment.lowerX, places, widths);
    }
    return { vertex, key: sum / segments.length };
  });
  wanted.sort((a, b) => a.key - b.key);
  wanted.forEach(({ vertex }, place) => {
    row[place] = vertex;
    places[vertex] = place;
  });
}

/** The place of a vertex and, of a wide one, where on it: lines into one box have an order, too. */
function tiedAt(vertex: number, x: number, places: Float64Array, widths: readonly number[]): number {
  const width = at(widths, vertex);
  return at(places, vertex) + (width > 0 ? x / width - 0.5 : 0);
}

/** Lines that cross, over all rows: inversions, counted with a binary indexed tree. */
function crossings(
  rows: readonly (readonly number[])[],
  below: Links['below'],
  places: Float64Array,
  widths: readonly number[],
): number {
  let count = 0;
  for (const row of rows) {
    const ends: number[] = [];
    for (const vertex of row) {
      const segments = below[vertex] ?? [];
      const sorted =
        segments.length < 2
          ? segments
          : [...segments].sort(
              (a, b) =>
                a.upperX - b.upperX ||
                tiedAt(a.lower, a.lowerX, places, widths) - tiedAt(b.lower, b.lowerX, places, widths),
            );
      for (const { lower, lowerX } of sorted) ends.push(tiedAt(lower, lowerX, places, widths));
    }
    if (ends.length > 1) count += inversions(ends);
  }
  return count;
}

/** Pairs in the wrong order. Rows are mostly short: those are compared pair by pair. */
function inversions(ends: readonly number[]): number {
  let count = 0;
  if (ends.length <= 24) {
    for (let right = 1; right < ends.length; right++) {
      for (let left = 0; left < right; left++) if (at(ends, left) > at(ends, right)) count++;
    }
    return count;
  }
  const values = [...new Set(ends)].sort((a, b) => a - b);
  const index = new Map(values.map((value, place) => [value, place + 1]));
  const tree = new Int32Array(values.length + 1);
  ends.forEach((end, before) => {
    const place = index.get(end) ?? 1;
    let atMost = 0;
    for (let node = place; node > 0; node -= node & -node) atMost += at(tree, node);
    count += before - atMost;
    for (let node = place; node < tree.length; node += node & -node) tree[node] = at(tree, node) + 1;
  });
  return count;
}
