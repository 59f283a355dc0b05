// The single-operator cases of test/fixtures/shapes/operators.json as models.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DataType } from '../../src/onnx/dataTypes';
import {
  floatAttribute,
  floatsAttribute,
  intAttribute,
  intsAttribute,
  makeNode,
  makeTensor,
  makeValueInfo,
  stringAttribute,
  tensorAttribute,
} from '../../src/onnx/makeMessages';
import type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from '../../src/onnx/messages';
import type { OnnxModel } from '../../src/onnx/readModel';
import { emptyGraph } from '../../src/onnx/modelWalk';
import { problemsOf } from '../../src/onnx/modelProblems';
import { TensorReader } from '../../src/onnx/tensorReader';

type TensorCase = [type: number, dims: number[], values?: number[]];
type AttributeCase =
  | [name: string, kind: 'int' | 'float', value: number]
  | [name: string, kind: 'ints' | 'floats', value: number[]]
  | [name: string, kind: 'string', value: string]
  | [name: string, kind: 'tensor', value: [number, number[], number[]]];

/** One operator run by its reference implementation: the outputs' types and shapes are what it really gave. */
export interface OperatorCase {
  op: string;
  domain?: string;
  case: string;
  opset: number;
  attributes: AttributeCase[];
  inputs: (TensorCase | null)[];
  outputs: (TensorCase | null)[];
}

export function operatorCases(): OperatorCase[] {
  const path = resolve(import.meta.dirname, '../fixtures/shapes/operators.json');
  return JSON.parse(readFileSync(path, 'utf8')) as OperatorCase[];
}

/** A model in memory as `inferShapes` and `modelFacts` take it. */
export function modelOf(graph: Partial<GraphProto>, opset = 17, rest: Partial<ModelProto> = {}): OnnxModel {
  const whole = { ...emptyGraph, ...graph };
  const proto: ModelProto = {
    irVersion: 8,
    opsetImport: [
      { domain: '', version: opset },
      { domain: 'com.microsoft', version: 1 },
    ],
    producerName: '',
    producerVersion: '',
    domain: '',
    docString: '',
    metadataProps: [],
    functions: [],
    graph: whole,
    ...rest,
  };
  const tensors = new TensorReader(undefined);
  return {
    proto,
    graph: whole,
    path: undefined,
    sizeBytes: 0,
    externalFiles: [],
    problems: problemsOf(proto),
    tensors,
    close: () => tensors.close(),
  };
}

/** int64 initializer. */
export function int64(name: string, values: readonly number[], dims: readonly number[] = [values.length]): TensorProto {
  return makeTensor(name, DataType.int64, dims, BigInt64Array.from(values, BigInt));
}

function smallTensor(name: string, [type, dims, values = []]: [number, number[], number[]?]): TensorProto {
  if (type === DataType.int64) return int64(name, values, dims);
  if (type === DataType.int32) return makeTensor(name, type, dims, Int32Array.from(values));
  if (type === DataType.bool) return makeTensor(name, type, dims, Uint8Array.from(values));
  return makeTensor(name, type, dims, Float32Array.from(values));
}

function attributeOf([name, kind, value]: AttributeCase): AttributeProto {
  switch (kind) {
    case 'int':
      return intAttribute(name, value);
    case 'ints':
      return intsAttribute(name, value);
    case 'float':
      return floatAttribute(name, value);
    case 'floats':
      return floatsAttribute(name, value);
    case 'string':
      return stringAttribute(name, value);
    case 'tensor':
      return tensorAttribute(name, smallTensor('', value));
  }
}

/** The model of a case: inputs with values become initializers, outputs are declared without type. */
export function caseModel(one: OperatorCase): { model: OnnxModel; node: NodeProto } {
  const input: ValueInfoProto[] = [];
  const initializer: TensorProto[] = [];
  one.inputs.forEach((tensor, index) => {
    if (tensor === null) return;
    if (tensor.length === 3) initializer.push(smallTensor(`x${index}`, tensor));
    else input.push(makeValueInfo(`x${index}`, tensor[0], tensor[1]));
  });
  const node = makeNode({
    opType: one.op,
    inputs: one.inputs.map((tensor, index) => (tensor === null ? '' : `x${index}`)),
    outputs: one.outputs.map((tensor, index) => (tensor === null ? '' : `y${index}`)),
    name: one.case,
    ...(one.domain === undefined ? {} : { domain: one.domain }),
    attributes: one.attributes.map(attributeOf),
  });
  return { model: modelOf({ node: [node], input, initializer }, one.opset), node };
}
