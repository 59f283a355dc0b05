// Our tensors as the engine's and back, sharing their memory.
import type { Tensor as EngineTensor } from 'onnxruntime-node';
import type { Tensor, TensorData, TensorType } from '../onnx/tensor';
import type { Engine } from './loadEngine';

const tensorTypes: ReadonlySet<string> = new Set<TensorType>([
  'float32',
  'float64',
  'uint8',
  'int8',
  'uint16',
  'int16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float16',
  'bool',
  'string',
]);

/** Whether tensors of this type can be fed to and read from the engine. */
export function isTensorType(type: string): type is TensorType {
  return tensorTypes.has(type);
}

/** A view of the tensor for the engine; throws TypeError when type and array do not belong together. */
export function toEngineTensor(engine: Engine, tensor: Tensor): EngineTensor {
  // The constructor's overloads pair each type with its array; it checks the pair itself at run time.
  const make = engine.Tensor as new (type: string, data: TensorData, dims: readonly number[]) => EngineTensor;
  return new make(tensor.type, tensor.data, tensor.dims);
}

/** A view of what the engine gave; undefined for element types of less than a byte. */
export function fromEngineTensor(tensor: EngineTensor): Tensor | undefined {
  const { type, dims } = tensor;
  if (!isTensorType(type)) return undefined;
  const data: unknown = tensor.data;
  if (type === 'float16' && ArrayBuffer.isView(data) && !(data instanceof Uint16Array)) {
    // Newer versions of Node have Float16Array, and the engine then uses it.
    return { type, dims, data: new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2) };
  }
  return { type, dims, data: data as TensorData };
}
