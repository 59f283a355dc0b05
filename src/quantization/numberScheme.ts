// How real numbers become 8-bit numbers: ranges of the types, scale and zero point, rounding, int32 biases.
//
// real = scale · (quantized − zeroPoint). Scales and divisions are float32 as in ONNX Runtime's own quantizer, so that
// both make the same numbers of the same ranges (SYSTEMS §4.2).
import type { QuantizationParameters, QuantizedType } from '../config/recipe';
import { roundHalfToEven } from '../onnx/roundHalfEven';

/** Smallest and largest quantized value that ranges are spread over. */
export interface QuantizedLimits {
  readonly qmin: number;
  readonly qmax: number;
}

/** An array of quantized values. */
export type QuantizedArray = Int8Array | Uint8Array;

/** Smallest positive normal float32: a scale below it would lose its digits. */
const smallestNormalFloat32 = 2 ** -126;

const largestFloat32 = (2 - 2 ** -23) * 2 ** 127;

/** The values a type can store: what quantized numbers saturate at. */
export function storedLimits(type: QuantizedType): QuantizedLimits {
  return type === 'uint8' ? { qmin: 0, qmax: 255 } : { qmin: -128, qmax: 127 };
}

/**
 * The values a range is spread over: all of the type; −127..127 for symmetric int8; 7 bits when `reduced`
 * (SYSTEMS §4.2, "Ranges").
 */
export function quantizedLimits(type: QuantizedType, symmetric: boolean, reduced: boolean): QuantizedLimits {
  if (reduced) return type === 'uint8' ? { qmin: 0, qmax: 127 } : { qmin: -64, qmax: 64 };
  if (symmetric && type === 'int8') return { qmin: -127, qmax: 127 };
  return storedLimits(type);
}

/**
 * Scale and zero point for values between `min` and `max` (float32 numbers). The range is widened to hold 0, so that 0
 * is always exact. A range too narrow for a float32 scale, such as that of all-zero weights, gets scale 1.
 */
export function parametersOfRange(
  min: number,
  max: number,
  limits: QuantizedLimits,
  symmetric: boolean,
): QuantizationParameters {
  let low = Math.min(min, 0);
  let high = Math.max(max, 0);
  if (symmetric) {
    high = Math.max(-low, high);
    low = -high;
  }
  // A width beyond float32 stays double: its 255th part is a float32 again.
  const width = Math.abs(high - low) < largestFloat32 ? Math.fround(high - low) : high - low;
  const exactScale = width / (limits.qmax - limits.qmin);
  if (exactScale < smallestNormalFloat32) return { scale: 1, zeroPoint: 0 };
  const zeroPoint = symmetric
    ? roundHalfToEven((limits.qmin + limits.qmax) / 2)
    : clamp(roundHalfToEven(limits.qmin - low / exactScale), limits);
  return { scale: Math.fround(exactScale), zeroPoint };
}

/** Smallest and largest of some values; 0..0 of none. NaN and infinities do not count. */
export function rangeOf(values: Float32Array): { min: number; max: number } {
  let min = Infinity;
  let max = -Infinity;
  // Iterators cost several times what the loop does.
  for (let left = values.length - 1; left >= 0; left--) {
    const value = values[left] ?? 0;
    if (value < min && value !== -Infinity) min = value;
    if (value > max && value !== Infinity) max = value;
  }
  return min <= max ? { min, max } : { min: 0, max: 0 };
}

/** An empty array of the type, `length` long. */
export function quantizedArray(type: QuantizedType, length: number): QuantizedArray {
  return type === 'uint8' ? new Uint8Array(length) : new Int8Array(length);
}

/** Quantizes `values` into a new array of `type`; values beyond the range saturate, NaN becomes the zero point. */
export function quantizeValues(
  values: Float32Array,
  type: QuantizedType,
  parameters: QuantizationParameters,
): QuantizedArray {
  const result = quantizedArray(type, values.length);
  quantizeRun(values, 0, values.length, result, type, parameters);
  return result;
}

/**
 * Quantizes a dense tensor with one scale and zero point for each index of `axis`.
 * `scales` and `zeroPoints` are `dims[axis]` long.
 */
export function quantizePerChannel(
  values: Float32Array,
  dims: readonly number[],
  axis: number,
  type: QuantizedType,
  scales: Float32Array,
  zeroPoints: ArrayLike<number>,
): QuantizedArray {
  const result = quantizedArray(type, values.length);
  forEachChannelRun(dims, axis, (channel, start, end) => {
    const parameters = { scale: scales[channel] ?? 1, zeroPoint: zeroPoints[channel] ?? 0 };
    quantizeRun(values, start, end, result, type, parameters);
  });
  return result;
}

/** Smallest and largest value of each channel along `axis`; 0..0 for a channel without finite values. */
export function rangesPerChannel(
  values: Float32Array,
  dims: readonly number[],
  axis: number,
): { min: Float32Array; max: Float32Array } {
  const channels = dims[axis] ?? 0;
  const min = new Float32Array(channels).fill(Infinity);
  const max = new Float32Array(channels).fill(-Infinity);
  forEachChannelRun(dims, axis, (channel, start, end) => {
    let low = min[channel] ?? 0;
    let high = max[channel] ?? 0;
    for (let index = start; index < end; index++) {
      const value = values[index] ?? 0;
      if (value < low && value !== -Infinity) low = value;
      if (value > high && value !== Infinity) high = value;
    }
    min[channel] = low;
    max[channel] = high;
  });
  for (let channel = 0; channel < channels; channel++) {
    if ((min[channel] ?? 0) <= (max[channel] ?? 0)) continue;
    min[channel] = 0;
    max[channel] = 0;
  }
  return { min, max };
}

/** An int32 bias: zero point 0, `round(value / scale)` saturated to int32; one scale, or one for each value. */
export function quantizeBias(values: Float32Array, scales: Float32Array): Int32Array {
  const result = new Int32Array(values.length);
  const perTensor = scales[0] ?? 1;
  for (let index = 0; index < values.length; index++) {
    const scale = scales.length > 1 ? (scales[index] ?? perTensor) : perTensor;
    const quantized = roundHalfToEven((values[index] ?? 0) / scale);
    result[index] = Math.min(Math.max(quantized, -(2 ** 31)), 2 ** 31 - 1);
  }
  return result;
}

/** Calls back for every contiguous run of elements that belongs to one channel. */
export function forEachChannelRun(
  dims: readonly number[],
  axis: number,
  visit: (channel: number, start: number, end: number) => void,
): void {
  const channels = dims[axis] ?? 0;
  let outer = 1;
  let inner = 1;
  dims.forEach((dim, index) => {
    if (index < axis) outer *= dim;
    if (index > axis) inner *= dim;
  });
  for (let block = 0; block < outer; block++) {
    for (let channel = 0; channel < channels; channel++) {
      const start = (block * channels + channel) * inner;
      visit(channel, start, start + inner);
    }
  }
}

function quantizeRun(
  values: Float32Array,
  start: number,
  end: number,
  result: QuantizedArray,
  type: QuantizedType,
  { scale, zeroPoint }: QuantizationParameters,
): void {
  const { qmin, qmax } = storedLimits(type);
  for (let index = start; index < end; index++) {
    const rounded = roundHalfToEven(Math.fround((values[index] ?? 0) / scale)) + zeroPoint;
    result[index] = rounded < qmin ? qmin : rounded > qmax ? qmax : rounded === rounded ? rounded : zeroPoint;
  }
}

function clamp(value: number, { qmin, qmax }: QuantizedLimits): number {
  return Math.min(Math.max(value, qmin), qmax);
}
