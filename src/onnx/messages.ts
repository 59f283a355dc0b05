// The messages of the ONNX file format as immutable objects (field names of onnx.proto in camelCase).
//
// A decoded message is never changed in place: an edit makes a new object, so that the writer can emit the original
// bytes of everything that was not touched. Fields that were absent are undefined (strings of `''` and empty lists for
// the ones everybody reads). Source: onnx.proto, IR version 11.
import type { ByteSource } from './byteSource';

/** Bytes that may still be on disk. */
export interface ByteSlice {
  readonly source: ByteSource;
  readonly offset: number;
  readonly length: number;
}

/** A run of bytes: in memory, or a place in an open file. */
export type Bytes = Uint8Array | ByteSlice;

/** Fields the codec does not know, as their complete original bytes (tag included), in order. */
export interface Message {
  readonly unknown?: readonly Bytes[];
}

export interface StringEntry extends Message {
  readonly key: string;
  readonly value: string;
}

export interface OperatorSetId extends Message {
  /** `''` is ai.onnx. */
  readonly domain: string;
  readonly version: number;
}

export interface ModelProto extends Message {
  readonly irVersion?: number;
  readonly opsetImport: readonly OperatorSetId[];
  readonly producerName: string;
  readonly producerVersion: string;
  readonly domain: string;
  readonly modelVersion?: number;
  readonly docString: string;
  readonly graph?: GraphProto;
  readonly metadataProps: readonly StringEntry[];
  readonly functions: readonly FunctionProto[];
}

export interface GraphProto extends Message {
  readonly node: readonly NodeProto[];
  readonly name: string;
  readonly initializer: readonly TensorProto[];
  readonly sparseInitializer: readonly SparseTensorProto[];
  readonly docString: string;
  readonly input: readonly ValueInfoProto[];
  readonly output: readonly ValueInfoProto[];
  readonly valueInfo: readonly ValueInfoProto[];
  readonly metadataProps: readonly StringEntry[];
}

export interface NodeProto extends Message {
  /** `''` marks an omitted optional input. */
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name: string;
  readonly opType: string;
  /** `''` is ai.onnx. */
  readonly domain: string;
  readonly overload: string;
  readonly attribute: readonly AttributeProto[];
  readonly docString: string;
  readonly metadataProps: readonly StringEntry[];
}

/** AttributeProto.AttributeType. */
export const AttributeType = {
  undefined: 0,
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
  tensors: 9,
  graphs: 10,
  sparseTensor: 11,
  sparseTensors: 12,
  typeProto: 13,
  typeProtos: 14,
} as const;

export interface AttributeProto extends Message {
  readonly name: string;
  readonly refAttrName: string;
  readonly docString: string;
  readonly type?: number;
  readonly f?: number;
  /** int64: INT64_MAX is common as "to the end". */
  readonly i?: bigint;
  /** A byte string; UTF-8 by convention. */
  readonly s?: Uint8Array;
  readonly t?: TensorProto;
  readonly g?: GraphProto;
  readonly sparseTensor?: SparseTensorProto;
  readonly tp?: TypeProto;
  readonly floats: readonly number[];
  readonly ints: readonly bigint[];
  readonly strings: readonly Uint8Array[];
  readonly tensors: readonly TensorProto[];
  readonly graphs: readonly GraphProto[];
  readonly sparseTensors: readonly SparseTensorProto[];
  readonly typeProtos: readonly TypeProto[];
}

/** Elements are in exactly one of the data fields; use `tensorValues` to read and `makeTensor` to make one. */
export interface TensorProto extends Message {
  readonly dims: readonly number[];
  /** A code of `dataTypes.ts`. */
  readonly dataType: number;
  readonly name: string;
  readonly docString: string;
  /** Little-endian elements; lazy in a large file. */
  readonly rawData?: Bytes;
  /** Packed little-endian floats as in the file (lazy), likewise the next ones, varints in the integer lists. */
  readonly floatData?: Bytes;
  readonly int32Data?: Bytes;
  readonly int64Data?: Bytes;
  readonly doubleData?: Bytes;
  readonly uint64Data?: Bytes;
  readonly stringData: readonly Uint8Array[];
  readonly externalData: readonly StringEntry[];
  /** 1 = external. */
  readonly dataLocation?: number;
  readonly metadataProps: readonly StringEntry[];
}

export interface SparseTensorProto extends Message {
  readonly values?: TensorProto;
  readonly indices?: TensorProto;
  readonly dims: readonly number[];
}

export interface ValueInfoProto extends Message {
  readonly name: string;
  readonly type?: TypeProto;
  readonly docString: string;
  readonly metadataProps: readonly StringEntry[];
}

/** Exactly one of the kinds is set. */
export interface TypeProto extends Message {
  readonly tensorType?: TensorTypeProto;
  readonly sequenceType?: ElementTypeProto;
  readonly mapType?: MapTypeProto;
  readonly sparseTensorType?: TensorTypeProto;
  readonly optionalType?: ElementTypeProto;
  readonly denotation: string;
}

export interface TensorTypeProto extends Message {
  readonly elemType: number;
  /** Absent: the rank is not known. */
  readonly shape?: TensorShapeProto;
}

export interface ElementTypeProto extends Message {
  readonly elemType?: TypeProto;
}

export interface MapTypeProto extends Message {
  readonly keyType: number;
  readonly valueType?: TypeProto;
}

export interface TensorShapeProto extends Message {
  readonly dim: readonly DimensionProto[];
}

/** A known size, a symbol, or (neither) an unknown size. */
export interface DimensionProto extends Message {
  readonly dimValue?: number;
  readonly dimParam?: string;
  readonly denotation: string;
}

export interface FunctionProto extends Message {
  readonly name: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly string[];
  readonly attributeProto: readonly AttributeProto[];
  readonly node: readonly NodeProto[];
  readonly docString: string;
  readonly opsetImport: readonly OperatorSetId[];
  readonly domain: string;
  readonly overload: string;
  readonly valueInfo: readonly ValueInfoProto[];
  readonly metadataProps: readonly StringEntry[];
}
