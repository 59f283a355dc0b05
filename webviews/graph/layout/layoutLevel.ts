// The layout of one level: rows, order, places, and the ways of its lines.
import { laneRoutes } from './lanes';
import type { Layers } from './layers';
import { layersOf } from './layers';
import { at, spacing } from './layoutTypes';
import type { Level, LevelEdge, LevelLayout } from './level';
import { orderRows } from './ordering';
import { placeRows } from './placement';
import { ranksOf } from './ranks';

/** Rows higher than this hold an open group: the cards beside it stand at their top, near what feeds them. */
const tallRow = 240;

/** Top and bottom of each row. */
interface Bands {
  readonly tops: readonly number[];
  readonly bottoms: readonly number[];
}

/** Lays a level out from top to bottom. The same level always gets the same layout. */
export function layoutLevel(level: Level): LevelLayout {
  const ranks = ranksOf(level);
  const layers = layersOf(level, ranks);
  const rows = orderRows(layers);
  const places = placeRows(layers, rows);
  const bands = bandsOf(level, rows);
  const xs = Array.from(level.widths, (_, item) => at(places, item));
  const ys = level.heights.map((height, item) => {
    const row = at(layers.ranks, item);
    const slack = at(bands.bottoms, row) - at(bands.tops, row) - height;
    const room = slack + height;
    return at(bands.tops, row) + (room > tallRow ? 0 : slack / 2);
  });
  const inner = places.reduce((right, x, vertex) => Math.max(right, x + at(layers.widths, vertex)), 0);
  const height = bands.bottoms.at(-1) ?? 0;
  const placed = { xs, ys, width: inner, height };
  const lanes = laneRoutes(level, placed, (edge) => layers.ways[edge] === null);
  const routes = level.edges.map(
    (edge, index) => lanes.routes.get(index) ?? routeOf(level, layers, placed, places, bands, edge, index),
  );
  return { xs, ys, width: lanes.width, height, routes };
}

function bandsOf(level: Level, rows: readonly (readonly number[])[]): Bands {
  const tops: number[] = [];
  const bottoms: number[] = [];
  const isPorts = (row: readonly number[] | undefined): boolean =>
    (row ?? []).some((vertex) => level.kinds[vertex] === 'entry' || level.kinds[vertex] === 'exit');
  rows.forEach((row, index) => {
    const gap = isPorts(row) || isPorts(rows[index - 1]) ? spacing.ports : spacing.rows;
    const top = index === 0 ? 0 : at(bottoms, index - 1) + gap;
    tops.push(top);
    bottoms.push(top + row.reduce((most, vertex) => Math.max(most, level.heights[vertex] ?? 0), 0));
  });
  return { tops, bottoms };
}

/** Straight down through a row, so that a line passes beside the cards of it, and bent only between rows. */
function routeOf(
  level: Level,
  layers: Layers,
  { xs, ys }: Pick<LevelLayout, 'xs' | 'ys'>,
  places: Float64Array,
  bands: Bands,
  { from, to, fromX, toX }: LevelEdge,
  index: number,
): number[] {
  const route: number[] = [];
  const push = (x: number, y: number): void => {
    if (route.at(-2) !== x || route.at(-1) !== y) route.push(x, y);
  };
  const start = at(xs, from) + fromX;
  push(start, at(ys, from) + at(level.heights, from));
  push(start, at(bands.bottoms, at(layers.ranks, from)));
  for (const point of layers.ways[index] ?? []) {
    const row = at(layers.ranks, point);
    push(at(places, point), at(bands.tops, row));
    push(at(places, point), at(bands.bottoms, row));
  }
  const end = at(xs, to) + toX;
  push(end, at(bands.tops, at(layers.ranks, to)));
  push(end, at(ys, to));
  return route;
}
