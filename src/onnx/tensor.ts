// A tensor in memory: what data loaders make, the engine takes and gives, and metrics read.

/** Arrays a tensor may hold its elements in; float16 as raw Uint16 bit patterns, bool as 0/1 bytes. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | readonly string[];

/** Arrays of numbers: everything but text. */
export type NumberArray = Exclude<TensorData, readonly string[]>;

/** Element types that can be fed to or read from a model. */
export type TensorType =
  | 'float32'
  | 'float64'
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float16'
  | 'bool'
  | 'string';

/** A dense, row-major tensor. `data.length` equals the product of `dims`. */
export interface Tensor {
  readonly type: TensorType;
  readonly dims: readonly number[];
  readonly data: TensorData;
}

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  let count = 1;
  for (const dim of dims) count *= dim;
  return count;
}
