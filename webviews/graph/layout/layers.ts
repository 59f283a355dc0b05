// A level as rows in which every line goes from one row to the next: long ones get a point in each row they pass.
import { at } from './layoutTypes';
import type { Level } from './level';
import type { Ranks } from './ranks';

/** Part of a line from one row to the next. */
export interface Segment {
  readonly upper: number;
  readonly lower: number;
  /** Where it is tied, from the left sides. */
  readonly upperX: number;
  readonly lowerX: number;
}

/** A level with points on its long lines. */
export interface Layers {
  /** Of items, then of points. */
  readonly widths: readonly number[];
  readonly ranks: readonly number[];
  /** Vertices from here on are points of lines. */
  readonly items: number;
  /** The vertices of each row, in no order that means anything yet. */
  readonly rows: readonly (readonly number[])[];
  readonly segments: readonly Segment[];
  /** By edge: the points it passes; null for one that goes round everything in a lane. */
  readonly ways: readonly (readonly number[] | null)[];
}

/** More points than this, and the longest lines go round everything: the work stays proportional to the graph. */
function mostPoints(items: number): number {
  return Math.max(3000, 5 * items);
}

/** Splits lines at the rows they pass. Lines of one trunk share their points, and part where the first of them ends. */
export function layersOf(level: Level, { ranks, count, isBack }: Ranks): Layers {
  const widths = [...level.widths];
  const rankOf = Array.from(ranks);
  const segments: Segment[] = [];
  const ways: (readonly number[] | null)[] = level.edges.map(() => null);
  let room = mostPoints(level.widths.length);
  for (const trunk of trunksOf(level, ranks, isBack)) {
    const { from, fromX } = trunk;
    const points: number[] = [];
    const split = trunk.length <= room;
    if (split) {
      room -= trunk.length;
      for (let step = 1; step <= trunk.length; step++) {
        const point = widths.push(0) - 1;
        rankOf.push(at(ranks, from) + step);
        const upper = points.at(-1) ?? from;
        segments.push({ upper, lower: point, upperX: points.length === 0 ? fromX : 0, lowerX: 0 });
        points.push(point);
      }
    }
    for (const index of trunk.edges) {
      const edge = level.edges[index];
      if (edge === undefined) continue;
      const passed = at(ranks, edge.to) - at(ranks, from) - 1;
      if (passed > 0 && !split) continue;
      const way = points.slice(0, passed);
      segments.push({
        upper: way.at(-1) ?? from,
        lower: edge.to,
        upperX: passed === 0 ? fromX : 0,
        lowerX: edge.toX,
      });
      ways[index] = way;
    }
  }
  const rows: number[][] = Array.from({ length: count }, () => []);
  rankOf.forEach((rank, vertex) => rows[rank]?.push(vertex));
  return { widths, ranks: rankOf, items: level.widths.length, rows, segments, ways };
}

interface Trunk {
  readonly from: number;
  readonly fromX: number;
  readonly edges: number[];
  /** Rows its longest line passes. */
  length: number;
}

/** Shortest first, so that what is left for lanes is the longest. */
function trunksOf({ edges }: Level, ranks: Int32Array, isBack: readonly boolean[]): Trunk[] {
  const trunks = new Map<number, Trunk>();
  edges.forEach(({ trunk: key, from, fromX, to }, index) => {
    if (isBack[index] === true) return;
    const trunk = trunks.get(key) ?? { from, fromX, edges: [], length: 0 };
    trunks.set(key, trunk);
    trunk.edges.push(index);
    trunk.length = Math.max(trunk.length, at(ranks, to) - at(ranks, from) - 1);
  });
  return [...trunks.values()].sort((a, b) => a.length - b.length);
}
