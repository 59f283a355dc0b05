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

/** Puts a flat graph together. */
export class FlatGraphBuilder {
  private readonly nodes: FlatNode[] = [];
  private readonly sources: number[][] = [];
  private readonly taken = new Set<string>();

  /** Adds a node and gives its index; an id that is taken gets a number behind it. */
  add(parts: FlatNodeParts): number {
    const name = shortText(parts.name);
    const wanted = name.startsWith(groupIdPrefix) ? `node:${name}` : name;
    const groups = parts.groups.length > deepestGroup ? parts.groups.slice(0, deepestGroup) : parts.groups;
    const { type, boundary, attributes } = parts;
    const node = { id: uniqueId(wanted, this.taken), name, type, groups, attributes };
    this.nodes.push(boundary === undefined ? node : { ...node, boundary });
    this.sources.push([]);
    return this.nodes.length - 1;
  }

  /** Notes that `to` reads what `from` makes; a negative index is nobody. */
  connect(from: number, to: number): void {
    if (from >= 0 && from !== to) this.sources[to]?.push(from);
  }

  /** The graph. Nothing can be added after that. */
  finish(inputs: readonly PortFacts[], outputs: readonly PortFacts[]): FlatGraph {
    const sources = this.sources.map((list) => (list.length > 1 ? [...new Set(list)] : list));
    const hidden = hiddenNodes(this.nodes, sources);
    return { nodes: this.nodes, sources, hidden, inputs, outputs };
  }
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
function hiddenNodes(nodes: readonly FlatNode[], sources: readonly (readonly number[])[]): boolean[] {
  const feedsOutput = new Set<number>();
  nodes.forEach(({ boundary }, index) => {
    if (boundary === 'output') for (const source of sources[index] ?? []) feedsOutput.add(source);
  });
  const hidden = nodes.map(() => false);
  for (const index of dataOrder(sources)) {
    const mayHide = hideable.has(nodes[index]?.type ?? '') && !feedsOutput.has(index);
    hidden[index] = mayHide && (sources[index] ?? []).every((source) => hidden[source]);
  }
  return hidden;
}

/**
 * Indices so that each node comes after what it reads, otherwise in file order; what reads nothing comes right before
 * its first reader. Nodes on a cycle (loops of TensorFlow) come in the order they are met.
 */
export function dataOrder(sources: readonly (readonly number[])[]): number[] {
  const order: number[] = [];
  const met = new Uint8Array(sources.length);
  const nextSource = new Uint32Array(sources.length);
  const place = (start: number): void => {
    if (met[start] !== 0) return;
    met[start] = 1;
    const path = [start];
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
