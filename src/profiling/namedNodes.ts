// Gives a model's nodes the names reports call them by, so that the engine's record of times can be read back.
import { GraphEdit } from '../onnx/graphEdit';
import type { OnnxModel } from '../onnx/readModel';
import { describeNode } from '../onnx/describeNode';
import { withProto } from '../quantization/withProto';

/** The model with a name of its own for every node of its main graph: the one it has, or its first output. */
export function withNamedNodes(model: OnnxModel): OnnxModel {
  const names = new Set(model.graph.node.map(({ name }) => name));
  if (names.size === model.graph.node.length && !names.has('')) return model;
  const edit = new GraphEdit(model.proto);
  const taken = new Set<string>();
  const unused = (wanted: string, isItsOwn: boolean): string => {
    let name = wanted;
    const isTaken = (): boolean => taken.has(name) || (names.has(name) && !(isItsOwn && name === wanted));
    for (let suffix = 1; isTaken(); suffix++) name = `${wanted}_${suffix}`;
    return name;
  };
  edit.rewriteNodes((node) => {
    const name = unused(describeNode(node), node.name !== '');
    taken.add(name);
    return name === node.name ? node : { ...node, name };
  });
  return withProto(model, edit.toModel());
}
