// What will be quantized and what stays float: decided from the graph alone, before anything is measured or rewritten.
//
// Tensors are marked node by node in graph order, as ONNX Runtime's own quantizer does, so that both choose the same
// tensors (SYSTEMS §4.2 "Range adjustment", "Pre-quantised", §4.3). Both formats are written from the same plan.
import type { KeptFloat, QuantizationRecipe, TensorRange } from '../config/recipe';
import type { NodeProto, TensorProto } from '../onnx/messages';
import type { OnnxModel } from '../onnx/readModel';
import { inferShapes } from '../onnx/shapeInference';
import { describeNode } from '../onnx/describeNode';
import { PlanDraft } from './planDraft';
import { planRuleFor } from './planRules';
import { quantizationErrors } from './quantizationErrors';
import { reasonOutsideRecipe } from './nodeSelection';

/** Where the range of an activation comes from. */
export type RangeSource =
  /** Measured on `tensor`: the activation itself, or what the Relu or Clip after it lets through. */
  | { readonly kind: 'measured'; readonly tensor: string }
  /** Known beforehand, such as the 0..1 of Softmax. */
  | { readonly kind: 'fixed'; readonly range: TensorRange }
  /** Scale and zero point of another activation or constant of the plan: the values only pass through. */
  | { readonly kind: 'sameAs'; readonly tensor: string };

/** A constant that becomes 8-bit. */
export interface WeightPlan {
  readonly constant: TensorProto;
  /** A `weight` takes the recipe's weight type, an `operand` of an elementwise node the activation type. */
  readonly role: 'weight' | 'operand';
  /** Axis with one scale for each index; absent: one scale for the tensor. */
  readonly axis?: number;
}

/** A constant that becomes int32 with the scale input · weight · alpha and zero point 0. */
export interface BiasPlan {
  readonly node: NodeProto;
  readonly inputIndex: number;
  readonly constant: TensorProto;
  readonly input: string;
  readonly weight: string;
  /** Gemm's factors: `alpha` scales the product, `beta` is multiplied into the bias; 1 elsewhere. */
  readonly alpha: number;
  readonly beta: number;
}

/** The whole decision. Nodes are those of the model it was made for, by identity. */
export interface QuantizationPlan {
  /** Nodes that will run on 8-bit data, the folded ones included. */
  readonly quantizedNodes: ReadonlySet<NodeProto>;
  /**
   * Relu and Clip nodes that saturation to the quantized range makes needless, with the tensor they read: its producer
   * writes the node's output instead.
   */
  readonly foldedNodes: ReadonlyMap<NodeProto, string>;
  /** Float tensors that get a scale and zero point, in graph order. */
  readonly activations: ReadonlyMap<string, RangeSource>;
  readonly weights: ReadonlyMap<string, WeightPlan>;
  readonly biases: readonly BiasPlan[];
  readonly keptFloat: readonly KeptFloat[];
  /** Tensors whose range has to be measured, each once. */
  readonly measuredTensors: readonly string[];
}

/**
 * Plans the static quantization of a prepared model. `rangeIsKnown` tells, once calibration is over, which of the
 * measured tensors have a range; nodes that need one of the others stay float.
 * Throws `quantize-nothing`.
 */
export function planQuantization(
  model: OnnxModel,
  recipe: QuantizationRecipe,
  rangeIsKnown: (tensor: string) => boolean = () => true,
): QuantizationPlan {
  const draft = new PlanDraft(model, recipe, inferShapes(model), rangeIsKnown);
  const quantizedNodes = new Set<NodeProto>();
  const keptFloat: KeptFloat[] = [];
  for (const node of model.graph.node) {
    const reason = reasonOutsideRecipe(node, recipe) ?? planRuleFor(node.opType, recipe.format)(draft, node);
    if (reason === undefined) quantizedNodes.add(node);
    else if (draft.computesFloats(node)) keptFloat.push(keptFloatOf(node, reason));
  }
  if (quantizedNodes.size === 0) throw nothingToQuantize(model, keptFloat);
  return { ...draft.finish(), quantizedNodes, keptFloat };
}

/**
 * Throws `quantize-unknown-node` when the recipe excludes a node the model does not have. For the model as the user
 * knows it: engine optimization may have merged the node into another since.
 */
export function refuseUnknownNodes(model: OnnxModel, recipe: QuantizationRecipe): void {
  const names = new Set(model.graph.node.map((node) => node.name));
  const unknown = recipe.excludedNodes.find((name) => !names.has(name));
  if (unknown !== undefined) throw quantizationErrors.unknownNode(model.path, unknown, [...names]);
}

/** The report's line about a node. */
export function keptFloatOf(node: NodeProto, reason: string): KeptFloat {
  return { node: describeNode(node), opType: node.opType, reason };
}

/** The error for a model without any node to quantize, with the commonest reason. */
export function nothingToQuantize(model: OnnxModel, keptFloat: readonly KeptFloat[]): Error {
  const counts = new Map<string, number>();
  for (const { reason } of keptFloat) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const [commonest] = [...counts].sort((left, right) => right[1] - left[1]);
  const reason =
    commonest === undefined
      ? 'it holds no node that works on float32 numbers'
      : `its nodes stay float: ${commonest[0]}`;
  return quantizationErrors.nothingToQuantize(
    model.path,
    reason,
    'Check --ops and --exclude, or take another model; "inspect" lists what of a model can be quantized.',
  );
}
