// Reproducible random tensors for the dummy loaders: the same values for the same seed, sample and tensor, on any machine.
import { float16Bits } from '../../onnx/halfFloat';
import { elementCount } from '../../onnx/tensor';
import type { Tensor, TensorData } from '../../onnx/tensor';

/** Element types of the dummy loaders (SYSTEMS §5.1). */
export type DummyType = 'float32' | 'float16' | 'uint8' | 'int8' | 'int32' | 'int64' | 'bool';

export interface TensorPlan {
  readonly dims: readonly number[];
  readonly low: number;
  readonly high: number;
  readonly type: DummyType;
}

/** The seed of Neural Compressor. Its generator is another one: values differ, their distribution does not. */
const seed = 9527;

/** Uniform values in low..high, cast as NumPy does (toward zero); a bool is true in the upper half. */
export function randomTensor({ dims, low, high, type }: TensorPlan, sample: number, tensor: number): Tensor {
  const next = randomGenerator(sample, tensor);
  const value = (): number => low + next() * (high - low);
  const count = elementCount(dims);
  return { type, dims, data: filled(type, count, value, (low + high) / 2) };
}

function filled(type: DummyType, count: number, value: () => number, middle: number): TensorData {
  switch (type) {
    case 'float32':
      return Float32Array.from({ length: count }, value);
    case 'float16':
      return Uint16Array.from({ length: count }, () => float16Bits(value()));
    case 'uint8':
      return Uint8Array.from({ length: count }, value);
    case 'int8':
      return Int8Array.from({ length: count }, value);
    case 'int32':
      return Int32Array.from({ length: count }, value);
    case 'int64':
      return BigInt64Array.from({ length: count }, () => BigInt(Math.trunc(value())));
    case 'bool':
      return Uint8Array.from({ length: count }, () => (value() >= middle ? 1 : 0));
  }
}

/**
 * Uniform numbers in [0, 1): the counter-based generator splitmix32 (after Steele, Lea & Flood, OOPSLA 2014), so that any
 * sample can be made without those before it.
 */
export function randomGenerator(...keys: readonly number[]): () => number {
  let state = 0;
  for (const key of [seed, ...keys]) state = mixed((state ^ key) + 0x9e3779b9);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return mixed(state) / 2 ** 32;
  };
}

function mixed(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad);
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
  return (bits ^ (bits >>> 15)) >>> 0;
}
