// Makes nodes, attributes, tensors and value infos for edited graphs: everything optional filled in once, here.
import { DataType, bitsOf } from './dataTypes';
import { AttributeType } from './messages';
import type { AttributeProto, DimensionProto, NodeProto, TensorProto, ValueInfoProto } from './messages';
import { elementCount } from './tensor';
import type { TensorData } from './tensor';

/** What a node is made of; `domain` is ai.onnx unless given. */
export interface NodeParts {
  readonly opType: string;
  /** `''` marks an omitted optional input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name: string;
  readonly domain?: string;
  readonly attributes?: readonly AttributeProto[];
}

/** A new node. */
export function makeNode(parts: NodeParts): NodeProto {
  return {
    input: parts.inputs,
    output: parts.outputs,
    name: parts.name,
    opType: parts.opType,
    domain: parts.domain ?? '',
    overload: '',
    attribute: parts.attributes ?? [],
    docString: '',
    metadataProps: [],
  };
}

/** An INT attribute; `value` must be an integer. */
export function intAttribute(name: string, value: number | bigint): AttributeProto {
  return { ...blankAttribute, name, type: AttributeType.int, i: BigInt(value) };
}

/** An INTS attribute; every value must be an integer. */
export function intsAttribute(name: string, values: readonly (number | bigint)[]): AttributeProto {
  return { ...blankAttribute, name, type: AttributeType.ints, ints: values.map((value) => BigInt(value)) };
}

/** A FLOAT attribute; stored as float32. */
export function floatAttribute(name: string, value: number): AttributeProto {
  return { ...blankAttribute, name, type: AttributeType.float, f: value };
}

/** A FLOATS attribute; stored as float32. */
export function floatsAttribute(name: string, values: readonly number[]): AttributeProto {
  return { ...blankAttribute, name, type: AttributeType.floats, floats: values };
}

/** A STRING attribute, UTF-8. */
export function stringAttribute(name: string, value: string): AttributeProto {
  return { ...blankAttribute, name, type: AttributeType.string, s: new TextEncoder().encode(value) };
}

/** A TENSOR attribute. */
export function tensorAttribute(name: string, tensor: TensorProto): AttributeProto {
  return { ...blankAttribute, name, type: AttributeType.tensor, t: tensor };
}

/**
 * A tensor with its elements in raw_data: a view of `data`, not a copy. 4-bit types take one element an array entry
 * (as `TensorReader.values` gives them) and are packed, the first in the low half; strings go to string_data.
 * Throws a RangeError when the array does not fit `dims`.
 */
export function makeTensor(name: string, dataTypeCode: number, dims: readonly number[], data: TensorData): TensorProto {
  const blank = { ...blankTensor, name, dims, dataType: dataTypeCode };
  if (!ArrayBuffer.isView(data)) {
    if (dataTypeCode !== DataType.string || data.length !== elementCount(dims)) throw misfit(name, dims, data.length);
    return { ...blank, stringData: data.map((text) => new TextEncoder().encode(text)) };
  }
  const bits = bitsOf(dataTypeCode);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const rawData = bits === 4 ? packNibbles(bytes) : bytes;
  const fits =
    bits === 4
      ? data.length === elementCount(dims)
      : bits !== undefined && rawData.length * 8 === elementCount(dims) * bits;
  if (!fits) throw misfit(name, dims, data.length);
  return { ...blank, rawData };
}

/** Declares a tensor: a number is a known size, a string a symbol, null an unknown size; no `dims`, unknown rank. */
export function makeValueInfo(
  name: string,
  dataTypeCode: number,
  dims: readonly (number | string | null)[] | undefined,
): ValueInfoProto {
  const shape = dims === undefined ? {} : { shape: { dim: dims.map(dimension) } };
  return {
    name,
    docString: '',
    metadataProps: [],
    type: { denotation: '', tensorType: { elemType: dataTypeCode, ...shape } },
  };
}

const blankAttribute: AttributeProto = {
  name: '',
  refAttrName: '',
  docString: '',
  floats: [],
  ints: [],
  strings: [],
  tensors: [],
  graphs: [],
  sparseTensors: [],
  typeProtos: [],
};

const blankTensor: TensorProto = {
  dims: [],
  dataType: 0,
  name: '',
  docString: '',
  stringData: [],
  externalData: [],
  metadataProps: [],
};

function dimension(size: number | string | null): DimensionProto {
  if (size === null) return { denotation: '' };
  return typeof size === 'number' ? { denotation: '', dimValue: size } : { denotation: '', dimParam: size };
}

function packNibbles(elements: Uint8Array): Uint8Array {
  const packed = new Uint8Array(Math.ceil(elements.length / 2));
  elements.forEach((element, index) => {
    packed[index >> 1] = (packed[index >> 1] ?? 0) | ((element & 0x0f) << (index % 2 === 0 ? 0 : 4));
  });
  return packed;
}

function misfit(name: string, dims: readonly number[], length: number): RangeError {
  return new RangeError(`tensor "${name}" of shape [${dims.join(', ')}] cannot hold an array of ${length}`);
}
