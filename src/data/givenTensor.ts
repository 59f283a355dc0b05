// Reads a tensor that a person's own code gives: its type, its shape and its array have to belong together.
import { elementCount } from '../onnx/tensor';
import type { Tensor, TensorData, TensorType } from '../onnx/tensor';

/**
 * The tensor; without a `type` it has the one that its array usually holds. What it lacks is told to `refuse` as the end of a
 * sentence: `has 3 values for the shape [2, 2]`.
 */
export function givenTensor(given: unknown, refuse: (problem: string) => never): Tensor {
  if (!isObject(given)) return refuse(`is ${kindOfGiven(given)}`);
  const { data, dims, type: named } = given;
  if (!Array.isArray(dims) || !dims.every((dim) => Number.isSafeInteger(dim) && (dim as number) >= 0)) {
    return refuse('has no "dims" of whole numbers');
  }
  const usual = usualType(data);
  if (usual === undefined) return refuse(noArray(data, named));
  const type = named ?? usual;
  if (!(fittingTypes[usual] ?? [usual]).includes(type as TensorType)) return refuse(otherArray(data, usual, type));
  const values = data as TensorData;
  if (values.length !== elementCount(dims as number[])) {
    const count = `${values.length} ${values.length === 1 ? 'value' : 'values'}`;
    return refuse(`has ${count} for the shape [${dims.join(', ')}]`);
  }
  return { type: type as TensorType, dims: dims as number[], data: withoutBuffer(values) };
}

/** Whether a value is meant as a tensor, right or wrong: it has a shape, or an array of its own. */
export function isMeantAsTensor(given: unknown): boolean {
  if (!isObject(given) || Array.isArray(given) || ArrayBuffer.isView(given)) return false;
  const { dims, data } = given;
  return Array.isArray(dims) || Array.isArray(data) || ArrayBuffer.isView(data);
}

/** Node's Buffer is a Uint8Array with other rules for copying and making one. */
function withoutBuffer(data: TensorData): TensorData {
  return Buffer.isBuffer(data) ? new Uint8Array(data.buffer, data.byteOffset, data.length) : data;
}

/** Types that share an array with another one. */
const fittingTypes: Partial<Record<TensorType, readonly TensorType[]>> = {
  uint8: ['uint8', 'bool'],
  uint16: ['uint16', 'float16'],
};

const arrayTypes: ReadonlyMap<unknown, TensorType> = new Map<unknown, TensorType>([
  [Float32Array, 'float32'],
  [Float64Array, 'float64'],
  [Uint8Array, 'uint8'],
  [Buffer, 'uint8'],
  [Int8Array, 'int8'],
  [Uint16Array, 'uint16'],
  [Int16Array, 'int16'],
  [Int32Array, 'int32'],
  [Uint32Array, 'uint32'],
  [BigInt64Array, 'int64'],
  [BigUint64Array, 'uint64'],
]);

/** The type an array holds when nothing else is said. */
function usualType(data: unknown): TensorType | undefined {
  if (Array.isArray(data)) return data.every((value) => typeof value === 'string') ? 'string' : undefined;
  return isObject(data) ? arrayTypes.get(data.constructor) : undefined;
}

/** The name of the array for a type; undefined for what is no type. */
function arrayOf(type: unknown): string | undefined {
  const found = [...arrayTypes].find(([, usual]) => (fittingTypes[usual] ?? [usual]).includes(type as TensorType));
  return (found?.[0] as { readonly name: string } | undefined)?.name;
}

function noArray(data: unknown, type: unknown): string {
  const expected = arrayOf(type);
  if (!Array.isArray(data) || expected === undefined) {
    return 'has no "data" that is a typed array (or, for text, an array of strings)';
  }
  return `has the type ${kindOfGiven(type)}, but its data is a plain array, not ${withArticle(expected)}`;
}

function otherArray(data: unknown, usual: TensorType, type: unknown): string {
  const expected = type === 'string' ? 'an array of strings' : arrayOf(type);
  const own = Array.isArray(data) ? 'an array of strings' : (data as object).constructor.name;
  if (expected === undefined) return `has the type ${kindOfGiven(type)}, which is none, and data of ${usual}`;
  return `has the type ${kindOfGiven(type)}, but its data is ${withArticle(own)}, not ${withArticle(expected)}`;
}

function withArticle(name: string): string {
  if (name.startsWith('an ')) return name;
  return `${name.startsWith('Int') ? 'an' : 'a'} ${name}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** What came, for a sentence. */
export function kindOfGiven(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value).slice(0, 60);
}
