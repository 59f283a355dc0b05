// The ONNX messages as tables: which field number holds which property, how it is encoded. Source: onnx.proto, IR 11.
import type {
  AttributeProto,
  DimensionProto,
  ElementTypeProto,
  FunctionProto,
  GraphProto,
  MapTypeProto,
  Message,
  ModelProto,
  NodeProto,
  OperatorSetId,
  SparseTensorProto,
  StringEntry,
  TensorProto,
  TensorShapeProto,
  TensorTypeProto,
  TypeProto,
  ValueInfoProto,
} from './messages';
import { WireType } from './wireReader';

/**
 * How a value is encoded. `string` must be UTF-8, `text` (for people only) need not; `int` is a varint as a number,
 * `bigint` one as a bigint; `data` is a run of bytes that may stay on disk, `packed32`, `packed64` and `packedVarint` the
 * same for lists of numbers, which some writers do not pack.
 */
export type FieldKind =
  | 'string'
  | 'text'
  | 'bytes'
  | 'int'
  | 'bigint'
  | 'float'
  | 'message'
  | 'data'
  | 'packed32'
  | 'packed64'
  | 'packedVarint';

/** One field of a message. */
export interface FieldDescriptor {
  readonly number: number;
  readonly property: string;
  readonly kind: FieldKind;
  readonly repeated: boolean;
  /** Of a single value. */
  readonly wireType: number;
  /** Whether it may also come as a run of numbers without tags. */
  readonly mayBePacked: boolean;
  /** Absent is undefined, and a zero that is there is written; otherwise absent is zero or empty, and not written. */
  readonly optional: boolean;
  readonly message: MessageDescriptor | undefined;
  /** Fields of one oneof exclude each other: the last one in the file counts. */
  readonly excludes: readonly string[];
}

/** One message type. */
export interface MessageDescriptor {
  readonly name: string;
  /** By number, ascending: the order of writing. */
  readonly fields: readonly FieldDescriptor[];
  /** Indexed by field number. */
  readonly byNumber: readonly (FieldDescriptor | undefined)[];
  /** A message without fields. */
  readonly blank: Readonly<Record<string, unknown>>;
}

interface FieldSpec {
  readonly number: number;
  readonly kind: FieldKind;
  readonly repeated?: true;
  readonly optional?: true;
  readonly of?: MessageDescriptor;
  readonly oneof?: true;
}

/** Every property of the message has its field: a missing or misspelt one does not compile. */
type FieldSpecs<T extends Message> = Readonly<Record<Exclude<keyof T, 'unknown'>, FieldSpec>>;

const wireTypes: Readonly<Record<FieldKind, number>> = {
  ...{ string: WireType.length, text: WireType.length, bytes: WireType.length, message: WireType.length },
  ...{ data: WireType.length, int: WireType.varint, bigint: WireType.varint, packedVarint: WireType.varint },
  ...{ float: WireType.fixed32, packed32: WireType.fixed32, packed64: WireType.fixed64 },
};

const none: readonly never[] = Object.freeze([]);

function declare(name: string): MessageDescriptor {
  return { name, fields: [], byNumber: [], blank: {} };
}

/** Fills a declared descriptor: messages contain each other, so all of them exist before any has fields. */
function define<T extends Message>(descriptor: MessageDescriptor, specs: FieldSpecs<T>): void {
  const entries = Object.entries<FieldSpec>(specs).sort(([, a], [, b]) => a.number - b.number);
  const exclusive = entries.filter(([, spec]) => spec.oneof).map(([property]) => property);
  const fields = descriptor.fields as FieldDescriptor[];
  const byNumber = descriptor.byNumber as (FieldDescriptor | undefined)[];
  const blank = descriptor.blank as Record<string, unknown>;
  for (const [property, spec] of entries) {
    const field: FieldDescriptor = {
      number: spec.number,
      property,
      kind: spec.kind,
      repeated: spec.repeated === true,
      wireType: wireTypes[spec.kind],
      mayBePacked:
        spec.kind.startsWith('packed') || (spec.repeated === true && wireTypes[spec.kind] !== WireType.length),
      optional: spec.optional === true,
      message: spec.of,
      excludes: spec.oneof ? exclusive.filter((other) => other !== property) : none,
    };
    fields.push(field);
    byNumber[spec.number] = field;
    if (field.repeated) blank[property] = none;
    else if (!field.optional) blank[property] = spec.kind === 'int' ? 0 : '';
  }
}

const string = (number: number): FieldSpec => ({ number, kind: 'string' });
const strings = (number: number): FieldSpec => ({ number, kind: 'string', repeated: true });
const text = (number: number): FieldSpec => ({ number, kind: 'text' });
const int = (number: number): FieldSpec => ({ number, kind: 'int' });
const optionalInt = (number: number): FieldSpec => ({ number, kind: 'int', optional: true });
const ints = (number: number): FieldSpec => ({ number, kind: 'int', repeated: true });
const byteStrings = (number: number): FieldSpec => ({ number, kind: 'bytes', repeated: true });
const data = (number: number, kind: FieldKind): FieldSpec => ({ number, kind, optional: true });
const one = (number: number, of: MessageDescriptor): FieldSpec => ({ number, kind: 'message', optional: true, of });
const many = (number: number, of: MessageDescriptor): FieldSpec => ({ number, kind: 'message', repeated: true, of });

const stringEntry = declare('StringStringEntryProto');
const operatorSetId = declare('OperatorSetIdProto');
export const modelDescriptor = declare('ModelProto');
export const graphDescriptor = declare('GraphProto');
export const nodeDescriptor = declare('NodeProto');
const attribute = declare('AttributeProto');
export const tensorDescriptor = declare('TensorProto');
const sparseTensor = declare('SparseTensorProto');
const valueInfo = declare('ValueInfoProto');
const type = declare('TypeProto');
const tensorType = declare('TypeProto.Tensor');
const elementType = declare('TypeProto.Sequence');
const mapType = declare('TypeProto.Map');
const shape = declare('TensorShapeProto');
const dimension = declare('TensorShapeProto.Dimension');
const functionProto = declare('FunctionProto');

define<StringEntry>(stringEntry, { key: string(1), value: text(2) });

define<OperatorSetId>(operatorSetId, { domain: string(1), version: int(2) });

define<ModelProto>(modelDescriptor, {
  irVersion: optionalInt(1),
  producerName: text(2),
  producerVersion: text(3),
  domain: text(4),
  modelVersion: optionalInt(5),
  docString: text(6),
  graph: one(7, graphDescriptor),
  opsetImport: many(8, operatorSetId),
  metadataProps: many(14, stringEntry),
  functions: many(25, functionProto),
});

define<GraphProto>(graphDescriptor, {
  node: many(1, nodeDescriptor),
  name: string(2),
  initializer: many(5, tensorDescriptor),
  docString: text(10),
  input: many(11, valueInfo),
  output: many(12, valueInfo),
  valueInfo: many(13, valueInfo),
  sparseInitializer: many(15, sparseTensor),
  metadataProps: many(16, stringEntry),
});

define<NodeProto>(nodeDescriptor, {
  input: strings(1),
  output: strings(2),
  name: string(3),
  opType: string(4),
  attribute: many(5, attribute),
  docString: text(6),
  domain: string(7),
  overload: string(8),
  metadataProps: many(9, stringEntry),
});

define<AttributeProto>(attribute, {
  name: string(1),
  f: { number: 2, kind: 'float', optional: true },
  i: { number: 3, kind: 'bigint', optional: true },
  s: { number: 4, kind: 'bytes', optional: true },
  t: one(5, tensorDescriptor),
  g: one(6, graphDescriptor),
  floats: { number: 7, kind: 'float', repeated: true },
  ints: { number: 8, kind: 'bigint', repeated: true },
  strings: byteStrings(9),
  tensors: many(10, tensorDescriptor),
  graphs: many(11, graphDescriptor),
  docString: text(13),
  tp: one(14, type),
  typeProtos: many(15, type),
  type: optionalInt(20),
  refAttrName: string(21),
  sparseTensor: one(22, sparseTensor),
  sparseTensors: many(23, sparseTensor),
});

define<TensorProto>(tensorDescriptor, {
  dims: ints(1),
  dataType: int(2),
  floatData: data(4, 'packed32'),
  int32Data: data(5, 'packedVarint'),
  stringData: byteStrings(6),
  int64Data: data(7, 'packedVarint'),
  name: string(8),
  rawData: data(9, 'data'),
  doubleData: data(10, 'packed64'),
  uint64Data: data(11, 'packedVarint'),
  docString: text(12),
  externalData: many(13, stringEntry),
  dataLocation: optionalInt(14),
  metadataProps: many(16, stringEntry),
});

define<SparseTensorProto>(sparseTensor, {
  values: one(1, tensorDescriptor),
  indices: one(2, tensorDescriptor),
  dims: ints(3),
});

define<ValueInfoProto>(valueInfo, {
  name: string(1),
  type: one(2, type),
  docString: text(3),
  metadataProps: many(4, stringEntry),
});

define<TypeProto>(type, {
  tensorType: { ...one(1, tensorType), oneof: true },
  sequenceType: { ...one(4, elementType), oneof: true },
  mapType: { ...one(5, mapType), oneof: true },
  denotation: string(6),
  sparseTensorType: { ...one(8, tensorType), oneof: true },
  optionalType: { ...one(9, elementType), oneof: true },
});

define<TensorTypeProto>(tensorType, { elemType: int(1), shape: one(2, shape) });

define<ElementTypeProto>(elementType, { elemType: one(1, type) });

define<MapTypeProto>(mapType, { keyType: int(1), valueType: one(2, type) });

define<TensorShapeProto>(shape, { dim: many(1, dimension) });

define<DimensionProto>(dimension, {
  dimValue: { ...optionalInt(1), oneof: true },
  dimParam: { number: 2, kind: 'string', optional: true, oneof: true },
  denotation: string(3),
});

define<FunctionProto>(functionProto, {
  name: string(1),
  input: strings(4),
  output: strings(5),
  attribute: strings(6),
  node: many(7, nodeDescriptor),
  docString: text(8),
  opsetImport: many(9, operatorSetId),
  domain: string(10),
  attributeProto: many(11, attribute),
  valueInfo: many(12, valueInfo),
  overload: string(13),
  metadataProps: many(14, stringEntry),
});
