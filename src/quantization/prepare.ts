// Brings a model into the form that quantization expects, without changing what it computes.
import type { QuantizationRecipe } from '../config/recipe';
import { GraphEdit } from '../onnx/graphEdit';
import type { ModelProto } from '../onnx/messages';
import type { OnnxModel } from '../onnx/readModel';
import { refuseAlreadyQuantized } from './alreadyQuantized';
import { foldBatchNorm } from './foldBatchNorm';
import { constantsToInitializers, takeInitializersOutOfInputs } from './prepare/plainInitializers';
import { refuseHalfPrecision, refuseUnknownOpTypes } from './prepare/refusals';
import type { Preparation } from './prepare/preparation';
import { uniqueNodeNames } from './prepare/uniqueNodeNames';
import { quantizationErrors } from './quantizationErrors';
import { raiseOpset } from './raiseOpset';

/** The equivalent model, and what was changed, one sentence each. */
export interface PreparedModel {
  readonly proto: ModelProto;
  readonly notes: readonly string[];
}

/** The operator set models are raised to: the first whose QuantizeLinear and DequantizeLinear know an axis. */
const targetOpset = 13;
/** The file format version that belongs to operator set 13; lower ones would make every initializer an input again. */
const targetIrVersion = 7;
const oldestIrVersion = 3;

/**
 * Takes initializers out of the inputs, turns constant nodes into initializers, names nodes, raises the operator set
 * as far as the recipe needs, folds BatchNormalization and orders the nodes. Weights stay lazy unless they are folded.
 *
 * Throws `quantize-already-quantized`, `quantize-no-opset`, `quantize-old-format`, `quantize-unknown-op`,
 * `quantize-half-precision`, or `quantize-opset` when a node cannot be raised.
 */
export function prepareModel(model: OnnxModel, recipe: QuantizationRecipe): PreparedModel {
  refuseAlreadyQuantized(model);
  const edit = new GraphEdit(model.proto);
  if (edit.opset('') === undefined) throw quantizationErrors.noOpset(model.path);
  const { irVersion } = model.proto;
  if (irVersion === undefined || irVersion < oldestIrVersion) throw quantizationErrors.oldFormat(model.path, irVersion);
  refuseUnknownOpTypes(model, recipe);
  const preparation: Preparation = { edit, model, notes: [] };
  edit.setNodes(edit.view().topologicalOrder());
  takeInitializersOutOfInputs(preparation);
  uniqueNodeNames(preparation);
  constantsToInitializers(preparation);
  refuseHalfPrecision(preparation);
  raiseAsNeeded(preparation, recipe);
  foldBatchNorm(preparation, recipe.excludedNodes);
  edit.removeUnusedInitializers();
  return { proto: { ...edit.toModel(), irVersion: Math.max(irVersion, targetIrVersion) }, notes: preparation.notes };
}

/** Static models gain from 13 even where less would do (8-bit MaxPool needs 12), so a refusal counts only when it must. */
function raiseAsNeeded(preparation: Preparation, recipe: QuantizationRecipe): void {
  const opset = preparation.edit.opset('') ?? targetOpset;
  const needed = neededOpset(recipe);
  if (recipe.approach === 'dynamic' && opset >= needed) return;
  const refusal = raiseOpset(preparation, targetOpset);
  if (refusal === undefined) return;
  const { node, opType, reason } = refusal;
  if (opset < needed) {
    throw quantizationErrors.cannotRaise(preparation.model.path, opset, needed, node, opType, reason);
  }
  preparation.notes.push(`The operator set stays at ${opset}: ${opType} "${node}" cannot be brought up, ${reason}.`);
}

/** 10 brought QuantizeLinear, 11 DynamicQuantizeLinear, 13 their axis. */
function neededOpset(recipe: QuantizationRecipe): number {
  if (recipe.approach === 'dynamic') return 11;
  return recipe.perChannel ? 13 : 10;
}
