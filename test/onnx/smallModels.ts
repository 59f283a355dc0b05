// Small models made in code, and a hand writer of protobuf bytes for what our own writer never writes.
import { DataType } from '../../src/onnx/dataTypes';
import {
  intAttribute,
  intsAttribute,
  makeNode,
  makeTensor,
  makeValueInfo,
  tensorAttribute,
} from '../../src/onnx/makeMessages';
import type { AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto } from '../../src/onnx/messages';
import { AttributeType } from '../../src/onnx/messages';
import { ModelError } from '../../src/onnx/modelErrors';
import { emptyGraph } from '../../src/onnx/modelWalk';
import { encodeModel } from '../../src/onnx/writeModel';

export function modelOf(graph: Partial<GraphProto>, rest: Partial<ModelProto> = {}): ModelProto {
  return {
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    producerName: 'test',
    producerVersion: '',
    domain: '',
    docString: '',
    metadataProps: [],
    functions: [],
    graph: { ...emptyGraph, name: 'g', ...graph },
    ...rest,
  };
}

export const floatInput = [makeValueInfo('x', DataType.float32, ['N', 3])];
export const floatOutput = [makeValueInfo('y', DataType.float32, ['N', null])];

export function node(
  opType: string,
  inputs: string[],
  outputs: string[],
  attributes: AttributeProto[] = [],
): NodeProto {
  return makeNode({ opType, inputs, outputs, name: `${opType}_${outputs.join('_')}`, attributes });
}

export function graphAttribute(name: string, graph: GraphProto): AttributeProto {
  return { ...intsAttribute(name, []), type: AttributeType.graph, g: graph };
}

export function functionOf(name: string, nodes: NodeProto[]): FunctionProto {
  return {
    name,
    input: ['a'],
    output: ['b'],
    attribute: [],
    attributeProto: [],
    node: nodes,
    docString: '',
    opsetImport: [{ domain: '', version: 17 }],
    domain: 'local',
    overload: '',
    valueInfo: [],
    metadataProps: [],
  };
}

/** x → MatMul(w) → Add(c) → If → y: an initializer, a constant node, attributes, a subgraph that sees outer names. */
export function variedModel(weight: Float32Array = new Float32Array([1, 2, 3, 4, 5, 6])): ModelProto {
  const branch = (name: string): GraphProto => ({
    ...emptyGraph,
    name,
    node: [node('Mul', ['sum', 'sum'], [`${name}_out`])],
    output: [makeValueInfo(`${name}_out`, DataType.float32, undefined)],
  });
  return modelOf({
    input: floatInput,
    output: floatOutput,
    initializer: [
      makeTensor('w', DataType.float32, [3, weight.length / 3], weight),
      makeTensor('flag', DataType.bool, [], new Uint8Array([1])),
    ],
    node: [
      node(
        'Constant',
        [],
        ['c'],
        [tensorAttribute('value', makeTensor('', DataType.float32, [1], new Float32Array([0.5])))],
      ),
      node('MatMul', ['x', 'w'], ['product']),
      node('Add', ['product', 'c'], ['sum'], [intAttribute('extra', -(2n ** 63n))]),
      node(
        'If',
        ['flag'],
        ['y'],
        [graphAttribute('then_branch', branch('then')), graphAttribute('else_branch', branch('else'))],
      ),
    ],
    valueInfo: [makeValueInfo('sum', DataType.float32, ['N', 2])],
  });
}

export const variedBytes = (): Uint8Array => encodeModel(variedModel()).slice();

/** The ModelError opening a model ends in; undefined when it opens. Anything else thrown is thrown on. */
export function failureOf(read: () => { close(): void }): ModelError | undefined {
  try {
    read().close();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof ModelError) return thrown;
    throw thrown;
  }
}

// — bytes by hand —

export function varint(value: bigint | number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}

/** A length-delimited field. */
export function field(number: number, payload: Iterable<number> | string): number[] {
  const bytes = typeof payload === 'string' ? [...Buffer.from(payload)] : [...payload];
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
}

/** A varint field. */
export function numberField(number: number, value: bigint | number): number[] {
  return [...varint(number * 8), ...varint(value)];
}

/** Copies without the memory of where they came from, so that everything is encoded anew. */
export function forgetOrigin<T>(value: T): T {
  if (Array.isArray(value)) return value.map(forgetOrigin) as T;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || 'source' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, forgetOrigin(inner as unknown)])) as T;
}
