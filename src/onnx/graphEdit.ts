// A working copy of a model's main graph that can be changed, and then becomes a new model.
import { GraphView } from './graphView';
import { emptyGraph } from './modelWalk';
import type { GraphProto, ModelProto, NodeProto, OperatorSetId, TensorProto, ValueInfoProto } from './messages';

/** Nodes, tensors and opsets being edited. The model it was made from is never changed. */
export class GraphEdit {
  private nodeList: NodeProto[];
  private readonly initializers = new Map<string, TensorProto>();
  private readonly valueInfos = new Map<string, ValueInfoProto>();
  private inputList: ValueInfoProto[];
  private outputList: ValueInfoProto[];
  private readonly opsets = new Map<string, OperatorSetId>();
  private readonly takenNames = new Set<string>();
  private cachedView: GraphView | undefined;
  private readonly graph: GraphProto;

  constructor(private readonly model: ModelProto) {
    const graph = model.graph ?? emptyGraph;
    this.graph = graph;
    this.nodeList = [...graph.node];
    this.inputList = [...graph.input];
    this.outputList = [...graph.output];
    for (const initializer of graph.initializer) this.initializers.set(initializer.name, initializer);
    for (const info of graph.valueInfo) this.valueInfos.set(info.name, info);
    for (const opset of model.opsetImport) this.opsets.set(opset.domain, opset);
    for (const name of namesOf(graph)) this.takenNames.add(name);
  }

  /** Nodes as they stand; not necessarily in topological order until `toModel`. */
  get nodes(): readonly NodeProto[] {
    return this.nodeList;
  }

  get inputs(): readonly ValueInfoProto[] {
    return this.inputList;
  }

  get outputs(): readonly ValueInfoProto[] {
    return this.outputList;
  }

  /** An index over the graph as it stands; made again after the next change. */
  view(): GraphView {
    this.cachedView ??= new GraphView(this.toGraph());
    return this.cachedView;
  }

  /** Version of an operator set: `''` is ai.onnx. */
  opset(domain: string): number | undefined {
    return this.opsets.get(domain)?.version ?? (domain === '' ? this.opsets.get('ai.onnx')?.version : undefined);
  }

  /** Imports a domain or changes its version. */
  setOpset(domain: string, version: number): void {
    const key = domain === '' && this.opsets.has('ai.onnx') ? 'ai.onnx' : domain;
    this.opsets.set(key, { domain: key, version });
  }

  /** A node, tensor or value name that nothing in the model uses; reserves it. */
  uniqueName(wanted: string): string {
    let name = wanted;
    for (let suffix = 1; this.takenNames.has(name); suffix++) name = `${wanted}_${suffix}`;
    this.takenNames.add(name);
    return name;
  }

  addNode(node: NodeProto): void {
    this.nodeList.push(node);
    for (const name of [...node.output, node.name]) this.takenNames.add(name);
    this.cachedView = undefined;
  }

  /** Maps every node to itself, to other nodes, or to nothing; one pass over the graph. */
  rewriteNodes(rewrite: (node: NodeProto) => NodeProto | readonly NodeProto[] | undefined): void {
    const next: NodeProto[] = [];
    for (const node of this.nodeList) {
      const result = rewrite(node);
      if (result === undefined) continue;
      if (Array.isArray(result)) next.push(...(result as readonly NodeProto[]));
      else next.push(result as NodeProto);
    }
    this.nodeList = next;
    this.cachedView = undefined;
  }

  /** Replaces all nodes at once. */
  setNodes(nodes: readonly NodeProto[]): void {
    this.nodeList = [...nodes];
    for (const node of nodes) for (const name of [...node.output, node.name]) this.takenNames.add(name);
    this.cachedView = undefined;
  }

  initializer(name: string): TensorProto | undefined {
    return this.initializers.get(name);
  }

  /** Adds or replaces an initializer under its own name. */
  setInitializer(tensor: TensorProto): void {
    this.initializers.set(tensor.name, tensor);
    this.takenNames.add(tensor.name);
    this.cachedView = undefined;
  }

  removeInitializer(name: string): void {
    this.initializers.delete(name);
    this.cachedView = undefined;
  }

  setInputs(inputs: readonly ValueInfoProto[]): void {
    this.inputList = [...inputs];
    this.cachedView = undefined;
  }

  setOutputs(outputs: readonly ValueInfoProto[]): void {
    this.outputList = [...outputs];
    this.cachedView = undefined;
  }

  setValueInfo(info: ValueInfoProto): void {
    this.valueInfos.set(info.name, info);
    this.cachedView = undefined;
  }

  removeValueInfo(name: string): void {
    this.valueInfos.delete(name);
    this.cachedView = undefined;
  }

  /** Drops initializers that no node, subgraph or graph output reads any more. */
  removeUnusedInitializers(): void {
    const view = this.view();
    for (const name of [...this.initializers.keys()]) {
      const used = view.consumers(name).length > 0 || view.isGraphOutput(name) || view.readBySubgraphs.has(name);
      if (!used) this.initializers.delete(name);
    }
    this.cachedView = undefined;
  }

  /** The new model: nodes in topological order, opsets as set, everything else as in the original. */
  toModel(): ModelProto {
    const graph = this.toGraph();
    const ordered = new GraphView(graph).topologicalOrder();
    return { ...this.model, graph: { ...graph, node: ordered }, opsetImport: [...this.opsets.values()] };
  }

  private toGraph(): GraphProto {
    return {
      ...this.graph,
      node: this.nodeList,
      initializer: [...this.initializers.values()],
      input: this.inputList,
      output: this.outputList,
      valueInfo: [...this.valueInfos.values()],
    };
  }
}

function* namesOf(graph: GraphProto): Iterable<string> {
  for (const node of graph.node) {
    yield node.name;
    yield* node.output;
    yield* node.input;
  }
  for (const initializer of graph.initializer) yield initializer.name;
  for (const value of [...graph.input, ...graph.output, ...graph.valueInfo]) yield value.name;
}
