// What the user's model calls the nodes that the engine has merged or renamed while it optimized the graph.
import { describeNode } from '../../onnx/describeNode';
import type { GraphProto, NodeProto } from '../../onnx/messages';
import { fusedNodes } from '../../profiling/fusedNodes';
import { productTypes } from './productTypes';

/**
 * Nodes of the optimized graph by a name that the model does not have, each with the node of the model that it stands for:
 * of several the one with the weight, else the last.
 */
export function modelNames(model: GraphProto, optimized: GraphProto): ReadonlyMap<string, string> {
  const known = new Set(model.node.map(({ name }) => name));
  if (optimized.node.every(({ name }) => known.has(name))) return new Map();
  const found = [...fusedNodes(model, optimized)].flatMap(([{ name }, made]): [string, string][] => {
    const node = known.has(name) ? undefined : mainOf(made);
    return node === undefined ? [] : [[name, describeNode(node)]];
  });
  return new Map(found);
}

function mainOf(nodes: readonly NodeProto[]): NodeProto | undefined {
  return nodes.find(({ opType }) => productTypes.has(opType)) ?? nodes.at(-1);
}
