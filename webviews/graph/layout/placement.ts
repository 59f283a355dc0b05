// Where the vertices of ordered rows stand from left to right: as near to their neighbours as the order allows.
import type { Layers, Segment } from './layers';
import { at, spacing } from './layoutTypes';
import type { Links } from './ordering';

/** Left sides of all vertices; the leftmost is 0. */
export function placeRows(layers: Layers, rows: readonly (readonly number[])[], links: Links): Float64Array {
  const xs = new Float64Array(layers.widths.length);
  for (const row of rows) pack(row, layers, xs);
  const rounds = layers.widths.length > 30_000 ? 2 : layers.widths.length > 8000 ? 3 : 8;
  const upwards = [...rows].reverse();
  const both = links.above.map((above, vertex) => [...above, ...(links.below[vertex] ?? [])]);
  for (let round = 0; round < rounds; round++) {
    for (const row of rows) settle(row, layers, xs, links.above);
    for (const row of upwards) settle(row, layers, xs, links.below);
  }
  for (let round = 0; round < rounds; round++) {
    for (const row of round % 2 === 0 ? rows : upwards) settle(row, layers, xs, both);
  }
  const left = xs.reduce((least, x) => Math.min(least, x), Infinity);
  return xs.map((x) => x - left);
}

/** Distance from the left side of one vertex to that of the next in its row. */
function step(layers: Layers, vertex: number, next: number): number {
  const isLine = vertex >= layers.items || next >= layers.items;
  return at(layers.widths, vertex) + (isLine ? spacing.lines : spacing.besides);
}

function pack(row: readonly number[], layers: Layers, xs: Float64Array): void {
  let x = 0;
  row.forEach((vertex, place) => {
    xs[vertex] = x;
    x += step(layers, vertex, row[place + 1] ?? vertex);
  });
  for (const vertex of row) xs[vertex] = at(xs, vertex) - x / 2;
}

/** Bends of long lines are seen most: those are held straight first. */
function pull(layers: Layers, { upper, lower }: Segment): number {
  const points = (upper >= layers.items ? 1 : 0) + (lower >= layers.items ? 1 : 0);
  return points === 2 ? 8 : points === 1 ? 2 : 1;
}

/**
 * Moves a row to where the squares of the distances to what it wants are least and nothing overlaps: the pool adjacent
 * violators algorithm, on places from which the distances in the row are taken away. Linear in the row.
 */
function settle(
  row: readonly number[],
  layers: Layers,
  xs: Float64Array,
  links: readonly (readonly Segment[])[],
): void {
  const starts: number[] = [];
  const means: number[] = [];
  const weights: number[] = [];
  const shifts: number[] = [];
  let shift = 0;
  row.forEach((vertex, place) => {
    shifts.push(shift);
    const { x, weight } = wish(vertex, layers, xs, links[vertex] ?? []);
    let start = place;
    let mean = x - shift;
    let total = weight;
    for (let last = means.at(-1); last !== undefined && last > mean; last = means.at(-1)) {
      const before = weights.pop() ?? 0;
      mean = (mean * total + last * before) / (total + before);
      total += before;
      means.pop();
      start = starts.pop() ?? start;
    }
    starts.push(start);
    means.push(mean);
    weights.push(total);
    shift += step(layers, vertex, row[place + 1] ?? vertex);
  });
  means.forEach((mean, pool) => {
    for (let place = at(starts, pool); place < (starts[pool + 1] ?? row.length); place++) {
      xs[row[place] ?? 0] = mean + at(shifts, place);
    }
  });
}

/** Where a vertex would stand if it were alone. */
function wish(
  vertex: number,
  layers: Layers,
  xs: Float64Array,
  segments: readonly Segment[],
): { readonly x: number; readonly weight: number } {
  // What has no neighbours stays, but gives way.
  if (segments.length === 0) return { x: at(xs, vertex), weight: 0.01 };
  let sum = 0;
  let weight = 0;
  for (const segment of segments) {
    const isAbove = segment.lower === vertex;
    const force = pull(layers, segment);
    const offset = segment.upperX - segment.lowerX;
    sum += force * (isAbove ? at(xs, segment.upper) + offset : at(xs, segment.lower) - offset);
    weight += force;
  }
  return { x: sum / weight, weight };
}
