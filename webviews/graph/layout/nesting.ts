// Splits a graph with open groups into levels: what lies directly in each group, and the lines through its border.
import { at } from './layoutTypes';
import type { LayoutInput } from './layoutTypes';
import type { LevelItemKind } from './level';

/** A line of a level before sizes are known: it is made once for all edges of one operator that take it. */
export interface NestedEdge {
  /** The operator it comes from. */
  readonly trunk: number;
  /** Items of the level. */
  readonly from: number;
  readonly to: number;
}

/** What is on a level: nodes, groups, and places in the border, one a line that comes from one operator. */
export interface NestedItem {
  readonly kind: LevelItemKind;
  /** Index of the node, or -1. */
  readonly node: number;
  /** Index of the open group, or -1. */
  readonly group: number;
}

/** The inside of a group, or of the whole picture. */
export class NestedLevel {
  readonly items: NestedItem[] = [];
  readonly edges: NestedEdge[] = [];
  private readonly entries = new Map<number, number>();
  private readonly exits = new Map<number, number>();
  private readonly lines = new Map<string, number>();

  /** @param group -1 for the whole picture */
  constructor(readonly group: number) {}

  add(kind: LevelItemKind, node: number, group: number): number {
    return this.items.push({ kind, node, group }) - 1;
  }

  /** The place where what an operator makes comes in. */
  entry(trunk: number): number {
    const known = this.entries.get(trunk) ?? this.add('entry', -1, -1);
    this.entries.set(trunk, known);
    return known;
  }

  exit(trunk: number): number {
    const known = this.exits.get(trunk) ?? this.add('exit', -1, -1);
    this.exits.set(trunk, known);
    return known;
  }

  entryOf(trunk: number): number | undefined {
    return this.entries.get(trunk);
  }

  exitOf(trunk: number): number | undefined {
    return this.exits.get(trunk);
  }

  /** Index of the line. */
  line(trunk: number, from: number, to: number): number {
    const key = `${from} ${to} ${trunk}`;
    const known = this.lines.get(key) ?? this.edges.push({ trunk, from, to }) - 1;
    this.lines.set(key, known);
    return known;
  }
}

/** Part of the way of an edge: a line of a level. */
export interface WayPart {
  readonly level: NestedLevel;
  readonly line: number;
}

/** All levels of a picture. */
export interface Nesting {
  /** By group; the whole picture is at the end. */
  readonly levels: readonly NestedLevel[];
  /** By group, then by node: the item it is in the level around it. */
  readonly groupItems: readonly number[];
  readonly nodeItems: readonly number[];
  /** By edge, from its beginning to its end. */
  readonly ways: readonly (readonly WayPart[])[];
  /** Groups so that each comes after those in it. */
  readonly innermostFirst: readonly number[];
}

/** Finds the levels, and for each edge the lines it takes: out of groups, along the level both ends share, into groups. */
export function nest(input: LayoutInput): Nesting {
  const groups = input.groupParents.length;
  const depths = depthsOf(input.groupParents);
  const levels = Array.from({ length: groups + 1 }, (_, group) => new NestedLevel(group === groups ? -1 : group));
  const levelOf = (group: number): NestedLevel => levels[group < 0 ? groups : group] ?? new NestedLevel(-1);
  const nodeItems = Array.from(input.parents, (parent, node) => levelOf(parent).add('card', node, -1));
  const groupItems = Array.from(input.groupParents, (parent, group) => levelOf(parent).add('card', -1, group));
  const depthOf = (group: number): number => (group < 0 ? 0 : at(depths, group));
  const ways = Array.from(input.sources, (source, edge) => {
    const target = at(input.targets, edge);
    const out: WayPart[] = [];
    const into: WayPart[] = [];
    let [left, right] = [at(input.parents, source), at(input.parents, target)];
    let [from, to] = [at(nodeItems, source), at(nodeItems, target)];
    while (left !== right) {
      if (depthOf(left) >= depthOf(right)) {
        const level = levelOf(left);
        out.push({ level, line: level.line(source, from, level.exit(source)) });
        from = at(groupItems, left);
        left = at(input.groupParents, left);
      } else {
        const level = levelOf(right);
        into.push({ level, line: level.line(source, level.entry(source), to) });
        to = at(groupItems, right);
        right = at(input.groupParents, right);
      }
    }
    const level = levelOf(left);
    return [...out, { level, line: level.line(source, from, to) }, ...into.reverse()];
  });
  const innermostFirst = depths.map((_, group) => group).sort((a, b) => at(depths, b) - at(depths, a) || a - b);
  return { levels, groupItems, nodeItems, ways, innermostFirst };
}

/** 1 for a group in no other. */
function depthsOf(parents: Int32Array): number[] {
  return Array.from(parents, (_, group) => {
    let depth = 0;
    for (let around = group; around >= 0 && depth <= parents.length; around = at(parents, around)) depth++;
    return depth;
  });
}
