// What is visible of a graph while some of its groups are open, and the edges between that.
import { nodesIn } from './crowdedGroups';
import type { FlatGraph } from './flatGraph';
import { Group } from './groupTree';
import type { GroupItem } from './groupTree';

/** What is visible, in order. */
export interface VisibleItems {
  readonly items: readonly GroupItem[];
  /** By item: the innermost open group around it; the root where none is. */
  readonly parents: readonly Group[];
  /** By node: its own place in `items` or that of the closed group it lies in; -1 for hidden nodes. */
  readonly placeOf: Int32Array;
}

/**
 * Each node stands for itself or for the outermost closed group around it that holds more than one.
 *
 * @param nodes how many the graph has
 */
export function visibleItems(root: Group, nodes: number, open: ReadonlySet<Group | undefined>): VisibleItems {
  const items: GroupItem[] = [];
  const parents: Group[] = [];
  const placeOf = new Int32Array(nodes).fill(-1);
  const show = (item: GroupItem, parent: Group): number => {
    parents.push(parent);
    return items.push(item) - 1;
  };
  /** Items still to come, the next one last, each with the open group around it. */
  const pending: GroupItem[] = [root];
  const around: Group[] = [root];
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    const parent = around.pop() ?? root;
    if (!(item instanceof Group)) placeOf[item] = show(item, parent);
    else if (item === root || item.size < 2 || open.has(item)) {
      const inner = item.size < 2 ? parent : item;
      for (let at = item.items.length - 1; at >= 0; at--) {
        const child = item.items[at];
        if (child === undefined) continue;
        pending.push(child);
        around.push(inner);
      }
    } else {
      const place = show(item, parent);
      for (const node of nodesIn(item)) placeOf[node] = place;
    }
  }
  return { items, parents, placeOf };
}

/** An edge between two visible items, by their places, and one of the tensors it stands for. */
export interface VisibleEdge {
  readonly source: number;
  readonly target: number;
  /** Nodes of the graph: who makes it, who reads it. */
  readonly maker: number;
  readonly reader: number;
}

/** Edges to what stands there, doubles and those within a group left out. */
export function edgesBetween(graph: FlatGraph, placeOf: Int32Array, items: number): VisibleEdge[] {
  const edges: VisibleEdge[] = [];
  const known = new Set<number>();
  graph.sources.forEach((sources, reader) => {
    const target = placeOf[reader] ?? -1;
    for (const maker of target < 0 ? [] : sources) {
      const source = placeOf[maker] ?? -1;
      const edge = source * items + target;
      if (source < 0 || source === target || known.has(edge)) continue;
      known.add(edge);
      edges.push({ source, target, maker, reader });
    }
  });
  return edges;
}
