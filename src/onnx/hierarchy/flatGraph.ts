// A model's graph as plain nodes and who feeds whom, whatever file it came from: what groups are made of.
import type { PortFacts } from '../modelFacts';
import type { ShownValue } from './shownValues';
import { shortText } from './shownValues';

/** One attribute as it is shown: numbers as numbers, what JSON has no form for (tensors, graphs, int64) as text. */
export interface GraphAttribute {
  readonly name: string;
  /** `int`, `floats`, `string`, `tensor`, `graph`, `type`, `shape`, … */
  readonly attribute_type: string;
  readonly value: ShownValue;
}

/** One node. */
export interface FlatNode {
  /** Unique in the graph; the node's name where that is. */
  readonly id: string;
  readonly name: string;
  /** The operator; of boundary nodes `Input node` and `Output node`. */
  readonly type: string;
  /** The groups it lies in, outermost first. */
  readonly groups: readonly string[];
  /** A tensor that goes into or comes out of the model, not an operator. */
  readonly boundary?: 'input' | 'output';
  /** Made when asked for: of a large graph only few are ever looked at. */
  attributes(): GraphAttribute[];
}

/** A whole graph. */
export interface FlatGraph {
  readonly nodes: readonly FlatNode[];
  /** By node: the nodes it reads from, each once, as indices into `nodes`. */
  readonly sources: readonly (readonly number[])[];
  /** All nodes so that each comes after what it reads (`dataOrder`). */
  readonly order: readonly number[];
  /** By node: a constant, or something made of constants alone; not shown. */
  readonly hidden: readonly boolean[];
  readonly inputs: readonly PortFacts[];
  readonly outputs: readonly PortFacts[];
}

/** What a node is made of; `name` need not be unique. */
export interface FlatNodeParts {
  readonly name: string;
  readonly type: string;
  readonly groups: readonly string[];
  readonly boundary?: 'input' | 'output';
  readonly attributes: () => GraphAttribute[];
}

/** Ids of groups begin with this; ids of nodes never do. */
export const groupIdPrefix = 'node_group_';

/** Groups in groups; deeper ones are left out. No exporter comes near it. */
export const deepestGroup = 64;

/** What the original hides when nothing visible feeds it (SYSTEMS §1.7), `Const` being called `Constant` in ONNX. */
const hideable: ReadonlySet<string> = new Set(['Const', 'Constant', 'Identity']);

/** The groups a name tells of: `/encoder/layer0/Add` lies in `encoder` and in `layer0` of it. */
export function groupsOfName(name: string): string[] {
  // A name may be megabytes of slashes: as many parts as can be groups, and one to see that there is a last one.
  const parts = name.split('/', 2 * deepestGroup + 2).filter((part) => part !== '');
  return parts.slice(0, Math.min(parts.length - 1, deepestGroup));
}

/** The groups of the names of one body, asked for in file order: neighbours, which mostly share them, get one list. */
export class GroupsOfNames {
  private prefix = '';
  private groups: readonly string[];

  /** @param outer the groups the body lies in */
  constructor(private readonly outer: readonly string[]) {
    this.groups = outer;
  }

  of(name: string): readonly string[] {
    const length = name.lastIndexOf('/') + 1;
    // What ends in a slash says nothing of its neighbours: its own name comes before that.
    if (length === name.length && length > 0) return [...this.outer, ...groupsOfName(name)];
    if (length !== this.prefix.length || !name.startsWith(this.prefix)) {
      this.prefix = name.slice(0, length);
      this.groups = [...this.outer, ...groupsOfName(name)];
    }
    return this.groups;
  }
}

/** Puts a flat graph together. */
export class FlatGraphBuilder {
  private readonly nodes: FlatNode[] = [];
  /** Who makes and who reads, edge by edge: a list a node would take more than all else together. */
  private readonly makers: number[] = [];
  private readonly readers: number[] = [];
  private readonly taken = new Set<string>();

  /** Adds a node and gives its index; an id that is taken gets a number behind it. */
  add(parts: FlatNodeParts): number {
    const name = shortText(parts.name);
    const wanted = name.startsWith(groupIdPrefix) ? `node:${name}` : name;
    const groups = parts.groups.length > deepestGroup ? parts.groups.slice(0, deepestGroup) : parts.groups;
    const { type, boundary, attributes } = parts;
    const node = { id: uniqueId(wanted, this.taken), name, type, groups, attributes };
    return this.nodes.push(boundary === undefined ? node : { ...node, boundary }) - 1;
  }

  /** Notes that `to` reads what `from` makes; a negative index is nobody. */
  connect(from: number, to: number): void {
    if (from < 0 || to < 0 || from === to) return;
    this.makers.push(from);
    this.readers.push(to);
  }

  /** The graph. Nothing can be added after that. */
  finish(inputs: readonly PortFacts[], outputs: readonly PortFacts[]): FlatGraph {
    const sources = this.sourcesByNode();
    const order = dataOrder(sources);
    return { nodes: this.nodes, sources, order, hidden: hiddenNodes(this.nodes, sources, order), inputs, outputs };
  }

  private sourcesByNode(): (readonly number[])[] {
    const { nodes, makers, readers } = this;
    // Sorted by counting: where the edges of each node end, then begin.
    const starts = new Int32Array(nodes.length + 1);
    for (const reader of readers) starts[reader] = (starts[reader] ?? 0) + 1;
    for (let node = 1; node < starts.length; node++) starts[node] = (starts[node] ?? 0) + (starts[node - 1] ?? 0);
    const byReader = makers.slice();
    for (let edge = readers.length - 1; edge >= 0; edge--) {
      const reader = readers[edge] ?? 0;
      const place = (starts[reader] ?? 0) - 1;
      starts[reader] = place;
      byReader[place] = makers[edge] ?? 0;
    }
    return nodes.map((_, node) => eachOnce(byReader.slice(starts[node], starts[node + 1])));
  }
}

function eachOnce(list: readonly number[]): readonly number[] {
  if (list.length < 2 || (list.length === 2 && list[0] !== list[1])) return list;
  return [...new Set(list)];
}

const suffixes = new WeakMap<Set<string>, Map<string, number>>();

/** `wanted`, or with the first free number behind it; remembers where it left off, so that a million equals are quick. */
export function uniqueId(wanted: string, taken: Set<string>): string {
  let id = wanted;
  if (taken.has(id)) {
    const next = suffixes.get(taken) ?? new Map<string, number>();
    suffixes.set(taken, next);
    let number = next.get(wanted) ?? 2;
    while (taken.has(`${wanted}#${number}`)) number++;
    id = `${wanted}#${number}`;
    next.set(wanted, number + 1);
  }
  taken.add(id);
  return id;
}

/** Constants and copies of constants, found along the edges; one that is an output of the model stays. */
function hiddenNodes(
  nodes: readonly FlatNode[],
  sources: readonly (readonly number[])[],
  order: readonly number[],
): boolean[] {
  const feedsOutput = new Set<number>();
  nodes.forEach(({ boundary }, index) => {
    if (boundary === 'output') for (const source of sources[index] ?? []) feedsOutput.add(source);
  });
  const hidden = nodes.map(() => false);
  for (const index of order) {
    if (!hideable.has(nodes[index]?.type ?? '') || feedsOutput.has(index)) continue;
    hidden[index] = (sources[index] ?? []).every((source) => hidden[source]);
  }
  return hidden;
}

/**
 * Indices so that each node comes after what it reads, otherwise in file order; what reads nothing comes right before
 * its first reader. Nodes on a cycle (loops of TensorFlow) come in the order they are met.
 */
function dataOrder(sources: readonly (readonly number[])[]): number[] {
  const order: number[] = [];
  const met = new Uint8Array(sources.length);
  const nextSource = new Uint32Array(sources.length);
  const path: number[] = [];
  const place = (start: number): void => {
    if (met[start] !== 0) return;
    met[start] = 1;
    path.push(start);
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const source = sources[node]?.[nextSource[node] ?? 0];
      if (source === undefined) {
        order.push(node);
        path.pop();
        continue;
      }
      nextSource[node] = (nextSource[node] ?? 0) + 1;
      if (met[source] !== 0) continue;
      met[source] = 1;
      path.push(source);
    }
  };
  sources.forEach((read, node) => {
    if (read.length > 0) place(node);
  });
  sources.forEach((_, node) => place(node));
  return order;
}
