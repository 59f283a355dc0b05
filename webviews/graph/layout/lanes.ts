// Lines that go round everything on their level: the ones that close a circle, and the longest of a large graph.
import { at, spacing } from './layoutTypes';
import type { Level, LevelLayout } from './level';

/** Beyond them lines lie on each other: a picture of lanes alone helps nobody. */
const mostLanes = 60;

interface Lane {
  readonly edge: number;
  readonly top: number;
  readonly bottom: number;
}

/** Ways of the chosen edges, in lanes on the right; a lane is used again where it is free. */
export function laneRoutes(
  level: Level,
  { xs, ys, width }: Pick<LevelLayout, 'xs' | 'ys' | 'width'>,
  isChosen: (edge: number) => boolean,
): { readonly routes: ReadonlyMap<number, readonly number[]>; readonly width: number } {
  const lanes: Lane[] = [];
  const bend = spacing.rows / 3;
  const startOf = (edge: number): number => {
    const from = level.edges[edge]?.from ?? 0;
    return at(ys, from) + at(level.heights, from);
  };
  const endOf = (edge: number): number => at(ys, level.edges[edge]?.to ?? 0);
  level.edges.forEach((_, edge) => {
    if (!isChosen(edge)) return;
    const [start, end] = [startOf(edge), endOf(edge)];
    lanes.push({ edge, top: Math.min(start, end), bottom: Math.max(start, end) });
  });
  lanes.sort((a, b) => a.top - b.top || a.edge - b.edge);
  const routes = new Map<number, readonly number[]>();
  const free: number[] = [];
  for (const { edge, top, bottom } of lanes) {
    const found = free.findIndex((from) => from < top - 2 * bend);
    const lane = found >= 0 ? found : free.length < mostLanes ? free.length : edge % mostLanes;
    free[lane] = Math.max(bottom, free[lane] ?? 0);
    const line = level.edges[edge];
    if (line === undefined) continue;
    const x = width + spacing.lines * (lane + 1);
    const [startX, startY] = [at(xs, line.from) + line.fromX, startOf(edge)];
    const [endX, endY] = [at(xs, line.to) + line.toX, endOf(edge)];
    routes.set(edge, [startX, startY, x, startY + bend, x, endY - bend, endX, endY]);
  }
  return { routes, width: free.length === 0 ? width : width + spacing.lines * (free.length + 1) };
}
