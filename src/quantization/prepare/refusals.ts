// Refuses, before anything is changed, what no later step could do well.
import type { QuantizationRecipe } from '../../config/recipe';
import { dynamicOpTypes, staticOpTypes, weightInputs } from '../../dictionary/quantizableOps';
import { DataType, dataTypeName } from '../../onnx/dataTypes';
import { scopesOf } from '../../onnx/modelWalk';
import type { TensorProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';
import { quantizationErrors } from '../quantizationErrors';
import type { Preparation } from './preparation';

/**
 * Throws `quantize-unknown-op` for an operator type that is neither in the model nor known to be quantizable: a typing
 * mistake. Known types may be missing from a model, so that one recipe serves several.
 */
export function refuseUnknownOpTypes(model: OnnxModel, recipe: QuantizationRecipe): void {
  const present = [...scopesOf(model.proto)].flatMap(({ graph }) => graph.node.map((node) => node.opType));
  const known = new Set([...present, ...staticOpTypes, ...dynamicOpTypes]);
  const unknown = recipe.opTypes?.find((opType) => !known.has(opType));
  if (unknown !== undefined) throw quantizationErrors.unknownOpType(model.path, unknown, [...known]);
}

/**
 * Throws `quantize-half-precision` when every weight is a 16-bit float. The engine would compute such a model through
 * casts, and its weights would stay as they are, with 8-bit copies made of them at every start.
 */
export function refuseHalfPrecision({ edit, model }: Preparation): void {
  const weights = edit.nodes.flatMap((node) =>
    (weightInputs[node.opType] ?? []).map((index) => edit.initializer(node.input[index] ?? '')),
  );
  const half = weights.find(isHalf);
  if (half === undefined || weights.some((weight) => weight?.dataType === DataType.float32)) return;
  throw quantizationErrors.halfPrecision(model.path, half.name, dataTypeName(half.dataType));
}

function isHalf(weight: TensorProto | undefined): weight is TensorProto {
  return weight?.dataType === DataType.float16 || weight?.dataType === DataType.bfloat16;
}
