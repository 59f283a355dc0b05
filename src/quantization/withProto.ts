// A model with another graph in it.
import type { ModelProto } from '../onnx/messages';
import type { OnnxModel } from '../onnx/readModel';

/** The same model with `proto` in it: its tensors may still be in the files of `model`, which stays open. */
export function withProto(model: OnnxModel, proto: ModelProto): OnnxModel {
  if (proto.graph === undefined) throw new RangeError('a rewritten model always has a graph');
  return { ...model, proto, graph: proto.graph };
}
