// Quantizes a prepared model with known ranges: a pure function from model, recipe and ranges to a new model.
import type { QuantizationRecipe, Ranges } from '../config/recipe';
import { GraphEdit } from '../onnx/graphEdit';
import type { NodeProto } from '../onnx/messages';
import type { OnnxModel } from '../onnx/readModel';
import { activationParameters } from './activationParameters';
import { refuseAlreadyQuantized } from './alreadyQuantized';
import { constantParameters, fitWeightsToBiases, quantizedBiases, sharedParameters } from './constantParameters';
import { symmetricActivations } from './nodeSettings';
import { keptFloatOf, nothingToQuantize, planQuantization } from './plan';
import { correctWeightScales } from './recipes/correctWeights';
import { rewriteQOperator } from './qoperator';
import { rewriteQdq } from './qdq';
import type { QuantizationParts } from './qdq';
import type { QuantizedModel } from './quantizedModel';

/** What is changed in the numbers between planning and rewriting. */
export interface QuantizationAdjustments {
  /** Lets the weights of quantized Conv nodes keep the spread of their float weights (SYSTEMS §4.8). */
  readonly weightCorrection?: boolean;
}

/**
 * Static quantization. `model` is as `prepareModel` leaves it; `ranges` are those of the plan's measured tensors.
 * Nothing is read but the model's tensors and nothing is written.
 *
 * Throws `quantize-already-quantized` and `quantize-nothing`.
 */
export function quantizeModel(
  model: OnnxModel,
  recipe: QuantizationRecipe,
  ranges: Ranges,
  adjustments: QuantizationAdjustments = {},
): QuantizedModel {
  refuseAlreadyQuantized(model);
  const parts = computeParts(model, recipe, ranges, adjustments);
  const edit = new GraphEdit(model.proto);
  const refused = recipe.format === 'qoperator' ? rewriteQOperator(edit, parts) : rewriteQdq(edit, parts);
  const quantized = [...parts.plan.quantizedNodes].filter((node) => !refused.has(node));
  const keptFloat = [...parts.plan.keptFloat, ...[...refused].map(([node, reason]) => keptFloatOf(node, reason))];
  if (quantized.length === 0) throw nothingToQuantize(model, keptFloat);
  return {
    proto: edit.toModel(),
    quantizedOps: countByType(quantized),
    keptFloat,
    ranges: Object.fromEntries(parts.activations),
    notes: [],
  };
}

/** Everything the writers of both formats need: the plan and the numbers that go with it. */
export function computeParts(
  model: OnnxModel,
  recipe: QuantizationRecipe,
  ranges: Ranges,
  { weightCorrection = false }: QuantizationAdjustments = {},
): QuantizationParts {
  const plan = planQuantization(model, recipe, (tensor) => ranges.has(tensor));
  const constants = constantParameters(plan, recipe, model);
  const shared = sharedParameters(constants);
  const isSymmetric = symmetricActivations(model.graph.node, recipe);
  const activations = activationParameters(plan, recipe, ranges, shared, isSymmetric);
  fitWeightsToBiases(plan, model, activations, constants);
  if (weightCorrection) correctWeightScales(plan, model, constants);
  const biases = quantizedBiases(plan, model, activations, constants);
  return { model, recipe, plan, activations, constants, shared, biases };
}

function countByType(nodes: readonly NodeProto[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { opType } of nodes) counts[opType] = (counts[opType] ?? 0) + 1;
  return counts;
}
