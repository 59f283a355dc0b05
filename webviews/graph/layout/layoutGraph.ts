// The layout of a whole picture: each open group by itself, as a card of its size in the level around it.
import { layoutLevel } from './layoutLevel';
import { at, spacing } from './layoutTypes';
import type { Layout, LayoutInput } from './layoutTypes';
import type { Level, LevelLayout } from './level';
import { nest } from './nesting';
import type { NestedLevel, Nesting, WayPart } from './nesting';

/** A box and what is in it. */
interface Placed {
  readonly inside: LevelLayout;
  readonly width: number;
  readonly height: number;
}

/** Room around the whole picture. */
const margin = 24;

/**
 * Lays out a picture from top to bottom: groups never overlap and hold exactly their own nodes. The same picture always
 * gets the same layout. Time grows about linearly with nodes and edges.
 */
export function layoutGraph(input: LayoutInput): Layout {
  const nesting = nest(input);
  const placed = new Map<NestedLevel, Placed>();
  const whole = nesting.levels.at(-1);
  for (const group of [...nesting.innermostFirst, nesting.levels.length - 1]) {
    const level = nesting.levels[group];
    if (level !== undefined) placed.set(level, placeLevel(level, input, nesting, placed));
  }
  const outside = whole === undefined ? undefined : placed.get(whole);
  return {
    ...positions(input, nesting, placed),
    width: (outside?.inside.width ?? 0) + 2 * margin,
    height: (outside?.inside.height ?? 0) + 2 * margin,
  };
}

function placeLevel(
  nested: NestedLevel,
  input: LayoutInput,
  nesting: Nesting,
  placed: ReadonlyMap<NestedLevel, Placed>,
): Placed {
  const boxOf = (item: number): Placed | undefined => placedGroup(nested.items[item]?.group ?? -1, nesting, placed);
  const widths = nested.items.map(({ node }, item) => (node >= 0 ? at(input.widths, node) : (boxOf(item)?.width ?? 0)));
  const heights = nested.items.map(({ node }, item) =>
    node >= 0 ? at(input.heights, node) : (boxOf(item)?.height ?? 0),
  );
  const portX = (item: number, trunk: number, side: 'entry' | 'exit'): number => {
    const group = nested.items[item]?.group ?? -1;
    const level = nesting.levels[group];
    const box = group < 0 || level === undefined ? undefined : placed.get(level);
    if (level === undefined || box === undefined) return at(widths, item) / 2;
    const port = side === 'entry' ? level.entryOf(trunk) : level.exitOf(trunk);
    return spacing.boxSide + at(box.inside.xs, port ?? 0);
  };
  const level: Level = {
    widths,
    heights,
    kinds: nested.items.map(({ kind }) => kind),
    edges: nested.edges.map(({ trunk, from, to }) => ({
      trunk,
      from,
      to,
      fromX: portX(from, trunk, 'exit'),
      toX: portX(to, trunk, 'entry'),
    })),
  };
  const inside = layoutLevel(level);
  const titleWidth = nested.group < 0 ? 0 : at(input.titleWidths, nested.group);
  return {
    inside,
    width: Math.max(inside.width + 2 * spacing.boxSide, titleWidth, widthForTags(nested, inside, widths, input)),
    height: inside.height + spacing.boxTitle + spacing.boxBottom,
  };
}

/** A tag may be wider than the half of the card that it hangs under: the box around goes as far as the tag does. */
function widthForTags(
  { items }: NestedLevel,
  inside: LevelLayout,
  widths: readonly number[],
  input: LayoutInput,
): number {
  return items.reduce((widest, { node }, item) => {
    const tag = node < 0 ? 0 : at(input.tagWidths, node);
    if (tag === 0) return widest;
    return Math.max(
      widest,
      at(inside.xs, item) + at(widths, item) / 2 + spacing.besideLine + tag + 2 * spacing.boxSide,
    );
  }, 0);
}

function placedGroup(group: number, nesting: Nesting, placed: ReadonlyMap<NestedLevel, Placed>): Placed | undefined {
  const level = group < 0 ? undefined : nesting.levels[group];
  return level === undefined ? undefined : placed.get(level);
}

/** Where the inside of each level begins in the picture. */
type Origins = Map<NestedLevel, { readonly x: number; readonly y: number }>;

function positions(
  input: LayoutInput,
  nesting: Nesting,
  placed: ReadonlyMap<NestedLevel, Placed>,
): Omit<Layout, 'width' | 'height'> {
  const groups = input.groupParents.length;
  const levelAt = (group: number): NestedLevel | undefined => nesting.levels[group < 0 ? groups : group];
  const origins: Origins = new Map();
  const whole = levelAt(-1);
  if (whole !== undefined) origins.set(whole, { x: margin, y: margin });
  const corner = (parent: number, item: number): { readonly x: number; readonly y: number } => {
    const level = levelAt(parent);
    const origin = level === undefined ? undefined : origins.get(level);
    const inside = level === undefined ? undefined : placed.get(level)?.inside;
    return { x: (origin?.x ?? 0) + (inside?.xs[item] ?? 0), y: (origin?.y ?? 0) + (inside?.ys[item] ?? 0) };
  };
  const boxes = new Float32Array(4 * groups);
  for (const group of [...nesting.innermostFirst].reverse()) {
    const { x, y } = corner(at(input.groupParents, group), at(nesting.groupItems, group));
    const level = levelAt(group);
    const box = level === undefined ? undefined : placed.get(level);
    if (level !== undefined) origins.set(level, { x: x + spacing.boxSide, y: y + spacing.boxTitle });
    boxes.set([x, y, box?.width ?? 0, box?.height ?? 0], 4 * group);
  }
  const corners = Array.from(input.parents, (parent, node) => corner(parent, at(nesting.nodeItems, node)));
  return {
    xs: Float32Array.from(corners, ({ x }) => x),
    ys: Float32Array.from(corners, ({ y }) => y),
    boxes,
    ...routesOf(nesting.ways, placed, origins),
  };
}

/** The ways of all edges, part behind part. */
function routesOf(
  ways: Nesting['ways'],
  placed: ReadonlyMap<NestedLevel, Placed>,
  origins: Origins,
): Pick<Layout, 'routeStarts' | 'points'> {
  const routeStarts = new Uint32Array(ways.length + 1);
  const points: number[] = [];
  ways.forEach((way, edge) => {
    const before = points.length;
    for (const part of way) appendPart(part, placed, origins, points, before);
    routeStarts[edge + 1] = points.length / 2;
  });
  return { routeStarts, points: Float32Array.from(points) };
}

function appendPart(
  { level, line }: WayPart,
  placed: ReadonlyMap<NestedLevel, Placed>,
  origins: Origins,
  points: number[],
  before: number,
): void {
  const route = placed.get(level)?.inside.routes[line] ?? [];
  const { x, y } = origins.get(level) ?? { x: 0, y: 0 };
  for (let index = 0; index < route.length; index += 2) {
    const [pointX, pointY] = [at(route, index) + x, at(route, index + 1) + y];
    const isDoubled = points.length > before && points.at(-2) === pointX && points.at(-1) === pointY;
    if (!isDoubled) points.push(pointX, pointY);
  }
}
