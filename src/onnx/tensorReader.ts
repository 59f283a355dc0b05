// The elements of a tensor as typed arrays, wherever they lie: raw_data, a typed list, or another file.
import { readBytes } from './bytes';
import { DataType, bitsOf, dataTypeName } from './dataTypes';
import { ExternalFiles, isExternal } from './externalData';
import { bfloat16ToFloat32, float16ToFloat32 } from './halfFloat';
import type { Bytes, TensorProto } from './messages';
import { modelErrors } from './modelErrors';
import { elementCount } from './tensor';
import type { TensorData } from './tensor';
import { varintsToInt64, varintsToNumbers } from './varints';

/**
 * Reads tensors of one model. Results may be views of the model's memory: treat them as read-only. Every method throws a
 * ModelError naming the tensor when its data is missing, has another length than its shape needs, or cannot be read.
 */
export class TensorReader {
  private readonly files: ExternalFiles;

  /** @param folder where external data lies: the folder of the model; none for a model given as bytes */
  constructor(folder: string | undefined) {
    this.files = new ExternalFiles(folder);
  }

  /**
   * The elements, row-major. float16 and bfloat16 are bit patterns in a Uint16Array, float8 and float4 in a Uint8Array,
   * bool is 0 or 1, 4-bit integers take one array entry each, complex numbers two (real, imaginary).
   */
  values(tensor: TensorProto): TensorData {
    if (tensor.dataType === DataType.string) return this.strings(tensor);
    return elementsOf(readBytes(this.rawBytes(tensor)), tensor);
  }

  /** float32, float64 (rounded), float16 and bfloat16 elements as float32. */
  floats(tensor: TensorProto): Float32Array {
    const values = this.values(tensor);
    if (values instanceof Float32Array && tensor.dataType === DataType.float32) return values;
    if (values instanceof Float64Array && tensor.dataType === DataType.float64) return Float32Array.from(values);
    if (values instanceof Uint16Array && tensor.dataType === DataType.float16) return float16ToFloat32(values);
    if (values instanceof Uint16Array && tensor.dataType === DataType.bfloat16) return bfloat16ToFloat32(values);
    throw modelErrors.unsuitableType(tensor.name, dataTypeName(tensor.dataType), 'floating point numbers');
  }

  /** Elements of any integer type or bool as numbers. Throws for one beyond ±(2^53 − 1). */
  integers(tensor: TensorProto): number[] {
    if (!integerTypes.has(tensor.dataType)) {
      throw modelErrors.unsuitableType(tensor.name, dataTypeName(tensor.dataType), 'integers');
    }
    return Array.from(this.values(tensor) as Iterable<number | bigint>, (value) => {
      const number = Number(value);
      if (!Number.isSafeInteger(number)) throw modelErrors.unsafeInteger(tensor.name, BigInt(value));
      return number;
    });
  }

  /** Bytes all elements take together as raw_data (strings: their UTF-8); reads no data. */
  elementBytes(tensor: TensorProto): number {
    if (tensor.dataType === DataType.string) return tensor.stringData.reduce((sum, text) => sum + text.length, 0);
    return rawLength(tensor);
  }

  /** The elements as raw_data would hold them, little-endian: still on disk if they lie there. Not for strings. */
  rawBytes(tensor: TensorProto): Bytes {
    return rawOf(this.elements(tensor), tensor);
  }

  /**
   * Checks what can be known without reading the data: type, length against shape, and, for external data, that the gate
   * lets the file through and it is long enough.
   */
  check(tensor: TensorProto): void {
    if (tensor.dataType === DataType.string) {
      if (isExternal(tensor)) throw modelErrors.externalEntry(tensor.name, 'strings cannot lie in another file');
      const count = elementCount(tensor.dims);
      if (tensor.stringData.length === count) return;
      throw modelErrors.dataLength(tensor.name, tensor.dims, `${count} strings`, tensor.stringData.length);
    }
    this.elements(tensor);
  }

  /** Real absolute paths of the external files of the tensors checked or read so far. */
  get externalFiles(): readonly string[] {
    return this.files.paths;
  }

  /** Bytes of those files. */
  get externalBytes(): number {
    return this.files.sizeBytes;
  }

  /** Closes external files; external tensors cannot be read any more. */
  close(): void {
    this.files.close();
  }

  private strings(tensor: TensorProto): string[] {
    this.check(tensor);
    const decoder = new TextDecoder();
    return tensor.stringData.map((text) => decoder.decode(text));
  }

  private elements(tensor: TensorProto): Elements {
    const expected = rawLength(tensor);
    const elements = isExternal(tensor)
      ? ({ kind: 'raw', bytes: this.files.locate(tensor) } as const)
      : inlineElements(tensor);
    const { kind, bytes } = elements;
    if (kind === 'raw' && bytes.length !== expected) {
      throw modelErrors.dataLength(tensor.name, tensor.dims, `${expected} bytes`, bytes.length);
    }
    // A varint takes 1 to 10 bytes; the exact count is checked when the data is read.
    const entries = varintEntries(tensor);
    if (kind === 'varints' && (bytes.length < entries || bytes.length > entries * 10)) {
      throw modelErrors.dataLength(tensor.name, tensor.dims, `${entries} numbers`, bytes.length);
    }
    return elements;
  }
}

/** Little-endian elements, or protobuf varints one after the other. */
interface Elements {
  readonly kind: 'raw' | 'varints';
  readonly bytes: Bytes;
}

const noBytes = new Uint8Array(0);

const integerTypes: ReadonlySet<number> = new Set([
  DataType.uint8,
  DataType.int8,
  DataType.uint16,
  DataType.int16,
  DataType.int32,
  DataType.int64,
  DataType.bool,
  DataType.uint32,
  DataType.uint64,
  DataType.uint4,
  DataType.int4,
]);

/** Which list holds which type when raw_data does not (onnx.proto, TensorProto). */
function inlineElements(tensor: TensorProto): Elements {
  if (tensor.rawData !== undefined) return { kind: 'raw', bytes: tensor.rawData };
  switch (tensor.dataType) {
    case DataType.float32:
    case DataType.complex64:
      return { kind: 'raw', bytes: tensor.floatData ?? noBytes };
    case DataType.float64:
    case DataType.complex128:
      return { kind: 'raw', bytes: tensor.doubleData ?? noBytes };
    case DataType.int64:
      return { kind: 'varints', bytes: tensor.int64Data ?? noBytes };
    case DataType.uint32:
    case DataType.uint64:
      return { kind: 'varints', bytes: tensor.uint64Data ?? noBytes };
    default:
      return { kind: 'varints', bytes: tensor.int32Data ?? noBytes };
  }
}

function rawLength(tensor: TensorProto): number {
  const bits = bitsOf(tensor.dataType);
  if (bits === undefined) throw modelErrors.unsuitableType(tensor.name, dataTypeName(tensor.dataType), 'numbers');
  return Math.ceil((elementCount(tensor.dims) * bits) / 8);
}

/** Numbers in the integer list: one an element, but two 4-bit elements share one. */
function varintEntries(tensor: TensorProto): number {
  const count = elementCount(tensor.dims);
  return bitsOf(tensor.dataType) === 4 ? Math.ceil(count / 2) : count;
}

function elementsOf(bytes: Uint8Array, tensor: TensorProto): TensorData {
  switch (tensor.dataType) {
    case DataType.float32:
    case DataType.complex64:
      return new Float32Array(...aligned(bytes, 4));
    case DataType.float64:
    case DataType.complex128:
      return new Float64Array(...aligned(bytes, 8));
    case DataType.int8:
      return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    case DataType.int16:
      return new Int16Array(...aligned(bytes, 2));
    case DataType.uint16:
    case DataType.float16:
    case DataType.bfloat16:
      return new Uint16Array(...aligned(bytes, 2));
    case DataType.int32:
      return new Int32Array(...aligned(bytes, 4));
    case DataType.uint32:
      return new Uint32Array(...aligned(bytes, 4));
    case DataType.int64:
      return new BigInt64Array(...aligned(bytes, 8));
    case DataType.uint64:
      return new BigUint64Array(...aligned(bytes, 8));
    case DataType.int4:
      return Int8Array.from(nibbles(bytes, elementCount(tensor.dims)), (value) => (value ^ 8) - 8);
    case DataType.uint4:
    case DataType.float4e2m1:
      return nibbles(bytes, elementCount(tensor.dims));
    default:
      return bytes;
  }
}

/** Arguments of a typed array over the bytes: a view if they lie at a multiple of the element size, else a copy. */
function aligned(bytes: Uint8Array, elementBytes: number): [ArrayBufferLike, number, number] {
  const view = bytes.byteOffset % elementBytes === 0 ? bytes : bytes.slice();
  return [view.buffer, view.byteOffset, view.byteLength / elementBytes];
}

function nibbles(packed: Uint8Array, count: number): Uint8Array {
  const elements = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    elements[index] = ((packed[index >> 1] ?? 0) >> (index % 2 === 0 ? 0 : 4)) & 0x0f;
  }
  return elements;
}

/** The elements as raw_data would hold them. */
function rawOf(elements: Elements, tensor: TensorProto): Bytes {
  if (elements.kind === 'raw') return elements.bytes;
  const bytes = readBytes(elements.bytes);
  const entries = varintEntries(tensor);
  const bits = bitsOf(tensor.dataType) ?? 8;
  const numbers = bits === 64 ? varintsToInt64(bytes, entries) : varintsToNumbers(bytes, entries);
  if (typeof numbers === 'number') {
    throw modelErrors.dataLength(tensor.name, tensor.dims, `${entries} numbers`, numbers);
  }
  // Lists hold small types as sign- or zero-extended numbers; their low bits are the element either way.
  if (bits === 16) return bytesOf(Uint16Array.from(numbers as Int32Array));
  return bits <= 8 ? Uint8Array.from(numbers as Int32Array) : bytesOf(numbers);
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
