// NumPy's .npy format, read row by row. Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
import type { ByteSource } from '../../onnx/byteSource';
import { elementCount } from '../../onnx/tensor';
import type { NumberArray, Tensor, TensorType } from '../../onnx/tensor';
import { dataErrors } from '../dataErrors';

/** An array whose first axis counts samples. Whoever opened its file closes it. */
export interface NumpyArray {
  readonly type: TensorType;
  readonly dims: readonly number[];
  /** Row `index` along the first axis, as a tensor of the remaining shape. */
  row(index: number): Tensor;
}

type TypedArrayConstructor = new (buffer: ArrayBuffer) => NumberArray;

interface ElementType {
  readonly type: TensorType;
  readonly bytes: number;
  readonly make: TypedArrayConstructor;
}

const elementTypes: Readonly<Record<string, ElementType>> = {
  f2: { type: 'float16', bytes: 2, make: Uint16Array },
  f4: { type: 'float32', bytes: 4, make: Float32Array },
  f8: { type: 'float64', bytes: 8, make: Float64Array },
  i1: { type: 'int8', bytes: 1, make: Int8Array },
  i2: { type: 'int16', bytes: 2, make: Int16Array },
  i4: { type: 'int32', bytes: 4, make: Int32Array },
  i8: { type: 'int64', bytes: 8, make: BigInt64Array },
  u1: { type: 'uint8', bytes: 1, make: Uint8Array },
  u2: { type: 'uint16', bytes: 2, make: Uint16Array },
  u4: { type: 'uint32', bytes: 4, make: Uint32Array },
  u8: { type: 'uint64', bytes: 8, make: BigUint64Array },
  b1: { type: 'bool', bytes: 1, make: Uint8Array },
};

/** A header of a plain array is about a hundred bytes. */
const maximumHeaderBytes = 64 * 1024;

/** Arrays stored column by column are held in memory whole, because a row of them lies scattered. */
const maximumColumnOrderBytes = 2 ** 30;

/**
 * Reads the header; elements are read when asked for.
 *
 * @param label names the array in sentences: `data.npz: x`
 * @param isSample the array is one sample: it is the only row
 */
export function openNumpyArray(source: ByteSource, label: string, isSample = false): NumpyArray {
  const { header, start } = readHeader(source, label);
  const { element, isBigEndian, isColumnOrder, dims: written } = parseHeader(header, label);
  const dims = isSample ? [1, ...written] : written;
  const count = elementCount(dims);
  if (!Number.isSafeInteger(count) || source.sizeBytes - start < count * element.bytes) {
    throw dataErrors.malformed(label, `it says it has the shape (${dims.join(', ')}) but holds too few bytes for it`);
  }
  const layout = { source, start, element, isBigEndian, dims };
  if (isColumnOrder && dims.length > 1) return columnOrderArray(layout, label);
  const rowDims = dims.slice(1);
  const rowBytes = elementCount(rowDims) * element.bytes;
  return {
    type: element.type,
    dims,
    row: (index) => ({
      type: element.type,
      dims: rowDims,
      data: elementsOf(source.read(start + index * rowBytes, rowBytes), element, isBigEndian),
    }),
  };
}

function readHeader(source: ByteSource, label: string): { header: string; start: number } {
  if (source.sizeBytes < 12) throw dataErrors.malformed(label, 'it is too short for a NumPy array');
  const prefix = source.read(0, 12);
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (magic.some((byte, index) => prefix[index] !== byte)) throw dataErrors.malformed(label, 'it is no NumPy array');
  const version = prefix[6] ?? 0;
  if (version < 1 || version > 3) throw dataErrors.malformed(label, `its format has the unknown version ${version}`);
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
  const begin = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > maximumHeaderBytes || begin + length > source.sizeBytes) {
    throw dataErrors.malformed(label, 'its header is cut off or far too long');
  }
  return { header: new TextDecoder().decode(source.read(begin, length)), start: begin + length };
}

interface ParsedHeader {
  readonly element: ElementType;
  readonly isBigEndian: boolean;
  readonly isColumnOrder: boolean;
  readonly dims: readonly number[];
}

/** The header is a Python dictionary with exactly these three keys. */
function parseHeader(header: string, label: string): ParsedHeader {
  const descr = /'descr':\s*(?:'([^']*)'|([[(]))/.exec(header);
  const order = /'fortran_order':\s*(True|False)/.exec(header);
  const shape = /'shape':\s*\(([\d,\sL]*)\)/.exec(header);
  if (descr === null || order === null || shape === null) throw dataErrors.malformed(label, 'its header is damaged');
  const code = descr[1] ?? 'a record';
  const [, byteOrder, kind = ''] = /^([<>|=])?([a-z]\d+)$/.exec(code) ?? [];
  const element = Object.hasOwn(elementTypes, kind) ? elementTypes[kind] : undefined;
  if (element === undefined) {
    const what = code.endsWith('O') ? 'Python objects' : `elements of type ${code.slice(0, 40)}`;
    throw dataErrors.unsupported(
      label,
      `it holds ${what}`,
      'Save it as numbers, for example with array.astype("float32").',
    );
  }
  const dims = (shape[1] ?? '').split(',').map((word) => word.replace('L', '').trim());
  return {
    element,
    isBigEndian: byteOrder === '>',
    isColumnOrder: order[1] === 'True',
    dims: dims.filter((word) => word !== '').map(Number),
  };
}

interface Layout {
  readonly source: ByteSource;
  readonly start: number;
  readonly element: ElementType;
  readonly isBigEndian: boolean;
  readonly dims: readonly number[];
}

/** An array in column (Fortran) order: its first axis runs fastest. */
function columnOrderArray({ source, start, element, isBigEndian, dims }: Layout, label: string): NumpyArray {
  const sizeBytes = elementCount(dims) * element.bytes;
  if (sizeBytes > maximumColumnOrderBytes) {
    const nextStep = 'Save it in row order: np.ascontiguousarray(array).';
    throw dataErrors.unsupported(
      label,
      `it is stored in column order and larger than ${maximumColumnOrderBytes} bytes`,
      nextStep,
    );
  }
  const all = elementsOf(source.read(start, sizeBytes), element, isBigEndian);
  const rowDims = dims.slice(1);
  return {
    type: element.type,
    dims,
    row: (index) => {
      const data = new element.make(new ArrayBuffer(elementCount(rowDims) * element.bytes));
      gather(all, data, dims, index);
      return { type: element.type, dims: rowDims, data };
    },
  };
}

/** Copies row `index` of a column-order array: axis k has the stride dims[0] · … · dims[k−1]. */
function gather(
  all: ArrayLike<number | bigint>,
  row: Record<number, number | bigint>,
  dims: readonly number[],
  index: number,
): void {
  const position = dims.map(() => 0);
  const count = elementCount(dims.slice(1));
  for (let target = 0; target < count; target++) {
    let offset = index;
    let stride = dims[0] ?? 1;
    for (let axis = 1; axis < dims.length; axis++) {
      offset += (position[axis] ?? 0) * stride;
      stride *= dims[axis] ?? 1;
    }
    row[target] = all[offset] ?? 0;
    for (let axis = dims.length - 1; axis > 0; axis--) {
      const next = (position[axis] ?? 0) + 1;
      position[axis] = next === dims[axis] ? 0 : next;
      if (position[axis] !== 0) break;
    }
  }
}

/** The bytes as numbers, in an array of their own. */
function elementsOf(bytes: Uint8Array, element: ElementType, isBigEndian: boolean): NumberArray {
  const own = new Uint8Array(bytes.length);
  own.set(bytes);
  if (isBigEndian && element.bytes > 1) {
    const swapped = Buffer.from(own.buffer);
    if (element.bytes === 2) swapped.swap16();
    else if (element.bytes === 4) swapped.swap32();
    else swapped.swap64();
  }
  return new element.make(own.buffer);
}
