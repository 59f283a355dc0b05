// Puts nodes whose names tell of no group where their neighbours are: conversions of quantized models, mostly.
import type { FlatGraph } from './flatGraph';
import { Group, countSizes, groupsByName, groupsOf } from './groupTree';
import { isOnnxGraph } from './onnxGraph';

/** What is added between operators and between a weight and its reader: it belongs to what it converts for. */
const conversions: ReadonlySet<string> = new Set([
  'QuantizeLinear',
  'DequantizeLinear',
  'DynamicQuantizeLinear',
  'Cast',
]);

/**
 * The graph with nodes that have no group of their own name in the innermost group that their neighbours share. Ordinary
 * nodes need neighbours on both sides for that. Of conversions one side is enough: that of a weight goes with its reader.
 * Groups of one node, which nobody sees, take nobody in.
 */
export function withNeighbourGroups(graph: FlatGraph): FlatGraph {
  const root = groupsByName(graph);
  if (!root.items.some((item) => item instanceof Group)) return graph;
  countSizes(root);
  return new NeighbourGroups(graph, root).graphWithGroups();
}

/** Nodes that belong together, and what is known of who stands around them. */
interface Company {
  /** Innermost group that all neighbours so far lie in. */
  shared: Group | undefined;
  isFed: boolean;
  isRead: boolean;
  /** It touches an input or output of the model, or another body. */
  isAtEdge: boolean;
}

class NeighbourGroups {
  private readonly home: Group[];
  private readonly depth = new Map<Group, number>();
  /** By node: how many groups the body it stands in lies in, and which body that is. */
  private readonly bodyDepth: Uint8Array;
  private readonly body: Int32Array;
  private readonly isFree: Uint8Array;
  private readonly moved = new Map<number, readonly string[]>();

  constructor(
    private readonly graph: FlatGraph,
    root: Group,
  ) {
    const { nodes } = graph;
    this.home = new Array<Group>(nodes.length).fill(root);
    for (const group of groupsOf(root)) {
      this.depth.set(group, group.parent === undefined ? 0 : (this.depth.get(group.parent) ?? 0) + 1);
      for (const item of group.items) if (!(item instanceof Group)) this.home[item] = visibleGroup(group);
    }
    this.body = new Int32Array(nodes.length);
    this.bodyDepth = new Uint8Array(nodes.length);
    if (isOnnxGraph(graph)) {
      graph.bodies.forEach(({ indices, groups }, body) => {
        for (const index of indices) {
          this.body[index] = body;
          this.bodyDepth[index] = groups.length;
        }
      });
    }
    this.isFree = Uint8Array.from(nodes, ({ groups, boundary }, index) => {
      const hasOwnGroup = groups.length > (this.bodyDepth[index] ?? 0);
      return boundary !== undefined || hasOwnGroup || graph.hidden[index] === true ? 0 : 1;
    });
  }

  graphWithGroups(): FlatGraph {
    const isConversion = (node: number): boolean => conversions.has(this.graph.nodes[node]?.type ?? '');
    const isFree = (node: number): boolean => this.isFree[node] === 1;
    // Ordinary nodes first, looking through conversions; these then see where the ordinary ones went.
    this.settle(isFree, (node, { isFed, isRead, isAtEdge }) => !isConversion(node) && isFed && isRead && !isAtEdge);
    this.settle(
      (node) => isFree(node) && isConversion(node),
      () => true,
    );
    if (this.moved.size === 0) return this.graph;
    const nodes = this.graph.nodes.map((node, index) => {
      const groups = this.moved.get(index);
      return groups === undefined ? node : { ...node, groups };
    });
    return { ...this.graph, nodes };
  }

  /** Moves members that are connected, as one, to where all of their neighbours are. */
  private settle(isMember: (node: number) => boolean, moves: (node: number, company: Company) => boolean): void {
    const member = Uint8Array.from(this.graph.nodes, (_, node) => (isMember(node) ? 1 : 0));
    const leaders = this.leadersOf(member);
    const companies = this.companiesOf(member, leaders);
    member.forEach((is, node) => {
      const company = companies.get(leaders.of(node));
      if (is === 0 || company?.shared === undefined || !moves(node, company)) return;
      if ((this.depth.get(company.shared) ?? 0) <= (this.bodyDepth[node] ?? 0)) return;
      this.home[node] = company.shared;
      this.moved.set(node, pathOf(company.shared));
    });
  }

  private leadersOf(member: Uint8Array): Leaders {
    const leaders = new Leaders(member.length);
    this.graph.sources.forEach((sources, reader) => {
      if (member[reader] === 0) return;
      for (const maker of sources) {
        if (member[maker] === 1 && this.body[maker] === this.body[reader]) leaders.join(maker, reader);
      }
    });
    return leaders;
  }

  private companiesOf(member: Uint8Array, leaders: Leaders): Map<number, Company> {
    const companies = new Map<number, Company>();
    const meet = (node: number, neighbour: number, isMaker: boolean): void => {
      if (this.graph.hidden[neighbour] === true) return;
      const leader = leaders.of(node);
      const company = companies.get(leader) ?? { shared: undefined, isFed: false, isRead: false, isAtEdge: false };
      companies.set(leader, company);
      const isOutside = this.graph.nodes[neighbour]?.boundary !== undefined || this.body[node] !== this.body[neighbour];
      if (isOutside) company.isAtEdge = true;
      else {
        if (isMaker) company.isFed = true;
        else company.isRead = true;
        const home = this.home[neighbour];
        company.shared = company.shared === undefined ? home : this.sharedBy(company.shared, home);
      }
    };
    this.graph.sources.forEach((sources, reader) => {
      for (const maker of sources) {
        const isOneCompany = this.body[maker] === this.body[reader];
        if (member[maker] === 1 && member[reader] === 1 && isOneCompany) continue;
        if (member[reader] === 1) meet(reader, maker, true);
        if (member[maker] === 1) meet(maker, reader, false);
      }
    });
    return companies;
  }

  private sharedBy(one: Group, other: Group | undefined): Group {
    let [a, b]: [Group, Group | undefined] = [one, other];
    while (b !== undefined && a !== b) {
      const [depthA, depthB] = [this.depth.get(a) ?? 0, this.depth.get(b) ?? 0];
      if (depthB >= depthA) b = b.parent;
      if (depthA >= depthB && a.parent !== undefined) a = a.parent;
    }
    return a;
  }
}

/** Which nodes are connected: each set has a leader. */
class Leaders {
  private readonly above: Int32Array;

  constructor(nodes: number) {
    this.above = Int32Array.from({ length: nodes }, (_, node) => node);
  }

  of(node: number): number {
    let at = node;
    for (let next = this.above[at] ?? at; next !== at; next = this.above[at] ?? at) {
      // Each second one is skipped from now on, so that ways stay short.
      const further = this.above[next] ?? next;
      this.above[at] = further;
      at = further;
    }
    return at;
  }

  join(one: number, other: number): void {
    this.above[this.of(one)] = this.of(other);
  }
}

/** The group, or the innermost around it that holds more than one node. */
function visibleGroup(group: Group): Group {
  let at = group;
  while (at.size < 2 && at.parent !== undefined) at = at.parent;
  return at;
}

function pathOf(group: Group): readonly string[] {
  const path: string[] = [];
  for (let at = group; at.parent !== undefined; at = at.parent) path.push(at.name);
  return path.reverse();
}
