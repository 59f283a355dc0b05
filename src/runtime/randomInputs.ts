// Random inputs of the declared shapes, for benchmarks without data: the same for the same seed.
import { elementCount } from '../onnx/tensor';
import type { Tensor, TensorData, TensorType } from '../onnx/tensor';
import type { DimensionSizes } from '../protocol/environment';
import { isTensorType } from './engineTensors';
import { shapeText } from './feeds';
import { runtimeErrors } from './runtimeErrors';
import type { PortInfo } from './session';

/** Largest input made up; a file can declare any shape without being large itself. */
const largestInputBytes = 2 ** 31;

/** Makes an array of `length` elements; `random` gives numbers in [0, 1). */
type Filler = (length: number, random: () => number) => TensorData;

/**
 * Values that suit most models: floats in [0, 1), bytes over their whole range, other integers and booleans 0 or 1 (a
 * token id or an index that any vocabulary has).
 */
const fillers: Readonly<Record<TensorType, { readonly bytes: number; readonly fill: Filler }>> = {
  float32: { bytes: 4, fill: (length, random) => Float32Array.from({ length }, random) },
  float64: { bytes: 8, fill: (length, random) => Float64Array.from({ length }, random) },
  // Bit patterns 0x0400…0x3bff are the positive normal float16 below 1.
  float16: { bytes: 2, fill: (length, random) => Uint16Array.from({ length }, () => 0x0400 + random() * 0x3800) },
  uint8: { bytes: 1, fill: (length, random) => Uint8Array.from({ length }, () => random() * 256) },
  int8: { bytes: 1, fill: (length, random) => Int8Array.from({ length }, () => random() * 256 - 128) },
  uint16: { bytes: 2, fill: (length, random) => Uint16Array.from({ length }, () => zeroOrOne(random)) },
  int16: { bytes: 2, fill: (length, random) => Int16Array.from({ length }, () => zeroOrOne(random)) },
  int32: { bytes: 4, fill: (length, random) => Int32Array.from({ length }, () => zeroOrOne(random)) },
  uint32: { bytes: 4, fill: (length, random) => Uint32Array.from({ length }, () => zeroOrOne(random)) },
  int64: { bytes: 8, fill: (length, random) => BigInt64Array.from({ length }, () => BigInt(zeroOrOne(random))) },
  uint64: { bytes: 8, fill: (length, random) => BigUint64Array.from({ length }, () => BigInt(zeroOrOne(random))) },
  bool: { bytes: 1, fill: (length, random) => Uint8Array.from({ length }, () => zeroOrOne(random)) },
  string: { bytes: 8, fill: (length) => Array.from({ length }, () => 'text') },
};

/**
 * One feed for every input. An open first dimension is the batch; every other open one must have a size in `dimensions`.
 *
 * @throws RuntimeFailure `engine-open-dimension` naming the dimension, `engine-input-too-large` above 2 GB
 */
export function randomFeeds(
  ports: readonly PortInfo[],
  dimensions: DimensionSizes,
  batchSize: number,
  seed: number,
): Record<string, Tensor> {
  const batchSymbols = new Set(ports.map((port) => port.dims[0]).filter((dim) => typeof dim === 'string'));
  const random = uniform(seed);
  const feeds = ports.map((port): [string, Tensor] => {
    const { type } = port;
    if (!isTensorType(type)) throw runtimeErrors.inputKind(port, type);
    const dims = port.dims.map((dim, axis) => {
      if (typeof dim === 'number') return dim;
      if (dim !== null && Object.hasOwn(dimensions, dim)) return dimensions[dim] ?? batchSize;
      if (axis === 0 || (dim !== null && batchSymbols.has(dim))) return batchSize;
      throw dim === null ? runtimeErrors.unnamedDimension(port, axis) : runtimeErrors.openDimension(port, dim);
    });
    const { bytes, fill } = fillers[type];
    const length = elementCount(dims);
    if (!(length * bytes <= largestInputBytes)) throw runtimeErrors.inputTooLarge(port, shapeText(dims));
    return [port.name, { type, dims, data: fill(length, random) }];
  });
  return Object.fromEntries(feeds);
}

function zeroOrOne(random: () => number): number {
  return random() < 0.5 ? 0 : 1;
}

/** Uniform numbers in [0, 1) of 32 bits: splitmix32 (G. Steele et al., OOPSLA 2014, with a 32-bit finalizer). */
function uniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
