// A model's graph with its groups opened and closed: the answer of model/graph (SYSTEMS §1.7).
import { orderCrowdedGroups } from './crowdedGroups';
import { groupIdPrefix } from './flatGraph';
import type { FlatGraph, GraphAttribute } from './flatGraph';
import { Group, countSizes, groupsByName, nameGroups } from './groupTree';
import { edgesBetween, visibleItems } from './visibleItems';

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
    const { items, placeOf } = visibleItems(this.root, this.graph.nodes.length, open);
    const ids = items.map((item) => (item instanceof Group ? item.id : (this.graph.nodes[item]?.id ?? '')));
    return {
      nodes: items.map((item) =>
        item instanceof Group
          ? { id: item.id, label: item.key, group: item.key, node_type: 'group_node' }
          : this.shownNode(item, highlighted?.has(item) ?? false),
      ),
      edges: edgesBetween(this.graph, placeOf, items.length).map(({ source, target }) => ({
        source: ids[source] ?? '',
        target: ids[target] ?? '',
      })),
    };
  }

  private shownNode(index: number, highlight: boolean): ShownNode {
    const node = this.graph.nodes[index];
    const { id = '', name = '', type = '' } = node ?? {};
    const attributes = node?.attributes() ?? [];
    return { id, label: type, highlight, properties: { name, type }, attributes, node_type: 'node' };
  }
}
