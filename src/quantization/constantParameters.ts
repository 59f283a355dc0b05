// Scales and zero points of the constants of a plan, and the constants themselves as 8-bit and int32 data.
import type { QuantizationRecipe, QuantizedType } from '../config/recipe';
import type { TensorProto } from '../onnx/messages';
import type { OnnxModel } from '../onnx/readModel';
import type { RangeRecord } from '../protocol/jobs';
import type { ActivationParameters } from './activationParameters';
import { weightRanges } from './estimators/weightRanges';
import type { ChannelRanges } from './estimators/weightRanges';
import { reducedWeights } from './nodeSettings';
import {
  parametersOfRange,
  quantizeBias,
  quantizedArray,
  quantizedLimits,
  quantizePerChannel,
  quantizeValues,
  rangeOf,
  rangesPerChannel,
} from './numberScheme';
import type { QuantizedArray } from './numberScheme';
import type { BiasPlan, QuantizationPlan, WeightPlan } from './plan';

/** How a constant is quantized: one scale and zero point, or one of each for every index of `axis`. */
export interface ConstantParameters {
  readonly constant: TensorProto;
  readonly type: QuantizedType;
  readonly axis?: number;
  readonly scales: Float32Array;
  /** The scales the 8-bit numbers were rounded with, where weight correction has changed `scales` since. */
  readonly roundingScales?: Float32Array;
  readonly zeroPoints: QuantizedArray;
  /** Smallest and largest value, for a constant with one scale. */
  readonly range: { readonly min: number; readonly max: number };
}

/** A bias as int32: zero point 0, one scale or one for each value. */
export interface QuantizedBias {
  readonly plan: BiasPlan;
  readonly dims: readonly number[];
  readonly data: Int32Array;
  readonly scales: Float32Array;
}

/** The parameters of every constant of the plan, by name; reads each constant once. */
export function constantParameters(
  plan: QuantizationPlan,
  recipe: QuantizationRecipe,
  model: OnnxModel,
): Map<string, ConstantParameters> {
  const parameters = new Map<string, ConstantParameters>();
  const isReduced = reducedWeights(model.graph.node, recipe);
  for (const [name, weight] of plan.weights) {
    const own = isReduced(name) ? { ...recipe, reduceRange: true } : recipe;
    parameters.set(name, parametersOf(weight, own, model));
  }
  return parameters;
}

/** The constants with a single scale, as activations share it. */
export function sharedParameters(constants: ReadonlyMap<string, ConstantParameters>): Map<string, RangeRecord> {
  const shared = new Map<string, RangeRecord>();
  for (const [name, { axis, range, scales, zeroPoints }] of constants) {
    if (axis === undefined) shared.set(name, { ...range, scale: scales[0] ?? 1, zeroPoint: zeroPoints[0] ?? 0 });
  }
  return shared;
}

/** The constant as 8-bit data. */
export function quantizedConstant(parameters: ConstantParameters, model: OnnxModel): QuantizedArray {
  const { constant, type, axis, zeroPoints, roundingScales: scales = parameters.scales } = parameters;
  const values = model.tensors.floats(constant);
  if (axis !== undefined) return quantizePerChannel(values, constant.dims, axis, type, scales, zeroPoints);
  return quantizeValues(values, type, { scale: scales[0] ?? 1, zeroPoint: zeroPoints[0] ?? 0 });
}

/**
 * Widens the scales of symmetric int8 weights whose bias would not fit into int32 at scale input · weight: a small loss
 * in the weight instead of a cut-off bias. Changes `constants` in place.
 */
export function fitWeightsToBiases(
  plan: QuantizationPlan,
  model: OnnxModel,
  activations: ActivationParameters,
  constants: Map<string, ConstantParameters>,
): void {
  for (const bias of plan.biases) {
    const weight = constants.get(bias.weight);
    const inputScale = scaleOf(bias.input, activations, constants);
    if (weight?.type !== 'int8' || inputScale === undefined || weight.zeroPoints.some((zero) => zero !== 0)) continue;
    const values = biasValues(bias, model, weight.scales.length);
    if (values !== undefined)
      constants.set(bias.weight, { ...weight, scales: widened(weight, values, inputScale * bias.alpha) });
  }
}

/**
 * The biases as int32; left out, and so float, are those whose shape does not match the channels of their weight.
 */
export function quantizedBiases(
  plan: QuantizationPlan,
  model: OnnxModel,
  activations: ActivationParameters,
  constants: ReadonlyMap<string, ConstantParameters>,
): QuantizedBias[] {
  const result: QuantizedBias[] = [];
  for (const bias of plan.biases) {
    const inputScale = scaleOf(bias.input, activations, constants);
    const weightScales = weightScalesOf(bias.weight, activations, constants);
    const values = biasValues(bias, model, weightScales?.length ?? 1);
    if (inputScale === undefined || weightScales === undefined || values === undefined) continue;
    const scales = weightScales.map((scale) => Math.fround(Math.fround(inputScale * scale) * bias.alpha));
    const dims = scales.length > 1 ? [values.length] : bias.constant.dims;
    result.push({ plan: bias, dims, data: quantizeBias(values, scales), scales });
  }
  return result;
}

function parametersOf(plan: WeightPlan, recipe: QuantizationRecipe, model: OnnxModel): ConstantParameters {
  const { constant } = plan;
  const values = model.tensors.floats(constant);
  const type = plan.role === 'weight' ? recipe.weightType : recipe.activationType;
  // One zero point for all channels, as the integer operators need it, is what symmetric quantization gives.
  const weightSymmetric = plan.axis !== undefined || (recipe.weightSymmetric && type === 'int8');
  const symmetric = plan.role === 'weight' ? weightSymmetric : recipe.activationSymmetric;
  const limits = quantizedLimits(type, symmetric, recipe.reduceRange);
  const ranges = rangesOf(values, plan, symmetric, recipe);
  const range = plan.axis === undefined ? { min: ranges.min[0] ?? 0, max: ranges.max[0] ?? 0 } : { min: 0, max: 0 };
  const scales = new Float32Array(ranges.min.length);
  const zeroPoints = quantizedArray(type, scales.length);
  for (let channel = 0; channel < scales.length; channel++) {
    const found = parametersOfRange(ranges.min[channel] ?? 0, ranges.max[channel] ?? 0, limits, symmetric);
    scales[channel] = found.scale;
    // The integer operators need one zero point for all channels, those of zeros included.
    zeroPoints[channel] = plan.axis === undefined ? found.zeroPoint : symmetricZeroPoint(type, limits);
  }
  return { constant, type, scales, zeroPoints, range, ...(plan.axis === undefined ? {} : { axis: plan.axis }) };
}

function rangesOf(
  values: Float32Array,
  { role, axis, constant: { dims } }: WeightPlan,
  symmetric: boolean,
  { weightRange }: QuantizationRecipe,
): ChannelRanges {
  if (role === 'weight' && weightRange !== undefined)
    return weightRanges(values, { dims, axis }, symmetric, weightRange);
  if (axis !== undefined) return rangesPerChannel(values, dims, axis);
  const { min, max } = rangeOf(values);
  return { min: Float32Array.of(min), max: Float32Array.of(max) };
}

function symmetricZeroPoint(type: QuantizedType, { qmin, qmax }: { qmin: number; qmax: number }): number {
  return type === 'int8' ? 0 : Math.ceil((qmin + qmax) / 2);
}

function scaleOf(
  tensor: string,
  activations: ActivationParameters,
  constants: ReadonlyMap<string, ConstantParameters>,
): number | undefined {
  return activations.get(tensor)?.scale ?? constants.get(tensor)?.scales[0];
}

function weightScalesOf(
  tensor: string,
  activations: ActivationParameters,
  constants: ReadonlyMap<string, ConstantParameters>,
): Float32Array | undefined {
  const activation = activations.get(tensor);
  return constants.get(tensor)?.scales ?? (activation === undefined ? undefined : Float32Array.of(activation.scale));
}

/**
 * The bias times `beta`, one value for each channel when the weight has several scales (a single value is repeated);
 * undefined when it cannot be brought to one value a channel.
 */
function biasValues(plan: BiasPlan, model: OnnxModel, channels: number): Float32Array | undefined {
  const values = model.tensors.floats(plan.constant).map((value) => value * plan.beta);
  if (channels === 1 || values.length === channels) return values;
  return values.length === 1 ? new Float32Array(channels).fill(values[0] ?? 0) : undefined;
}

/** The weight's scales, each at least as large as its bias needs to stay within int32 (1.0001 leaves room to round). */
function widened(weight: ConstantParameters, bias: Float32Array, inputScale: number): Float32Array {
  let largest = 0;
  for (const value of bias) largest = Math.max(largest, Math.abs(value));
  return weight.scales.map((scale, channel) => {
    const size = weight.axis === undefined ? largest : Math.abs(bias[channel] ?? 0);
    const smallestBiasScale = (1.0001 * 2 * size) / (2 ** 32 - 2);
    const biasScale = inputScale * scale;
    return biasScale > 0 && biasScale < smallestBiasScale ? scale * (smallestBiasScale / biasScale) : scale;
  });
}
