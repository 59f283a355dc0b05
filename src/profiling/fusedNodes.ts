// Says which nodes of a model each node of its optimized graph stands for. The engine merges nodes, moves some into other
// memory layouts and renames what it touches; what keeps its name, and what lies between, tells where the rest went.
import type { GraphProto, NodeProto } from '../onnx/messages';
import { GraphView } from '../onnx/graphView';
import { floatTypeOf } from '../onnx/quantizationForm';

/** For each node of the optimized graph, in its order, the nodes of the model it computes; none for what the engine added. */
export type FusedNodes = ReadonlyMap<NodeProto, readonly NodeProto[]>;

/**
 * Maps an optimized graph (`optimizedModelPath`, any level) to the model it was made from. Nodes of the model that the
 * engine computed beforehand or dropped are with the node that reads their result.
 */
export function fusedNodes(source: GraphProto, optimized: GraphProto): FusedNodes {
  return new Mapping(source, optimized).map();
}

/** Operators the engine puts in to change a memory layout. */
const layoutTypes: ReadonlySet<string> = new Set(['ReorderInput', 'ReorderOutput']);

/** Put before what the engine computes in float32 instead of float16. */
const precisionPrefix = /^InsertedPrecisionFreeCast_/;

class Mapping {
  private readonly source: GraphView;
  private readonly optimized: GraphView;
  private readonly nodesByName = new Map<string, NodeProto>();
  /** Tensors of the model by the optimized node that makes them. */
  private readonly makers = new Map<string, NodeProto>();
  private readonly owners = new Map<NodeProto, NodeProto>();

  constructor(source: GraphProto, optimized: GraphProto) {
    this.source = new GraphView(source);
    this.optimized = new GraphView(optimized);
    for (const node of source.node) if (node.name !== '') this.nodesByName.set(node.name, node);
  }

  map(): FusedNodes {
    const ordered = this.optimized.topologicalOrder();
    const anchors = new Map(ordered.map((node) => [node, this.anchorsOf(node)]));
    for (const [node, tensors] of anchors) for (const tensor of tensors) this.makers.set(tensor, node);
    for (const [node, tensors] of anchors) this.claim(node, tensors);
    this.shareOutTheRest(ordered);
    const fused = new Map<NodeProto, NodeProto[]>(ordered.map((node) => [node, []]));
    for (const node of this.source.nodes) {
      const owner = this.owners.get(node);
      if (owner !== undefined) fused.get(owner)?.push(node);
    }
    return fused;
  }

  /** Tensors of the model that the optimized node makes, as far as names tell. */
  private anchorsOf(node: NodeProto): string[] {
    if (layoutTypes.has(node.opType)) return [];
    const kept = node.output
      .map((tensor) => tensor.replace(precisionPrefix, ''))
      .filter((tensor) => this.source.producer(tensor) !== undefined);
    // A Transpose that makes what another operator made in the model is there for the layout.
    const isForLayout =
      node.opType === 'Transpose' && kept.some((tensor) => this.source.producer(tensor)?.opType !== 'Transpose');
    if (isForLayout && !this.isMergedTranspose(node, kept)) return [];
    if (kept.length > 0) return kept;
    // NCHWc nodes are named after the tensor they make, NHWC nodes after the node they were.
    const tensor = node.name.replace(/_nchwc$/, '').replace(precisionPrefix, '');
    if (tensor !== node.name && this.source.producer(tensor) !== undefined) return [tensor];
    const original = this.nodesByName.get(node.name) ?? this.nodesByName.get(node.name.replace(/_token_\d+$/, ''));
    // A merged node may be named after the one whose place it took.
    const replaced = this.nodesByName.get(/^(.+)\/\w+Fusion\/?$/.exec(node.name)?.[1] ?? '');
    if (original === undefined && replaced !== undefined) return replaced.output.filter((output) => output !== '');
    const isSameKind = original !== undefined && baseType(original.opType) === baseType(node.opType);
    return isSameKind ? original.output.filter((output) => output !== '') : [];
  }

  /** Whether a Transpose and what follows it in the model (a Reshape, a QuantizeLinear) became this Transpose. */
  private isMergedTranspose(node: NodeProto, outputs: readonly string[]): boolean {
    const input = node.input[0] ?? '';
    let tensor = outputs[0] ?? '';
    for (let steps = 0; steps < 4 && tensor !== input; steps++) {
      const producer = this.source.producer(tensor);
      if (producer === undefined) return false;
      if (producer.opType === 'Transpose') return true;
      tensor = producer.input[0] ?? '';
    }
    return false;
  }

  /** Gives the node everything between the tensors it makes and those that others make. */
  private claim(node: NodeProto, tensors: readonly string[]): void {
    // Between two renamed nodes only the type tells where the one ends: what follows belongs to the earlier one, for the
    // engine merges activations and additions into the operator before them.
    const isAmbiguous = node.input.some((input) => this.isRenamed(input));
    const pending = [...tensors];
    for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
      const producer = this.source.producer(tensor);
      if (producer === undefined || this.owners.has(producer)) continue;
      this.owners.set(producer, node);
      if (isAmbiguous && baseType(producer.opType) === baseType(node.opType)) continue;
      pending.push(...producer.input.filter((input) => input !== '' && !this.makers.has(input)));
    }
  }

  private isRenamed(tensor: string): boolean {
    return this.optimized.producer(tensor) !== undefined && this.source.producer(tensor) === undefined;
  }

  /** Nodes nobody claimed: with the last of the nodes they follow, or with one they feed. */
  private shareOutTheRest(ordered: readonly NodeProto[]): void {
    const place = new Map(ordered.map((node, index) => [node, index]));
    const inOrder = this.source.topologicalOrder();
    for (const node of inOrder) {
      if (this.owners.has(node)) continue;
      const before = node.input.flatMap((input) => this.ownerOf(this.source.producer(input)));
      const last = before.sort((one, other) => (place.get(one) ?? 0) - (place.get(other) ?? 0)).at(-1);
      if (last !== undefined) this.owners.set(node, last);
    }
    for (const node of inOrder.reverse()) {
      if (this.owners.has(node)) continue;
      const readers = node.output.flatMap((output) => this.source.consumers(output).map((reader) => reader.node));
      const [owner] = readers.flatMap((reader) => this.ownerOf(reader));
      if (owner !== undefined) this.owners.set(node, owner);
    }
  }

  private ownerOf(node: NodeProto | undefined): NodeProto[] {
    const owner = node === undefined ? undefined : this.owners.get(node);
    return owner === undefined ? [] : [owner];
  }
}

/** `QLinearConv`, `FusedConv` and `NhwcConv` are all a Conv. */
function baseType(opType: string): string {
  return floatTypeOf(opType).replace(/^(Nhwc|Fused)/, '');
}
