// A form of the model that hands out tensors from inside it.
import { DataType } from '../../onnx/dataTypes';
import { GraphEdit } from '../../onnx/graphEdit';
import { makeValueInfo } from '../../onnx/makeMessages';
import type { ModelProto } from '../../onnx/messages';

/**
 * Makes the tensors the only outputs of a model; none of them may be a graph input.
 *
 * @param halves those that are float16; all others are float32 where the model does not declare them
 */
export function fetchingModel(
  proto: ModelProto,
  tensors: readonly string[],
  halves: ReadonlySet<string> = new Set(),
): ModelProto {
  const edit = new GraphEdit(proto);
  const view = edit.view();
  const typeOf = (tensor: string): number => (halves.has(tensor) ? DataType.float16 : DataType.float32);
  edit.setOutputs(tensors.map((tensor) => view.declared(tensor) ?? makeValueInfo(tensor, typeOf(tensor), undefined)));
  return edit.toModel();
}
