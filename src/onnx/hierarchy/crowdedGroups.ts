// Orders groups that hold too much at once: into repeated blocks, and what is still a long chain into parts.
import type { FlatGraph } from './flatGraph';
import { Group, groupsOf } from './groupTree';
import type { GroupItem } from './groupTree';
import { repeatedBlocks } from './repeatedBlocks';
import type { Block } from './repeatedBlocks';
import { countedTypes } from './shownValues';

/** In a graph whose names tell of no groups, more nodes than this are looked through for repeated blocks. */
const unorderedNodes = 100;

/**
 * Changes the tree so that no group, and the graph as a whole, holds more than `limit` items. Graphs without groups of
 * their own get blocks even below it. Neighbours are what follows each other in the order of the data, so that edges
 * between groups made here run one way.
 */
export function orderCrowdedGroups(root: Group, graph: FlatGraph, limit: number): void {
  const groups = groupsOf(root);
  const threshold = groups.length > 1 ? limit : Math.min(limit, unorderedNodes);
  const crowded = groups.filter(({ items }) => items.length > threshold);
  if (crowded.length === 0) return;
  const positions = new Int32Array(graph.nodes.length);
  graph.order.forEach((node, position) => (positions[node] = position));
  const bounds = { limit, threshold };
  const itemOf = new Int32Array(graph.nodes.length).fill(-1);
  for (const group of crowded) new CrowdedGroup(group, graph, bounds, positions, itemOf).order(group === root);
}

class CrowdedGroup {
  private readonly limit: number;
  private readonly looks = new Map<string, string>();
  /** Nodes of groups: what they are does not change here, only how they are ordered. */
  private readonly nodes = new Map<Group, readonly number[]>();

  /**
   * @param bounds `limit`: items a group may have; `threshold`: items above which a block is searched for blocks
   * @param positions of each node in the order of the data
   * @param itemOf room for a number a node, all -1, and given back so
   */
  constructor(
    private readonly group: Group,
    private readonly graph: FlatGraph,
    private readonly bounds: { readonly limit: number; readonly threshold: number },
    private readonly positions: Int32Array,
    private readonly itemOf: Int32Array,
  ) {
    this.limit = bounds.limit;
  }

  order(isRoot: boolean): void {
    const boundary = (item: GroupItem): string | undefined =>
      item instanceof Group || !isRoot ? undefined : this.graph.nodes[item]?.boundary;
    const { items } = this.group;
    const inputs = this.folded(
      'inputs',
      items.filter((item) => boundary(item) === 'input'),
    );
    const outputs = this.folded(
      'outputs',
      items.filter((item) => boundary(item) === 'output'),
    );
    const inner = items.filter((item) => boundary(item) === undefined);
    const ordered = this.ordered(inner, this.limit - inputs.length - outputs.length);
    this.group.items = [...inputs, ...ordered, ...outputs];
  }

  /** Many inputs, or outputs, as one group. */
  private folded(name: string, items: GroupItem[]): GroupItem[] {
    if (items.length <= this.limit / 5) return items;
    const group = this.groupOf(name, items, this.group);
    group.items = this.inParts(items, this.limit, new Int32Array(items.length + 1), group);
    return [group];
  }

  /** The items in blocks where they repeat, and in parts when that left too many. */
  private ordered(unsorted: GroupItem[], most: number): GroupItem[] {
    const inBlocks = this.inBlocks(this.sorted(unsorted), this.group);
    if (inBlocks.length <= most) return inBlocks;
    return this.inParts(inBlocks, most, this.crossingsOf(inBlocks), this.group);
  }

  /** Large blocks get blocks of their own. Depth: each is at most half as long as the one around it. */
  private inBlocks(items: GroupItem[], parent: Group): GroupItem[] {
    const blocks = repeatedBlocks(this.symbolsOf(items), this.crossingsOf(items), this.limit);
    const grouped = this.grouped(items, blocks, parent, 'block');
    for (const item of blocks.length === 0 ? [] : grouped) {
      const isLarge = item instanceof Group && item.parent === parent && item.items.length > this.bounds.threshold;
      if (isLarge && !item.isFromNames) item.items = this.inBlocks(item.items, item);
    }
    return grouped;
  }

  /** Cuts a chain into parts, of parts again if need be, where few tensors cross. Depth: the logarithm of the length. */
  private inParts(items: GroupItem[], most: number, crossings: Int32Array, parent: Group): GroupItem[] {
    if (items.length <= most) return items;
    const levels = Math.max(2, Math.ceil(Math.log(items.length) / Math.log(most)));
    const size = Math.ceil(items.length ** ((levels - 1) / levels));
    const cuts = cutsOf(items.length, size, crossings);
    const parts = this.grouped(items, cuts, parent, 'part');
    cuts.forEach(({ start, end }, index) => {
      const part = parts[index];
      if (!(part instanceof Group) || part.items.length <= this.limit) return;
      part.items = this.inParts(part.items, this.limit, crossings.subarray(start, end + 1), part);
    });
    return parts.length < items.length ? this.inParts(parts, most, this.crossingsOf(parts), parent) : parts;
  }

  /** The items with each block of them replaced by a group. */
  private grouped(
    items: readonly GroupItem[],
    blocks: readonly Block[],
    parent: Group,
    name: 'block' | 'part',
  ): GroupItem[] {
    const result: GroupItem[] = [];
    let at = 0;
    blocks.forEach(({ start, end }, index) => {
      for (const item of items.slice(at, start)) result.push(item);
      result.push(this.groupOf(`${name}_${index + 1}`, items.slice(start, end), parent));
      at = end;
    });
    for (const item of items.slice(at)) result.push(item);
    return result;
  }

  private groupOf(name: string, items: readonly GroupItem[], parent: Group): Group {
    const group = new Group(name, parent, false);
    group.items = [...items];
    for (const item of items) if (item instanceof Group) item.parent = group;
    return group;
  }

  private sorted(items: readonly GroupItem[]): GroupItem[] {
    const placed = items.map((item) => ({ item, at: this.firstPosition(item) }));
    return placed.sort((a, b) => a.at - b.at).map(({ item }) => item);
  }

  private firstPosition(item: GroupItem): number {
    let first = Infinity;
    for (const node of this.nodesOf(item)) first = Math.min(first, this.positions[node] ?? 0);
    return first;
  }

  private nodesOf(item: GroupItem): readonly number[] {
    if (!(item instanceof Group)) return [item];
    const nodes = this.nodes.get(item) ?? nodesIn(item);
    this.nodes.set(item, nodes);
    return nodes;
  }

  /** Equal numbers for items that look alike: operators with as many sources, groups with the same operators in them. */
  private symbolsOf(items: readonly GroupItem[]): Int32Array {
    const known = new Map<string, number>();
    const symbols = new Int32Array(items.length);
    items.forEach((item, index) => {
      const looks = this.looksOf(item);
      const symbol = known.get(looks) ?? known.size;
      known.set(looks, symbol);
      symbols[index] = symbol;
    });
    return symbols;
  }

  private looksOf(item: GroupItem): string {
    const { nodes, sources, hidden } = this.graph;
    if (item instanceof Group) return this.looksOfGroup(this.nodesOf(item).map((node) => nodes[node]?.type ?? ''));
    const shown = (sources[item] ?? []).filter((source) => hidden[source] !== true);
    return `${shown.length} ${nodes[item]?.type ?? ''}`;
  }

  /** Layers mostly hold the same in the same order, which is counted once. */
  private looksOfGroup(types: readonly string[]): string {
    const key = JSON.stringify(types);
    const looks = this.looks.get(key) ?? `group of ${countedTypes(types, 20)}`;
    this.looks.set(key, looks);
    return looks;
  }

  /** By position: items before it that something at or after it reads. */
  private crossingsOf(items: readonly GroupItem[]): Int32Array {
    const { itemOf } = this;
    const nodes = items.map((item) => this.nodesOf(item));
    nodes.forEach((inItem, index) => {
      for (const node of inItem) itemOf[node] = index;
    });
    const lastReader = new Int32Array(items.length);
    nodes.forEach((inItem, reader) => {
      for (const node of inItem) {
        for (const source of this.graph.sources[node] ?? []) {
          const maker = itemOf[source] ?? -1;
          if (maker >= 0 && (lastReader[maker] ?? 0) < reader) lastReader[maker] = reader;
        }
      }
    });
    for (const inItem of nodes) for (const node of inItem) itemOf[node] = -1;
    const crossings = new Int32Array(items.length + 1);
    lastReader.forEach((reader, maker) => {
      if (reader <= maker) return;
      crossings[maker + 1] = (crossings[maker + 1] ?? 0) + 1;
      crossings[reader + 1] = (crossings[reader + 1] ?? 0) - 1;
    });
    for (let at = 1; at < crossings.length; at++) crossings[at] = (crossings[at] ?? 0) + (crossings[at - 1] ?? 0);
    return crossings;
  }
}

/** The nodes in a group and below, in order. */
export function nodesIn(group: Group): number[] {
  const nodes: number[] = [];
  for (const { items } of groupsOf(group)) for (const item of items) if (!(item instanceof Group)) nodes.push(item);
  return nodes;
}

/** Parts of about `size`, each cut moved by up to a quarter of it to where the fewest tensors cross. */
function cutsOf(length: number, size: number, crossings: Int32Array): Block[] {
  const parts: Block[] = [];
  const slack = size >> 2;
  let start = 0;
  while (length - start > size + slack) {
    const middle = start + size;
    let cut = middle;
    for (let at = middle - slack; at <= middle + slack; at++) {
      const isFewer = (crossings[at] ?? 0) < (crossings[cut] ?? 0);
      const isNearer = crossings[at] === crossings[cut] && Math.abs(at - middle) < Math.abs(cut - middle);
      if (isFewer || isNearer) cut = at;
    }
    parts.push({ start, end: cut });
    start = cut;
  }
  parts.push({ start, end: length });
  return parts;
}
