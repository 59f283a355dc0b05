// Small models for the rewriting tests, and the engine to compare what they compute before and after.
import { DataType } from '../../src/onnx/dataTypes';
import { floatsAttribute, makeNode, makeTensor, makeValueInfo } from '../../src/onnx/makeMessages';
import { AttributeType } from '../../src/onnx/messages';
import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto } from '../../src/onnx/messages';
import { readModelBytes } from '../../src/onnx/readModel';
import type { OnnxModel } from '../../src/onnx/readModel';
import { elementCount } from '../../src/onnx/tensor';
import type { Tensor } from '../../src/onnx/tensor';
import { encodeModel } from '../../src/onnx/writeModel';
import { openSessionFromBytes } from '../../src/runtime/onnxRuntimeNode';
import type { GraphOptimization } from '../../src/runtime/session';

/** What a small model is made of: float32 inputs by name and shape, outputs by name. */
export interface SmallModelParts {
  readonly nodes: readonly NodeProto[];
  readonly inputs?: Readonly<Record<string, readonly (number | string)[]>>;
  readonly outputs: readonly string[];
  readonly initializers?: readonly TensorProto[];
  /** Outputs that are not float32. */
  readonly outputTypes?: Readonly<Record<string, number>>;
  readonly inputTypes?: Readonly<Record<string, number>>;
  readonly opset?: number;
  readonly irVersion?: number;
  /** Makes every initializer a graph input too, as files before IR version 4 do. */
  readonly overridable?: boolean;
}

export function graphOf(parts: SmallModelParts): GraphProto {
  const initializer = parts.initializers ?? [];
  const required = Object.entries(parts.inputs ?? {}).map(([name, dims]) =>
    makeValueInfo(name, parts.inputTypes?.[name] ?? DataType.float32, dims),
  );
  const overridable =
    parts.overridable === true ? initializer.map((one) => makeValueInfo(one.name, one.dataType, one.dims)) : [];
  return {
    node: parts.nodes,
    name: 'small',
    initializer,
    sparseInitializer: [],
    docString: '',
    input: [...required, ...overridable],
    output: parts.outputs.map((name) => makeValueInfo(name, parts.outputTypes?.[name] ?? DataType.float32, undefined)),
    valueInfo: [],
    metadataProps: [],
  };
}

export function protoOf(parts: SmallModelParts): ModelProto {
  return {
    irVersion: parts.irVersion ?? 7,
    opsetImport: [
      { domain: '', version: parts.opset ?? 13 },
      { domain: 'com.microsoft', version: 1 },
    ],
    producerName: '',
    producerVersion: '',
    domain: '',
    docString: '',
    graph: graphOf(parts),
    metadataProps: [],
    functions: [],
  };
}

export function smallModel(parts: SmallModelParts): OnnxModel {
  return readModelBytes(encodeModel(protoOf(parts)));
}

/** `node('Conv', ['x', 'w'], 'y', ...attributes)`, named after its first output. */
export function node(
  opType: string,
  inputs: readonly string[],
  outputs: string | readonly string[],
  attributes: readonly AttributeProto[] = [],
  domain = '',
): NodeProto {
  const names = typeof outputs === 'string' ? [outputs] : outputs;
  return makeNode({ opType, inputs, outputs: names, name: `make ${names[0] ?? ''}`, attributes, domain });
}

/** A subgraph, as the branches of an If are given. */
export function graphAttribute(name: string, graph: GraphProto): AttributeProto {
  return { ...floatsAttribute(name, []), type: AttributeType.graph, g: graph };
}

/** Evenly spread numbers of about −1..1, the same for the same seed. */
export function spread(count: number, seed = 1): Float32Array {
  let state = seed * 2654435761;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

export function floatTensor(name: string, dims: readonly number[], values: Float32Array | number = 1): TensorProto {
  const data = typeof values === 'number' ? spread(elementCount(dims), values) : values;
  return makeTensor(name, DataType.float32, dims, data);
}

export function intTensor(
  name: string,
  values: readonly number[],
  dims: readonly number[] = [values.length],
): TensorProto {
  return makeTensor(name, DataType.int64, dims, BigInt64Array.from(values, BigInt));
}

export function floatInput(dims: readonly number[], seed = 7): Tensor {
  return { type: 'float32', dims, data: spread(elementCount(dims), seed) };
}

/** Runs a model once, without graph optimizations unless told otherwise. */
export async function run(
  proto: ModelProto,
  feeds: Readonly<Record<string, Tensor>>,
  graphOptimization: GraphOptimization = 'disabled',
): Promise<Readonly<Record<string, Tensor>>> {
  const session = await openSessionFromBytes(encodeModel(proto), { graphOptimization });
  try {
    return await session.run(feeds);
  } finally {
    await session.close();
  }
}

/** Signal-to-noise ratio of `actual` against `expected` in dB. */
export function signalToNoiseDb(expected: Tensor | undefined, actual: Tensor | undefined): number {
  const left = expected?.data as Float32Array;
  const right = actual?.data as Float32Array;
  if (left.length !== right.length) throw new RangeError(`${left.length} values against ${right.length}`);
  let signal = 0;
  let noise = 0;
  left.forEach((value, index) => {
    signal += value ** 2;
    noise += (value - (right[index] ?? 0)) ** 2;
  });
  return 10 * Math.log10(signal / noise);
}

/** How many nodes of each op type a model has. */
export function histogram(proto: ModelProto): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { opType } of proto.graph?.node ?? []) counts[opType] = (counts[opType] ?? 0) + 1;
  return counts;
}
