// Pairs the operators of a float model with what became of them in a quantized form of it.
import { describeNode } from '../describeNode';
import type { GraphProto, NodeProto } from '../messages';
import { MatchedTensors } from './matchTensors';

/** An operator of the float model, with the nodes around it whose own values the quantized model does not have. */
export interface MatchedOp {
  /** Name of the main node, as `describeNode` gives it. */
  readonly node: string;
  readonly opType: string;
  readonly main: NodeProto;
  /** The tensor of the float model that is its result. */
  readonly tensor: string;
  /** In graph order, `main` among them. */
  readonly floatNodes: readonly NodeProto[];
  /** Nodes of the quantized model that compute it, QuantizeLinear and DequantizeLinear of its result and weights included. */
  readonly int8Nodes: readonly NodeProto[];
}

/** All operators of the float model that can be compared, in graph order, and where each node belongs. */
export interface MatchedOps {
  readonly ops: readonly MatchedOp[];
  readonly tensors: MatchedTensors;
  readonly ofFloatNode: ReadonlyMap<NodeProto, MatchedOp>;
  readonly ofInt8Node: ReadonlyMap<NodeProto, MatchedOp>;
}

/** Operators that do the work of what is merged with them, so that a group is called after them. */
const mainTypes: ReadonlySet<string> = new Set([
  ...['Conv', 'ConvTranspose', 'MatMul', 'Gemm', 'FusedConv', 'FusedMatMul', 'FusedGemm'],
  ...['LSTM', 'GRU', 'RNN', 'Attention', 'EmbedLayerNormalization'],
]);

/** Whether other operators count as merged with this one rather than the other way round. */
export function isMainType(opType: string): boolean {
  return mainTypes.has(opType);
}

export function matchOps(float: GraphProto, int8: GraphProto): MatchedOps {
  const tensors = new MatchedTensors(float, int8);
  const matched = tensors.matched();
  const groups = floatGroups(tensors, matched);
  const int8Groups = int8NodesByTensor(tensors, groups);
  const ofFloatNode = new Map<NodeProto, MatchedOp>();
  const ofInt8Node = new Map<NodeProto, MatchedOp>();
  const ops = [...groups].map(([tensor, floatNodes]): MatchedOp => {
    const main = mainOf(floatNodes);
    const int8Nodes = int8Groups.get(tensor) ?? [];
    const op = { node: describeNode(main), opType: main.opType, main, tensor, floatNodes, int8Nodes };
    for (const node of floatNodes) ofFloatNode.set(node, op);
    for (const node of int8Nodes) ofInt8Node.set(node, op);
    return op;
  });
  return { ops, tensors, ofFloatNode, ofInt8Node };
}

function mainOf(nodes: readonly NodeProto[]): NodeProto {
  const main = nodes.find(({ opType }) => mainTypes.has(opType)) ?? nodes.at(-1);
  if (main === undefined) throw new RangeError('a group of nodes is never empty');
  return main;
}

/** For each tensor both models have, the float nodes between it and the tensors before it that both have. */
function floatGroups({ float }: MatchedTensors, matched: readonly string[]): Map<string, NodeProto[]> {
  const known = new Set(matched);
  const place = new Map(float.nodes.map((node, index) => [node, index]));
  const taken = new Set<NodeProto>();
  const groups = new Map<string, NodeProto[]>();
  for (const tensor of matched) {
    const group: NodeProto[] = [];
    const pending = [tensor];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const producer = float.producer(next);
      if (producer === undefined || taken.has(producer) || producer.opType === 'Constant') continue;
      taken.add(producer);
      group.push(producer);
      pending.push(...producer.input.filter((input) => input !== '' && !known.has(input)));
    }
    group.sort((one, other) => (place.get(one) ?? 0) - (place.get(other) ?? 0));
    if (group.length > 0) groups.set(tensor, group);
  }
  return groups;
}

/** Nodes of the quantized model by the group they work for: that of their result, or of whatever reads it. */
function int8NodesByTensor(
  tensors: MatchedTensors,
  groups: ReadonlyMap<string, readonly NodeProto[]>,
): Map<string, NodeProto[]> {
  const groupOfOutput = new Map<string, string>();
  for (const [tensor, nodes] of groups) {
    for (const node of nodes) for (const output of node.output) groupOfOutput.set(output, tensor);
  }
  const groupOf = new Map<NodeProto, string>();
  const { int8 } = tensors;
  for (const node of int8.topologicalOrder().reverse()) {
    const own = node.output.flatMap((output) => groupOfOutput.get(tensors.floatNameOf(output) ?? '') ?? []);
    const readers = node.output.flatMap((output) =>
      int8.consumers(output).flatMap((one) => groupOf.get(one.node) ?? []),
    );
    const group = own[0] ?? readers[0];
    if (group !== undefined) groupOf.set(node, group);
  }
  const byTensor = new Map<string, NodeProto[]>();
  for (const node of int8.nodes) {
    const group = groupOf.get(node);
    if (group === undefined) continue;
    const list = byTensor.get(group);
    if (list === undefined) byTensor.set(group, [node]);
    else list.push(node);
  }
  return byTensor;
}
