// A model's graph with its groups opened and closed: the answer of model/graph (SYSTEMS §1.7).
import { nodesIn, orderCrowdedGroups } from './crowdedGroups';
import { groupIdPrefix } from './flatGraph';
import type { FlatGraph, GraphAttribute } from './flatGraph';
import type { GroupItem } from './groupTree';
import { Group, countSizes, groupsByName, nameGroups } from './groupTree';

/** Nodes an answer holds at most before somebody asks for more. */
export const visibleNodes = 500;
/** Fewer make no graph. */
export const fewestVisibleNodes = 10;

/** An operator, or an input or output of the model. */
export interface ShownNode {
  readonly id: string;
  /** The operator; `Input node` and `Output node` for the model's own. */
  readonly label: string;
  readonly highlight: boolean;
  readonly properties: { readonly name: string; readonly type: string };
  readonly attributes: readonly GraphAttribute[];
  readonly node_type: 'node';
}

/** A closed group of at least two nodes. */
export interface ShownGroup {
  readonly id: string;
  readonly label: string;
  /** What opens it. */
  readonly group: string;
  readonly node_type: 'group_node';
}

export interface ShownEdge {
  readonly source: string;
  readonly target: string;
}

/** What is visible, as the API of the Bench has it. */
export interface ModelGraph {
  readonly nodes: readonly (ShownNode | ShownGroup)[];
  /** Each once; both ends are ids of `nodes`. */
  readonly edges: readonly ShownEdge[];
}

/** What to show. */
export interface GraphQuery {
  /** Groups to open, by key or id; one inside a closed group has no effect, and unknown ones have none. */
  readonly expanded?: readonly string[];
  /** Indices of nodes to mark. */
  readonly highlighted?: ReadonlySet<number>;
}

/** The groups of one graph, made once; views of it are then a matter of the nodes shown. */
export class ModelHierarchy {
  readonly root: Group;
  /** Every group by its key, outer ones first. */
  readonly groups: ReadonlyMap<string, Group>;

  /**
   * @param limit items the whole graph and every group hold at most (`visibleNodes` unless told): what is more crowded is
   *   put into groups by structure. Groups found so depend on it: ask again with the same.
   */
  constructor(
    readonly graph: FlatGraph,
    limit: number = visibleNodes,
  ) {
    this.root = groupsByName(graph);
    orderCrowdedGroups(this.root, graph, Math.max(limit, fewestVisibleNodes));
    countSizes(this.root);
    this.groups = nameGroups(this.root);
  }

  /** A group by key or id. */
  find(group: string): Group | undefined {
    const exact = this.groups.get(group);
    if (exact !== undefined || !group.startsWith(groupIdPrefix)) return exact;
    return this.groups.get(group.slice(groupIdPrefix.length));
  }

  /**
   * Nodes and closed groups, each node standing for itself or for the outermost closed group around it that holds more
   * than one; edges lead to what stands there, doubles and those within a group left out.
   */
  view({ expanded = [], highlighted }: GraphQuery = {}): ModelGraph {
    const open = new Set(expanded.map((name) => this.find(name)));
    const places = this.visibleItems(open);
    const ids = places.shown.map((item) => (item instanceof Group ? item.id : (this.graph.nodes[item]?.id ?? '')));
    return {
      nodes: places.shown.map((item) =>
        item instanceof Group
          ? { id: item.id, label: item.key, group: item.key, node_type: 'group_node' }
          : this.shownNode(item, highlighted?.has(item) ?? false),
      ),
      edges: this.edgesBetween(places.placeOf, ids),
    };
  }

  /** What is visible, and by node at which place of that; -1 for hidden nodes. */
  private visibleItems(open: ReadonlySet<Group | undefined>): { shown: GroupItem[]; placeOf: Int32Array } {
    const shown: GroupItem[] = [];
    const placeOf = new Int32Array(this.graph.nodes.length).fill(-1);
    /** Items still to come, the next one last. */
    const pending: GroupItem[] = [this.root];
    for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
      if (!(item instanceof Group)) placeOf[item] = shown.push(item) - 1;
      else if (item === this.root || item.size < 2 || open.has(item)) {
        for (let at = item.items.length - 1; at >= 0; at--) {
          const inner = item.items[at];
          if (inner !== undefined) pending.push(inner);
        }
      } else {
        const place = shown.push(item) - 1;
        for (const node of nodesIn(item)) placeOf[node] = place;
      }
    }
    return { shown, placeOf };
  }

  private edgesBetween(placeOf: Int32Array, ids: readonly string[]): ShownEdge[] {
    const edges: ShownEdge[] = [];
    const known = new Set<number>();
    this.graph.sources.forEach((sources, node) => {
      const target = placeOf[node] ?? -1;
      for (const maker of target < 0 ? [] : sources) {
        const source = placeOf[maker] ?? -1;
        const edge = source * ids.length + target;
        if (source < 0 || source === target || known.has(edge)) continue;
        known.add(edge);
        edges.push({ source: ids[source] ?? '', target: ids[target] ?? '' });
      }
    });
    return edges;
  }

  private shownNode(index: number, highlight: boolean): ShownNode {
    const node = this.graph.nodes[index];
    const { id = '', name = '', type = '' } = node ?? {};
    const attributes = node?.attributes() ?? [];
    return { id, label: type, highlight, properties: { name, type }, attributes, node_type: 'node' };
  }
}
