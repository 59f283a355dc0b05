// The values of TensorFlow's attributes, read from the file when a node is looked at.
//
// Field numbers: tensorflow/core/framework/attr_value.proto, tensor.proto, tensor_shape.proto, types.proto.
import type { ByteSource } from '../onnx/byteSource';
import { DataType } from '../onnx/dataTypes';
import { ModelError } from '../onnx/modelErrors';
import type { GraphAttribute } from '../onnx/hierarchy/flatGraph';
import { rawElements } from '../onnx/hierarchy/onnxAttributes';
import {
  bytesText,
  shortText,
  shownElements,
  shownFloat32,
  shownList,
  shownNumber,
  tensorText,
  typeAndShape,
} from '../onnx/hierarchy/shownValues';
import type { ShownValue } from '../onnx/hierarchy/shownValues';
import { elementCount } from '../onnx/tensor';
import { WireReader, WireType } from '../onnx/wireReader';
import { eachField, goTo, inMessage, placeOfMessage } from './graphDef';
import type { GraphDefNode, MessagePlace } from './graphDef';

/** DataType of types.proto by ONNX's names; what ONNX has not keeps TensorFlow's name. */
const typeNames: readonly (string | undefined)[] = [
  ...[undefined, 'float32', 'float64', 'int32', 'uint8', 'int16', 'int8', 'string', 'complex64', 'int64', 'bool'],
  ...['qint8', 'quint8', 'qint32', 'bfloat16', 'qint16', 'quint16', 'uint16', 'complex128', 'float16', 'resource'],
  ...['variant', 'uint32', 'uint64', 'float8e5m2', 'float8e4m3fn', undefined, undefined, undefined, 'int4', 'uint4'],
];

/** The name of a data type of TensorFlow; references to variables (100 and more) are called after what they refer to. */
export function tensorflowTypeName(code: number): string {
  return typeNames[code > 100 ? code - 100 : code] ?? `type ${code}`;
}

/** Entries of a list that are kept; all of them are counted. */
const mostEntries = 1000;

/** One value of an attribute. */
interface AttrValue {
  readonly kind: string;
  readonly value: ShownValue;
}

/** Reads attributes of the nodes of one file. */
export class GraphDefAttributes {
  private readonly reader: WireReader;

  constructor(source: ByteSource) {
    this.reader = new WireReader(source);
  }

  /** All attributes of a node; one that is damaged is shown as that. */
  shown(node: GraphDefNode): GraphAttribute[] {
    return [...node.attributes].map(([name, place]) => {
      const { kind, value } = this.valueAt(place);
      return { name: shortText(name), attribute_type: kind, value };
    });
  }

  /** The element type an attribute holds. */
  type(node: GraphDefNode, name: string): string | undefined {
    const place = node.attributes.get(name);
    const found = place === undefined ? undefined : this.valueAt(place);
    return found?.kind === 'type' && typeof found.value === 'string' ? found.value : undefined;
  }

  /** The shape an attribute holds: null for an unknown size; undefined for an unknown rank, and for no shape. */
  shape(node: GraphDefNode, name: string): readonly (number | null)[] | undefined {
    const place = node.attributes.get(name);
    if (place === undefined) return undefined;
    const { reader } = this;
    goTo(reader, place);
    let shape: readonly (number | null)[] | undefined;
    eachField(reader, (number, wireType) => {
      if (number !== 7 || wireType !== WireType.length) return false;
      shape = readShape(reader);
      return true;
    });
    return shape;
  }

  private valueAt(place: MessagePlace): AttrValue {
    const { reader } = this;
    try {
      goTo(reader, place);
      let found: AttrValue = { kind: 'unknown', value: '' };
      eachField(reader, (number, wireType) => {
        const value =
          number === 1 && wireType === WireType.length ? readList(reader) : readOne(reader, number, wireType);
        if (value !== undefined) found = value;
        return value !== undefined;
      });
      return found;
    } catch (thrown) {
      if (!(thrown instanceof ModelError)) throw thrown;
      return { kind: 'unknown', value: 'damaged' };
    }
  }
}

/** One value of AttrValue or ListValue, which number their fields alike; undefined (and nothing read) for others. */
function readOne(reader: WireReader, number: number, wireType: number): AttrValue | undefined {
  if (wireType === WireType.length) {
    if (number === 2) return { kind: 'string', value: readBytes(reader) };
    if (number === 7) return { kind: 'shape', value: shapeText(readShape(reader)) };
    if (number === 8) return { kind: 'tensor', value: readTensor(reader) };
    if (number === 9) return { kind: 'placeholder', value: readBytes(reader) };
    if (number === 10) return { kind: 'function', value: readFunctionName(reader) };
    return undefined;
  }
  if (wireType === WireType.varint) {
    if (number === 3) return { kind: 'int', value: shownNumber(reader.bigInt64()) };
    if (number === 5) return { kind: 'bool', value: reader.int64() !== 0 };
    if (number === 6) return { kind: 'type', value: tensorflowTypeName(reader.int64()) };
  }
  return wireType === WireType.fixed32 && number === 4
    ? { kind: 'float', value: shownFloat32(reader.float32()) }
    : undefined;
}

/** ListValue: values of one kind; numbers may be packed. */
function readList(reader: WireReader): AttrValue {
  let kind = 'list';
  const values: (string | number | boolean)[] = [];
  let length = 0;
  const take = ({ kind: one, value }: AttrValue): void => {
    kind = `${one}s`;
    length += 1;
    if (values.length < mostEntries && typeof value !== 'object') values.push(value);
  };
  inMessage(reader, () =>
    eachField(reader, (number, wireType) => {
      const packedAs = number === 4 ? WireType.fixed32 : WireType.varint;
      if (wireType === WireType.length && number >= 3 && number <= 6) {
        inMessage(reader, () => {
          while (reader.position < reader.limit) {
            const one = readOne(reader, number, packedAs);
            if (one !== undefined) take(one);
          }
        });
        return true;
      }
      // Functions are field 9 here, and 10 outside of lists.
      const one =
        number === 9 && wireType === WireType.length
          ? { kind: 'function', value: readFunctionName(reader) }
          : readOne(reader, number, wireType);
      if (one !== undefined) take(one);
      return one !== undefined;
    }),
  );
  const shown = shownList(values, (value) => value);
  const isCut = length > values.length && typeof shown === 'object';
  return { kind, value: isCut ? [...shown.slice(0, -1), `… ${length} in all`] : shown };
}

/** Bytes of a text that are looked at; more than is shown. */
const longestRead = 8192;

function readBytes(reader: WireReader): string {
  const length = reader.length();
  const start = reader.position;
  const text = bytesText(reader.bytes(Math.min(length, longestRead)), length);
  reader.position = start + length;
  return text;
}

/** NameAttrList: the name of a function; its own attributes are not looked into. */
function readFunctionName(reader: WireReader): string {
  let name = '';
  inMessage(reader, () =>
    eachField(reader, (number, wireType) => {
      if (number !== 1 || wireType !== WireType.length) return false;
      name = readBytes(reader);
      return true;
    }),
  );
  return name;
}

/** TensorShapeProto; undefined for an unknown rank. */
function readShape(reader: WireReader): readonly (number | null)[] | undefined {
  const dims: (number | null)[] = [];
  const rank = { isUnknown: false };
  inMessage(reader, () =>
    eachField(reader, (number, wireType) => {
      if (number === 3 && wireType === WireType.varint) rank.isUnknown = reader.int64() !== 0;
      else if (number === 2 && wireType === WireType.length) inMessage(reader, () => addDim(dims, readDim(reader)));
      else return false;
      return true;
    }),
  );
  return rank.isUnknown || dims.length > mostAxes ? undefined : dims;
}

/** TensorFlow's own bound; one more is kept, to see that there are too many. */
const mostAxes = 254;

function addDim(dims: (number | null)[], size: number | null): void {
  if (dims.length <= mostAxes) dims.push(size);
}

/** -1 is unknown; an absent size is zero, as in every proto3 message. */
function readDim(reader: WireReader): number | null {
  let size = 0;
  eachField(reader, (number, wireType) => {
    if (number !== 1 || wireType !== WireType.varint) return false;
    size = reader.int64();
    return true;
  });
  return size < 0 ? null : size;
}

function shapeText(shape: readonly (number | null)[] | undefined): string {
  return shape === undefined ? 'any' : typeAndShape('', shape);
}

/** ONNX's codes of types whose elements lie in `tensor_content` as they lie in ONNX's raw_data. */
const contentTypes: Readonly<Record<string, number>> = {
  ...{ float32: DataType.float32, float64: DataType.float64, float16: DataType.float16, bfloat16: DataType.bfloat16 },
  ...{ int8: DataType.int8, int16: DataType.int16, int32: DataType.int32, int64: DataType.int64, bool: DataType.bool },
  ...{ uint8: DataType.uint8, uint16: DataType.uint16, uint32: DataType.uint32, uint64: DataType.uint64 },
  ...{ qint8: DataType.int8, quint8: DataType.uint8, qint32: DataType.int32 },
};

const elementBytes: Readonly<Record<string, number>> = {
  ...{ float32: 4, float64: 8, float16: 2, bfloat16: 2, int8: 1, int16: 2, int32: 4, int64: 8, bool: 1 },
  ...{ uint8: 1, uint16: 2, uint32: 4, uint64: 8, qint8: 1, quint8: 1, qint32: 4 },
};

/** TensorProto as its type, shape and first elements. One element for a whole shape means that all are the same. */
function readTensor(reader: WireReader): string {
  const tensor: { type: string; dims: readonly (number | null)[] | undefined; content?: MessagePlace } = {
    type: 'type 0',
    dims: [],
  };
  const listed: (string | number)[] = [];
  inMessage(reader, () =>
    eachField(reader, (number, wireType) => {
      if (number === 1 && wireType === WireType.varint) tensor.type = tensorflowTypeName(reader.int64());
      else if (number === 2 && wireType === WireType.length) tensor.dims = readShape(reader);
      else if (number === 4 && wireType === WireType.length) tensor.content = placeOfMessage(reader);
      else return readListed(reader, number, wireType, listed);
      return true;
    }),
  );
  const { type, dims, content } = tensor;
  const sizes = (dims ?? []).map((size) => size ?? 0);
  const elements = elementCount(sizes);
  const first = content === undefined ? listed.slice(0, elements) : contentElements(reader, content, type, elements);
  return dims === undefined ? type : tensorText(type, sizes, first, elements);
}

function contentElements(
  reader: WireReader,
  content: MessagePlace,
  type: string,
  elements: number,
): (string | number)[] {
  const bytesOfElement = elementBytes[type];
  const dataType = contentTypes[type];
  if (bytesOfElement === undefined || dataType === undefined) return [];
  const count = Math.min(shownElements, elements, Math.floor(content.length / bytesOfElement));
  const { position, limit } = reader;
  goTo(reader, content);
  const bytes = reader.bytes(count * bytesOfElement);
  reader.limit = limit;
  reader.position = position;
  return rawElements(dataType, count, bytes);
}

/** A field of TensorProto that lists elements: the first of them are taken, the others stepped over. */
function readListed(reader: WireReader, number: number, wireType: number, listed: (string | number)[]): boolean {
  if (number === 8 && wireType === WireType.length) {
    if (listed.length >= shownElements) return false;
    listed.push(JSON.stringify(readBytes(reader)));
    return true;
  }
  const read = elementReaders.get(number);
  if (read === undefined) return false;
  if (wireType === WireType.length) {
    inMessage(reader, () => {
      while (reader.position < reader.limit && listed.length < shownElements) listed.push(read(reader));
    });
    return true;
  }
  if (wireType !== (number === 5 ? WireType.fixed32 : number === 6 ? WireType.fixed64 : WireType.varint)) return false;
  const value = read(reader);
  if (listed.length < shownElements) listed.push(value);
  return true;
}

const readInteger = (reader: WireReader): number | string => shownNumber(reader.bigInt64());

/** float_val, double_val, int_val, int64_val, bool_val, uint32_val, uint64_val. */
const elementReaders: ReadonlyMap<number, (reader: WireReader) => number | string> = new Map([
  [5, (reader: WireReader) => shownFloat32(reader.float32())],
  [6, (reader: WireReader) => rawElements(DataType.float64, 1, reader.bytes(8))[0] ?? ''],
  [7, readInteger],
  [10, readInteger],
  [11, readInteger],
  [16, readInteger],
  [17, (reader: WireReader) => shownNumber(BigInt.asUintN(64, reader.bigInt64()))],
]);
