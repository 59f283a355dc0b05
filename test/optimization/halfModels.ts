// Converts small models and runs both forms, so that every test also sees the engine accept the new one.
import { expect } from 'vitest';
import { float16Bits, float16ToFloat32 } from '../../src/onnx/halfFloat';
import type { GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto } from '../../src/onnx/messages';
import { standsInOrder } from '../../src/onnx/nodeOrder';
import { readModelBytes } from '../../src/onnx/readModel';
import type { OnnxModel } from '../../src/onnx/readModel';
import { scopesOf } from '../../src/onnx/modelWalk';
import { inferShapes } from '../../src/onnx/shapeInference';
import type { Tensor } from '../../src/onnx/tensor';
import { encodeModel } from '../../src/onnx/writeModel';
import { convertToHalf } from '../../src/optimization/convertToHalf';
import type { HalfConversion, HalfOptions } from '../../src/optimization/convertToHalf';
import { openSessionFromBytes } from '../../src/runtime/onnxRuntimeNode';
import type { GraphOptimization } from '../../src/runtime/session';
import { SignalToNoise } from '../../src/quantization/signalToNoise';
import { run, smallModel } from '../quantization/rewritingModels';
import type { SmallModelParts } from '../quantization/rewritingModels';

export type Feeds = Readonly<Record<string, Tensor>>;

export interface Converted extends HalfConversion {
  readonly graph: GraphProto;
  /** Signal to noise of the outputs against the float model's; Infinity when they are equal. */
  readonly decibels: number;
}

/** Converts, reads the new model as users' files are read, and compares what both compute. */
export async function convertAndRun(
  parts: SmallModelParts,
  feeds: Feeds,
  options: HalfOptions = {},
): Promise<Converted> {
  return convertModelAndRun(smallModel(parts), feeds, options);
}

export async function convertModelAndRun(
  model: OnnxModel,
  feeds: Feeds,
  options: HalfOptions = {},
): Promise<Converted> {
  const conversion = convertToHalf(model, options);
  const graph = conversion.proto.graph;
  if (graph === undefined) throw new Error('the new model has no graph');
  const read = readModelBytes(encodeModel(conversion.proto));
  for (const scope of scopesOf(read.proto)) expect(standsInOrder(scope.graph)).toBe(true);
  inferShapes(read);
  read.close();
  const expected = await run(model.proto, feeds);
  const ratio = new SignalToNoise();
  for (const level of ['disabled', 'all'] as const) {
    const given = await runHalf(conversion.proto, feeds, level);
    for (const [name, tensor] of Object.entries(expected)) {
      const other = given[name];
      if (other === undefined) throw new Error(`the new model has no output ${name}`);
      expect(other.dims).toEqual(tensor.dims);
      expect(ratio.add(tensor, other)).toBe(true);
      if (!tensor.type.startsWith('float')) expect(other.data).toEqual(tensor.data);
    }
  }
  return { ...conversion, graph, decibels: ratio.decibels ?? Infinity };
}

/** Runs a model, with float32 feeds rounded for inputs in half precision. */
export async function runHalf(
  proto: ModelProto,
  feeds: Feeds,
  graphOptimization: GraphOptimization = 'disabled',
): Promise<Feeds> {
  const session = await openSessionFromBytes(encodeModel(proto), { graphOptimization });
  try {
    const types = new Map(session.inputs.map(({ name, type }) => [name, type]));
    const fed = Object.entries(feeds).map(([name, tensor]): [string, Tensor] => {
      if (types.get(name) !== 'float16' || tensor.type !== 'float32') return [name, tensor];
      const data = Uint16Array.from(tensor.data as Float32Array, float16Bits);
      return [name, { type: 'float16', dims: tensor.dims, data }];
    });
    return await session.run(Object.fromEntries(fed));
  } finally {
    await session.close();
  }
}

/** `Relu, Cast, TopK`: the op types in their order. */
export function opsOf({ node }: GraphProto): string {
  return node.map(({ opType }) => opType).join(', ');
}

export function nodeNamed({ node }: GraphProto, name: string): NodeProto {
  const found = node.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no node ${name}`);
  return found;
}

/** Element types by name. */
export function typesOf(infos: readonly ValueInfoProto[]): Record<string, number | undefined> {
  return Object.fromEntries(infos.map(({ name, type }) => [name, type?.tensorType?.elemType]));
}

/** Element types of initializers by name. */
export function constantTypes({ initializer }: GraphProto): Record<string, number> {
  return Object.fromEntries(initializer.map(({ name, dataType }) => [name, dataType]));
}

/** The numbers of a tensor in half precision. */
export function halfNumbers(tensor: TensorProto | undefined): number[] {
  if (!(tensor?.rawData instanceof Uint8Array)) throw new Error('the tensor has no data');
  const bytes = tensor.rawData.slice();
  return [...float16ToFloat32(new Uint16Array(bytes.buffer))];
}
