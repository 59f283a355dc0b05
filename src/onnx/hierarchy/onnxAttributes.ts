// The attributes of an ONNX node as they are shown: every kind the format has.
import { DataType, bitsOf, dataTypeName } from '../dataTypes';
import { bfloat16ToFloat32, float16ToFloat32 } from '../halfFloat';
import { isStandardDomain } from '../graphView';
import { AttributeType } from '../messages';
import type { AttributeProto, GraphProto, NodeProto, SparseTensorProto, TensorProto } from '../messages';
import { ModelError } from '../modelErrors';
import { typeText } from '../modelFacts';
import { readSlice } from '../bytes';
import { elementCount } from '../tensor';
import { TensorReader } from '../tensorReader';
import type { GraphAttribute } from './flatGraph';
import {
  bytesText,
  countedTypes,
  shortText,
  shownElements,
  shownFloat32,
  shownList,
  shownNumber,
  tensorText,
} from './shownValues';
import type { ShownValue } from './shownValues';

/** Lists of varints are unpacked as a whole; longer ones are not looked into for their first elements. */
const mostUnpacked = 65_536;

/** The attributes of a node; a domain other than ai.onnx stands first, as one of them. */
export function onnxAttributes(node: NodeProto, tensors: TensorReader): GraphAttribute[] {
  const own = node.attribute.map((attribute) => shownAttribute(attribute, tensors));
  if (isStandardDomain(node.domain)) return own;
  return [{ name: 'domain', attribute_type: 'string', value: shortText(node.domain) }, ...own];
}

function shownAttribute(attribute: AttributeProto, tensors: TensorReader): GraphAttribute {
  const { kind, value } = kindAndValue(attribute, tensors);
  return { name: shortText(attribute.name), attribute_type: kind, value };
}

interface KindAndValue {
  readonly kind: string;
  readonly value: ShownValue;
}

function kindAndValue(attribute: AttributeProto, tensors: TensorReader): KindAndValue {
  if (attribute.refAttrName !== '') return { kind: 'reference', value: shortText(attribute.refAttrName) };
  const tensor = (one: TensorProto): string => onnxTensorText(one, tensors);
  const sparse = (one: SparseTensorProto): string => sparseText(one, tensors);
  switch (kindOf(attribute)) {
    case AttributeType.float:
      return { kind: 'float', value: shownFloat32(attribute.f ?? 0) };
    case AttributeType.int:
      return { kind: 'int', value: shownNumber(attribute.i ?? 0n) };
    case AttributeType.string:
      return { kind: 'string', value: bytesText(attribute.s ?? new Uint8Array(0)) };
    case AttributeType.tensor:
      return { kind: 'tensor', value: attribute.t === undefined ? '' : tensor(attribute.t) };
    case AttributeType.graph:
      return { kind: 'graph', value: attribute.g === undefined ? '' : graphText(attribute.g) };
    case AttributeType.floats:
      return { kind: 'floats', value: shownList(attribute.floats, shownFloat32) };
    case AttributeType.ints:
      return { kind: 'ints', value: shownList(attribute.ints, shownNumber) };
    case AttributeType.strings:
      return { kind: 'strings', value: shownList(attribute.strings, bytesText) };
    case AttributeType.tensors:
      return { kind: 'tensors', value: shownList(attribute.tensors, tensor) };
    case AttributeType.graphs:
      return { kind: 'graphs', value: shownList(attribute.graphs, graphText) };
    case AttributeType.sparseTensor:
      return {
        kind: 'sparse_tensor',
        value: attribute.sparseTensor === undefined ? '' : sparse(attribute.sparseTensor),
      };
    case AttributeType.sparseTensors:
      return { kind: 'sparse_tensors', value: shownList(attribute.sparseTensors, sparse) };
    case AttributeType.typeProto:
      return { kind: 'type', value: typeText(attribute.tp) };
    case AttributeType.typeProtos:
      return { kind: 'types', value: shownList(attribute.typeProtos, typeText) };
    default:
      return { kind: 'unknown', value: `type ${attribute.type ?? 0}` };
  }
}

/** The kind the file states; files of IR version 1 state none, and what is there tells. */
function kindOf(attribute: AttributeProto): number {
  if (attribute.type !== undefined && attribute.type !== AttributeType.undefined) return attribute.type;
  const present: [boolean, number][] = [
    [attribute.f !== undefined, AttributeType.float],
    [attribute.i !== undefined, AttributeType.int],
    [attribute.s !== undefined, AttributeType.string],
    [attribute.t !== undefined, AttributeType.tensor],
    [attribute.g !== undefined, AttributeType.graph],
    [attribute.floats.length > 0, AttributeType.floats],
    [attribute.ints.length > 0, AttributeType.ints],
    [attribute.strings.length > 0, AttributeType.strings],
    [attribute.tensors.length > 0, AttributeType.tensors],
    [attribute.graphs.length > 0, AttributeType.graphs],
  ];
  return present.find(([isThere]) => isThere)?.[1] ?? AttributeType.undefined;
}

function graphText(graph: GraphProto): string {
  const { length } = graph.node;
  if (length === 0) return 'no nodes';
  return `${length} ${length === 1 ? 'node' : 'nodes'}: ${countedTypes(graph.node.map(({ opType }) => opType))}`;
}

function sparseText(sparse: SparseTensorProto, tensors: TensorReader): string {
  const values = sparse.values === undefined ? 'nothing' : onnxTensorText(sparse.values, tensors);
  return `sparse [${sparse.dims.slice(0, 64).join(', ')}] of ${values}`;
}

/** `float32[2, 3]: 1, 2, 3, …`. Reads the first elements only; a tensor whose data is broken is shown without them. */
export function onnxTensorText(tensor: TensorProto, tensors: TensorReader): string {
  const elements = elementCount(tensor.dims);
  let first: (string | number)[] = [];
  try {
    first = firstElements(tensor, elements, tensors);
  } catch (thrown) {
    if (!(thrown instanceof ModelError)) throw thrown;
  }
  return tensorText(dataTypeName(tensor.dataType), tensor.dims, first, elements);
}

function firstElements(tensor: TensorProto, elements: number, tensors: TensorReader): (string | number)[] {
  const count = Math.min(elements, shownElements);
  if (tensor.dataType === DataType.string) {
    return tensor.stringData.slice(0, count).map((text) => JSON.stringify(bytesText(text)));
  }
  const bits = bitsOf(tensor.dataType);
  const isUnpacked = tensor.int32Data !== undefined || tensor.int64Data !== undefined;
  const isLong = (isUnpacked || tensor.uint64Data !== undefined) && elements > mostUnpacked;
  if (bits === undefined || isLong) return [];
  const rawData = readSlice(tensors.rawBytes(tensor), 0, Math.ceil((count * bits) / 8));
  return rawElements(tensor.dataType, count, rawData);
}

/** Elements of little-endian bytes that hold `count` of them, as they are shown. */
export function rawElements(dataType: number, count: number, rawData: Uint8Array): (string | number)[] {
  const start: TensorProto = {
    ...{ name: '', docString: '', stringData: [], externalData: [], metadataProps: [] },
    ...{ dims: [count], dataType, rawData },
  };
  const values = new TensorReader(undefined).values(start);
  if (values instanceof Float32Array) return Array.from(values, shownFloat32);
  if (dataType === DataType.float16) return Array.from(float16ToFloat32(values as Uint16Array), shownFloat32);
  if (dataType === DataType.bfloat16) return Array.from(bfloat16ToFloat32(values as Uint16Array), shownFloat32);
  return Array.from(values as Iterable<number | bigint>, shownNumber);
}
