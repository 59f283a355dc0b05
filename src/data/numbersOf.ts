// The elements of a tensor as JavaScript numbers, whatever their type.
import { float16ToFloat32 } from '../onnx/halfFloat';
import type { Tensor } from '../onnx/tensor';

/** A tensor's elements as numbers, or undefined for text. 64-bit integers beyond 2⁵³ lose precision. */
export function numbersOf(tensor: Tensor): Float64Array | Float32Array | undefined {
  const { data, type } = tensor;
  if (data instanceof Float32Array || data instanceof Float64Array) return data;
  if (type === 'float16' && data instanceof Uint16Array) return float16ToFloat32(data);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float64Array.from(data, Number);
  return ArrayBuffer.isView(data) ? Float64Array.from(data) : undefined;
}
