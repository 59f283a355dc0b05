// A form of the model that hands out tensors from inside it.
import { DataType } from '../../onnx/dataTypes';
import { GraphEdit } from '../../onnx/graphEdit';
import { makeValueInfo } from '../../onnx/makeMessages';
import type { ModelProto } from '../../onnx/messages';

/** Makes the tensors the only outputs of a model; none of them may be a graph input. */
export function fetchingModel(proto: ModelProto, tensors: readonly string[]): ModelProto {
  const edit = new GraphEdit(proto);
  const view = edit.view();
  edit.setOutputs(tensors.map((tensor) => view.declared(tensor) ?? makeValueInfo(tensor, DataType.float32, undefined)));
  return edit.toModel();
}
