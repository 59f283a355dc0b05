// A read-only index over a graph: who makes a tensor, who reads it, which order the nodes run in.
import { AttributeType } from './messages';
import type { AttributeProto, GraphProto, NodeProto, TensorProto, ValueInfoProto } from './messages';
import { modelErrors } from './modelErrors';

/** One use of a tensor. */
export interface Consumer {
  readonly node: NodeProto;
  readonly inputIndex: number;
}

/** Domains that mean the standard operator set. */
export function isStandardDomain(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx';
}

/** The named attribute of a node. */
export function attributeOf(node: NodeProto, name: string): AttributeProto | undefined {
  return node.attribute.find((attribute) => attribute.name === name);
}

/** Graph inputs that are not also initializers: what a caller must feed. */
export function requiredInputs(graph: GraphProto): ValueInfoProto[] {
  const initializers = new Set(graph.initializer.map(({ name }) => name));
  return graph.input.filter(({ name }) => !initializers.has(name));
}

/** A graph that a node carries, and the attribute that holds it. */
export interface Subgraph {
  readonly attribute: string;
  readonly graph: GraphProto;
}

/** For nearly every node, so that asking costs nothing. */
const noSubgraphs: readonly Subgraph[] = Object.freeze([]);

/** The graphs a node carries: branches of If, bodies of Loop and Scan. */
export function subgraphsOf(node: NodeProto): readonly Subgraph[] {
  let found: Subgraph[] | undefined;
  for (const attribute of node.attribute) {
    if (attribute.type === AttributeType.graph && attribute.g !== undefined) {
      (found ??= []).push({ attribute: attribute.name, graph: attribute.g });
    }
    for (const graph of attribute.graphs) (found ??= []).push({ attribute: attribute.name, graph });
  }
  return found ?? noSubgraphs;
}

/** The node with every graph it carries replaced; the node itself when it carries none. */
export function mapSubgraphs(node: NodeProto, change: (graph: GraphProto) => GraphProto): NodeProto {
  if (subgraphsOf(node).length === 0) return node;
  const attribute = node.attribute.map((one) => ({
    ...one,
    ...(one.g === undefined ? {} : { g: change(one.g) }),
    graphs: one.graphs.map(change),
  }));
  return { ...node, attribute };
}

/** Names a graph reads from the scopes around it, its own subgraphs included. Iterative: nesting may be deep. */
export function outerScopeNames(graph: GraphProto): Set<string> {
  const outer = new Set<string>();
  const pending: { graph: GraphProto; defined: ReadonlySet<string> }[] = [{ graph, defined: new Set() }];
  for (let work = pending.pop(); work !== undefined; work = pending.pop()) {
    const defined = new Set(work.defined);
    for (const input of work.graph.input) defined.add(input.name);
    for (const initializer of work.graph.initializer) defined.add(initializer.name);
    for (const node of work.graph.node) for (const output of node.output) defined.add(output);
    const read = work.graph.node.flatMap((node) => node.input).concat(work.graph.output.map((output) => output.name));
    for (const name of read) if (name !== '' && !defined.has(name)) outer.add(name);
    for (const node of work.graph.node) {
      for (const inner of subgraphsOf(node)) pending.push({ graph: inner.graph, defined });
    }
  }
  return outer;
}

/** What a node reads: its inputs, and what the graphs it carries read from around them. */
export function readsOf(node: NodeProto): readonly string[] {
  const inner = subgraphsOf(node).flatMap(({ graph }) => [...outerScopeNames(graph)]);
  return [...node.input, ...inner].filter((name) => name !== '');
}

/** Index over one graph (not its subgraphs). Built once, O(nodes + edges). */
export class GraphView {
  private readonly producers = new Map<string, NodeProto>();
  private readonly consumerLists = new Map<string, Consumer[]>();
  private readonly initializers = new Map<string, TensorProto>();
  private readonly inputs = new Map<string, ValueInfoProto>();
  private readonly outputs = new Map<string, ValueInfoProto>();
  private readonly valueInfos = new Map<string, ValueInfoProto>();
  /** Tensors of this graph that a subgraph of one of its nodes reads. */
  readonly readBySubgraphs: ReadonlySet<string>;

  constructor(readonly graph: GraphProto) {
    for (const initializer of graph.initializer) this.initializers.set(initializer.name, initializer);
    for (const input of graph.input) this.inputs.set(input.name, input);
    for (const output of graph.output) this.outputs.set(output.name, output);
    for (const info of graph.valueInfo) this.valueInfos.set(info.name, info);
    const captured = new Set<string>();
    for (const node of graph.node) {
      for (const name of node.output) if (name !== '') this.producers.set(name, node);
      node.input.forEach((name, inputIndex) => {
        if (name === '') return;
        const list = this.consumerLists.get(name);
        if (list === undefined) this.consumerLists.set(name, [{ node, inputIndex }]);
        else list.push({ node, inputIndex });
      });
      for (const inner of subgraphsOf(node)) for (const name of outerScopeNames(inner.graph)) captured.add(name);
    }
    this.readBySubgraphs = captured;
  }

  get nodes(): readonly NodeProto[] {
    return this.graph.node;
  }

  /** The node that makes a tensor; undefined for inputs, initializers and unknown names. */
  producer(tensor: string): NodeProto | undefined {
    return this.producers.get(tensor);
  }

  /** Every use of a tensor by a node of this graph. */
  consumers(tensor: string): readonly Consumer[] {
    return this.consumerLists.get(tensor) ?? [];
  }

  initializer(name: string): TensorProto | undefined {
    return this.initializers.get(name);
  }

  isGraphInput(name: string): boolean {
    return this.inputs.has(name);
  }

  isGraphOutput(name: string): boolean {
    return this.outputs.has(name);
  }

  /** What the file declares of a tensor: its graph input, output or value_info entry. */
  declared(name: string): ValueInfoProto | undefined {
    return this.inputs.get(name) ?? this.outputs.get(name) ?? this.valueInfos.get(name);
  }

  requiredInputs(): ValueInfoProto[] {
    return requiredInputs(this.graph);
  }

  /**
   * Nodes so that every producer comes before its consumers, otherwise in file order (Kahn's algorithm).
   * Throws `model-cycle` when the graph feeds itself.
   */
  topologicalOrder(): NodeProto[] {
    const waitingFor = new Map<NodeProto, number>();
    const dependents = new Map<NodeProto, NodeProto[]>();
    for (const node of this.graph.node) {
      const producers = new Set<NodeProto>();
      const reads = [...node.input];
      for (const inner of subgraphsOf(node)) reads.push(...outerScopeNames(inner.graph));
      for (const name of reads) {
        const producer = this.producers.get(name);
        if (producer !== undefined) producers.add(producer);
      }
      waitingFor.set(node, producers.size);
      for (const producer of producers) {
        const list = dependents.get(producer);
        if (list === undefined) dependents.set(producer, [node]);
        else list.push(node);
      }
    }
    const ordered: NodeProto[] = [];
    const ready = this.graph.node.filter((node) => waitingFor.get(node) === 0);
    // The list grows while it is walked.
    for (const node of ready) {
      ordered.push(node);
      for (const dependent of dependents.get(node) ?? []) {
        const left = (waitingFor.get(dependent) ?? 0) - 1;
        waitingFor.set(dependent, left);
        if (left === 0) ready.push(dependent);
      }
    }
    if (ordered.length < this.graph.node.length) {
      const stuck = this.graph.node.find((node) => (waitingFor.get(node) ?? 0) > 0);
      throw modelErrors.cycle(stuck?.name ?? '', stuck?.opType ?? '');
    }
    return ordered;
  }
}
