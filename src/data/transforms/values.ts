// Transforms of element values: Cast, Rescale, Normalize. They work on samples of any rank.
import { float16Bits } from '../../onnx/halfFloat';
import type { NumberArray } from '../../onnx/tensor';
import { floatsOf, newArray } from './arrays';
import { shapeText } from './picture';
import { Refusal } from './refusal';
import type { NumberTensor, NumberType } from './sample';

/**
 * The elements as another type, as numpy's `astype` does it: fractions are cut off, integers keep their low bits, any
 * number but 0 is true, and float16 is rounded half to even. NaN and infinities become 0 as integers.
 */
export function cast(image: NumberTensor, type: NumberType): NumberTensor {
  if (image.type === type) return image;
  const source = image.type === 'float16' ? floatsOf(image) : image.data;
  const data = newArray(type, source.length);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    for (let index = 0; index < data.length; index++) data[index] = integerOf(source[index] ?? 0);
  } else {
    const convert = conversionTo(type);
    for (let index = 0; index < data.length; index++) data[index] = convert(source[index] ?? 0);
  }
  return { type, dims: image.dims, data };
}

function integerOf(value: number | bigint): bigint {
  if (typeof value === 'bigint') return value;
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
}

function conversionTo(type: NumberType): (value: number | bigint) => number {
  if (type === 'bool') return (value) => (Number(value) === 0 ? 0 : 1);
  if (type === 'float16') return (value) => float16Bits(Number(value));
  if (type === 'float32' || type === 'float64') return Number;
  // Storing in an integer array cuts off the fraction and keeps the low bits; a large bigint first has to lose the rest.
  return (value) => (typeof value === 'bigint' ? Number(BigInt.asIntN(32, value)) : value);
}

/** x / 255 in single precision. */
export function rescale(image: NumberTensor): NumberTensor {
  const source = floatsOf(image);
  const data = new Float32Array(source.length);
  for (let index = 0; index < data.length; index++) data[index] = (source[index] ?? 0) / 255;
  return { type: 'float32', dims: image.dims, data };
}

/**
 * (x − mean) / std over the last axis, each step rounded to single precision as numpy does with float32 arrays. One mean
 * or std stands for all channels.
 */
export function normalize(image: NumberTensor, mean: readonly number[], std: readonly number[]): NumberTensor {
  const channels = image.dims.at(-1) ?? 1;
  const means = perChannel('mean', mean, channels, image);
  const divisors = perChannel('std', std, channels, image);
  const source = floatsOf(image);
  const data = new Float32Array(source.length);
  for (let index = 0; index < data.length;) {
    for (let channel = 0; channel < channels; channel++, index++) {
      const centred = Math.fround((source[index] ?? 0) - (means[channel] ?? 0));
      data[index] = centred / (divisors[channel] ?? 1);
    }
  }
  return { type: 'float32', dims: image.dims, data };
}

function perChannel(name: string, given: readonly number[], channels: number, image: NumberTensor): Float32Array {
  if (given.length === channels) return Float32Array.from(given);
  if (given.length === 1) return new Float32Array(channels).fill(given[0] ?? 0);
  throw new Refusal(
    `${name} has ${given.length} values, and the last axis of the sample (${shapeText(image.dims)}) has ${channels}`,
    `Give one ${name} or one for each channel, and put Transpose after it.`,
  );
}

/** Every element times a factor, in single precision. */
export function scaled(image: NumberTensor, factor: number): NumberTensor {
  const single = Math.fround(factor);
  const source: NumberArray = floatsOf(image);
  return { type: 'float32', dims: image.dims, data: source.map((value) => value * single) };
}
