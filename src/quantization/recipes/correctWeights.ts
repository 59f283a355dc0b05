// Weight correction: quantized convolution weights keep the spread of the float weights, channel by channel (SYSTEMS §4.8).
//
// W' = W_q·r + (mean W − mean W_q·r) with r = std W / std W_q. The factor goes into the scales, exactly: the 8-bit numbers
// stay as they were rounded. The added mean cannot be held by 8-bit numbers with zero point 0; what it does to the mean
// output goes into the bias (`measureWeightMeanShifts`, or bias correction, which sees it anyway).
import type { OnnxModel } from '../../onnx/readModel';
import type { ConstantParameters } from '../constantParameters';
import type { QuantizationPlan } from '../plan';
import { dequantizedConstant } from './dequantizedConstant';

/**
 * Corrects the scales of the weights of quantized Conv nodes that have one for each output channel. Changes `constants`
 * in place; to be called when nothing else changes scales any more, and before biases are quantized.
 */
export function correctWeightScales(
  plan: QuantizationPlan,
  model: OnnxModel,
  constants: Map<string, ConstantParameters>,
): void {
  const names = [...plan.quantizedNodes].flatMap((node) => (node.opType === 'Conv' ? (node.input[1] ?? []) : []));
  for (const name of new Set(names)) {
    const weight = constants.get(name);
    if (weight?.axis !== 0) continue;
    const ratios = spreadRatios(weight, model);
    const scales = weight.scales.map((scale, channel) => scale * (ratios[channel] ?? 1));
    constants.set(name, { ...weight, scales, roundingScales: weight.roundingScales ?? weight.scales });
  }
}

/** What the mean of each channel still lacks, as a weight of the same shape: (mean W − mean W_q) everywhere. */
export function correctedMeans(weight: ConstantParameters, model: OnnxModel): Float32Array {
  const exact = channelMoments(model.tensors.floats(weight.constant), weight.scales.length);
  const quantized = channelMoments(dequantizedConstant(weight, model), weight.scales.length);
  const { dims } = weight.constant;
  const perChannel = dims.slice(1).reduce((all, size) => all * size, 1);
  return Float32Array.from({ length: perChannel * weight.scales.length }, (_, index) => {
    const channel = Math.floor(index / perChannel);
    return (exact[channel]?.mean ?? 0) - (quantized[channel]?.mean ?? 0);
  });
}

/** std W / std W_q; 1 for a channel of equal weights. */
function spreadRatios(weight: ConstantParameters, model: OnnxModel): number[] {
  const exact = channelMoments(model.tensors.floats(weight.constant), weight.scales.length);
  const quantized = channelMoments(dequantizedConstant(weight, model), weight.scales.length);
  return exact.map(({ spread }, channel) => {
    const other = quantized[channel]?.spread ?? 0;
    return spread > 0 && other > 0 ? spread / other : 1;
  });
}

/** Mean and standard deviation of each channel along axis 0. */
function channelMoments(values: Float32Array, channels: number): { mean: number; spread: number }[] {
  const size = values.length / channels;
  return Array.from({ length: channels }, (_, channel) => {
    const own = values.subarray(channel * size, (channel + 1) * size);
    const mean = own.reduce((sum, value) => sum + value, 0) / size;
    const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size;
    return { mean, spread: Math.sqrt(variance) };
  });
}
