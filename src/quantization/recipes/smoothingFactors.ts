// The factors of SmoothQuant (SYSTEMS §4.5; G. Xiao et al., SmoothQuant: Accurate and Efficient Post-Training Quantization
// for Large Language Models, 2022, §4).
import type { ChannelRanges } from './smoothingStatistics';
import type { SmoothableTensor, SmoothedProduct } from './smoothableTensors';
import { largestOfInputs } from './weightLayout';

/** Factors and weights below this are taken for it. */
const smallest = 1e-5;

/**
 * s = a^alpha / w^(1 − alpha) for each channel: the activation is divided by it, the weights are multiplied. 1 for a
 * channel in which calibration saw nothing but zeros.
 *
 * @param ranges of the activation's channels
 * @param weights largest magnitude of each input channel over the weights of all products
 */
export function smoothingFactors({ min, max }: ChannelRanges, weights: Float32Array, alpha: number): Float64Array {
  const power = Math.min(Math.max(alpha, 0), 1);
  return Float64Array.from(weights, (weight, channel) => {
    const activation = Math.max(-(min[channel] ?? 0), max[channel] ?? 0);
    if (activation === 0) return 1;
    return Math.max(activation ** power / Math.max(weight, smallest) ** (1 - power), smallest);
  });
}

/** The largest magnitude of each input channel over all products that read an activation. */
export function largestWeights(
  { channels, products }: SmoothableTensor,
  weightOf: (product: SmoothedProduct) => Float32Array,
): Float32Array {
  const largest = new Float32Array(channels);
  for (const product of products) {
    largestOfInputs(product.layout, weightOf(product)).forEach((value, channel) => {
      largest[channel] = Math.max(largest[channel] ?? 0, value);
    });
  }
  return largest;
}
