// Tensors that cannot be what they say: impossible shapes, data of another length, sparse indices outside the shape.
import { DataType, bitsOf } from './dataTypes';
import type { ModelLimits } from './limits';
import type { SparseTensorProto, TensorProto } from './messages';
import { modelErrors } from './modelErrors';
import { elementCount } from './tensor';
import type { TensorReader } from './tensorReader';

/** Throws a ModelError when shape and data do not fit, or an external file is refused. No data is read. */
export function checkTensor(tensor: TensorProto, tensors: TensorReader, limits: ModelLimits): void {
  checkDims(tensor.name, tensor.dims, limits);
  // An element type of a later version of the format is a problem where it is used, not for reading.
  if (tensor.dataType === DataType.string || bitsOf(tensor.dataType) !== undefined) tensors.check(tensor);
}

/**
 * Throws a ModelError unless values are [n] and indices int64 of shape [n] (linear) or [n, rank], all inside the shape,
 * strictly ascending (onnx.proto, SparseTensorProto). Reads the indices.
 */
export function checkSparseTensor(sparse: SparseTensorProto, tensors: TensorReader, limits: ModelLimits): void {
  const { values, indices, dims } = sparse;
  const name = values?.name ?? '';
  checkDims(name, dims, limits);
  if (values === undefined || indices === undefined) throw modelErrors.sparse(name, 'values or indices are missing');
  const linear = indices.dims.length === 1;
  const fits =
    values.dims.length === 1 &&
    indices.dataType === DataType.int64 &&
    indices.dims[0] === values.dims[0] &&
    (linear || (indices.dims.length === 2 && indices.dims[1] === dims.length));
  if (!fits) throw modelErrors.sparse(name, 'the shapes of values and indices do not fit together');
  checkIndices(name, tensors.integers(indices), linear ? [elementCount(dims)] : dims);
}

/** `positions` holds one index an axis of `sizes`, entry after entry. */
function checkIndices(name: string, positions: readonly number[], sizes: readonly number[]): void {
  let before = -1;
  for (let start = 0; start < positions.length; start += sizes.length) {
    let position = 0;
    sizes.forEach((size, axis) => {
      const index = positions[start + axis] ?? -1;
      if (index < 0 || index >= size) throw modelErrors.sparse(name, `index ${index} is outside 0..${size - 1}`);
      position = position * size + index;
    });
    if (position <= before) throw modelErrors.sparse(name, 'its indices do not ascend');
    before = position;
  }
}

function checkDims(name: string, dims: readonly number[], limits: ModelLimits): void {
  let count = 1;
  // Sizes are multiplied without zeros: engines multiply in turn, and a zero at the end must not hide an overflow.
  for (const dim of dims) {
    if (dim < 0) throw modelErrors.badDims(name, dims, 'and a size cannot be negative');
    count *= Math.max(dim, 1);
  }
  if (count > limits.tensorElements) {
    throw modelErrors.badDims(name, dims, `more than the ${limits.tensorElements} elements a tensor may have`);
  }
}
