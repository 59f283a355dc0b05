// Moving and converting the elements of number tensors.
import { float16ToFloat32 } from '../../onnx/halfFloat';
import { elementCount } from '../../onnx/tensor';
import type { NumberArray } from '../../onnx/tensor';
import type { NumberTensor, NumberType } from './sample';

const constructors = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  uint8: Uint8Array,
  int8: Int8Array,
  bool: Uint8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
} as const satisfies Record<NumberType, new (length: number) => NumberArray>;

/** Zeros in the array that belongs to the element type. */
export function newArray(type: NumberType, length: number): NumberArray {
  return new constructors[type](length);
}

/** The elements as float32; the tensor's own array if it is one. */
export function floatsOf({ type, data }: NumberTensor): Float32Array {
  if (data instanceof Float32Array) return data;
  if (type === 'float16') return float16ToFloat32(data as Uint16Array);
  return Float32Array.from(data as ArrayLike<number | bigint>, Number);
}

/** Elements to step over for one step along each axis of a dense, row-major array. */
export function rowMajorStrides(dims: readonly number[]): number[] {
  const strides = dims.map(() => 1);
  for (let axis = dims.length - 2; axis >= 0; axis--) strides[axis] = (strides[axis + 1] ?? 1) * (dims[axis + 1] ?? 1);
  return strides;
}

/**
 * A new dense tensor of `dims` whose element [i, j, …] is the source's element `offset + i·strides[0] + j·strides[1] + …`.
 * Crops, flips (negative strides), permuted axes and repetitions (stride 0) are all of this kind.
 */
export function gather(
  source: NumberTensor,
  dims: readonly number[],
  strides: readonly number[],
  offset = 0,
): NumberTensor {
  const data = newArray(source.type, elementCount(dims));
  // Elements of 8 bytes move as pairs of 4, so that the loop below knows plain numbers only.
  const parts = data.BYTES_PER_ELEMENT === 8 ? 2 : 1;
  const axes = merged([
    ...dims.map((length, axis) => ({ length, stride: (strides[axis] ?? 0) * parts })),
    ...(parts === 2 ? [{ length: 2, stride: 1 }] : []),
  ]);
  if (data.length > 0) copyAxes(wordsOf(source.data), wordsOf(data), axes, 0, offset * parts, 0);
  return { type: source.type, dims, data };
}

interface Axis {
  readonly length: number;
  readonly stride: number;
}

/** Joins neighbouring axes that one walk covers: whole rows then move at once. */
function merged(axes: readonly Axis[]): Axis[] {
  const result: Axis[] = [];
  for (const axis of axes) {
    const outer = result.at(-1);
    if (outer?.stride === axis.stride * axis.length) {
      result[result.length - 1] = { length: outer.length * axis.length, stride: axis.stride };
    } else result.push(axis);
  }
  return result.length === 0 ? [{ length: 1, stride: 1 }] : result;
}

type Words = Uint8Array | Uint16Array | Uint32Array;

function wordsOf(data: NumberArray): Words {
  const { buffer, byteOffset, byteLength } = data;
  if (data.BYTES_PER_ELEMENT === 1) return new Uint8Array(buffer, byteOffset, byteLength);
  if (data.BYTES_PER_ELEMENT === 2) return new Uint16Array(buffer, byteOffset, byteLength / 2);
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}

/** Copies the axes from `depth` on; returns where the target goes on. */
function copyAxes(
  from: Words,
  to: Words,
  axes: readonly Axis[],
  depth: number,
  source: number,
  target: number,
): number {
  const axis = axes[depth];
  if (axis === undefined) return target;
  const { length, stride } = axis;
  if (depth < axes.length - 1) {
    let next = target;
    for (let step = 0; step < length; step++) {
      next = copyAxes(from, to, axes, depth + 1, source + step * stride, next);
    }
    return next;
  }
  if (stride === 1 && length > 16) to.set(from.subarray(source, source + length), target);
  else for (let step = 0; step < length; step++) to[target + step] = from[source + step * stride] ?? 0;
  return target + length;
}
