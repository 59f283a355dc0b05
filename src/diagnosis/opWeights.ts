// What an operator's weights and activations are in a quantized model: types, granularity, dequantized values.
import { dataTypeName } from '../onnx/dataTypes';
import { attributeOf } from '../onnx/graphView';
import type { GraphView } from '../onnx/graphView';
import type { NodeProto, TensorProto } from '../onnx/messages';
import type { OnnxModel } from '../onnx/readModel';
import type { TensorTypes } from '../onnx/shapeInference';
import { elementCount } from '../onnx/tensor';
import type { OpDiagnosis } from '../protocol/diagnosis';
import { isMainType } from '../onnx/matching/matchOps';
import type { MatchedOp } from '../onnx/matching/matchOps';
import type { MatchedTensors } from '../onnx/matching/matchTensors';

/** A quantized constant an operator computes with. */
export interface QuantizedWeight {
  readonly tensor: TensorProto;
  /** Undefined where it is not stored as a constant beside the weight. */
  readonly scale: TensorProto | undefined;
  readonly zeroPoint: TensorProto | undefined;
  /** Axis of per-channel scales. */
  readonly axis: number;
}

/** Inputs of integer operators with a weight: weight, scale (absent: elsewhere), zero point. */
const weightTriples: Readonly<Record<string, readonly [number, number | undefined, number]>> = {
  QLinearConv: [3, 4, 5],
  QLinearMatMul: [3, 4, 5],
  QGemm: [3, 4, 5],
  QLinearAdd: [3, 4, 5],
  QLinearMul: [3, 4, 5],
  ConvInteger: [1, undefined, 3],
  MatMulInteger: [1, undefined, 3],
  DynamicQuantizeMatMul: [1, 2, 3],
  MatMulIntegerToFloat: [1, 3, 5],
};

const smallTypes: readonly string[] = ['uint8', 'int8', 'uint4', 'int4', 'uint16', 'int16'];

/** The largest quantized constant an operator of the quantized model reads; undefined for none. */
export function weightOf({ int8Nodes }: MatchedOp, { int8 }: MatchedTensors): QuantizedWeight | undefined {
  const constant = (name: string | undefined): TensorProto | undefined =>
    name === undefined || name === '' ? undefined : int8.initializer(name);
  const found: QuantizedWeight[] = [];
  const add = (
    node: NodeProto,
    [weight, scale, zeroPoint]: readonly [number, number | undefined, number],
    axis: number,
  ): void => {
    const tensor = constant(node.input[weight]);
    if (tensor === undefined || !smallTypes.includes(dataTypeName(tensor.dataType))) return;
    const scaleTensor = scale === undefined ? dynamicScale(int8Nodes, int8) : constant(node.input[scale]);
    found.push({ tensor, scale: scaleTensor, zeroPoint: constant(node.input[zeroPoint]), axis });
  };
  for (const node of int8Nodes) {
    const triple = weightTriples[node.opType];
    if (triple !== undefined) add(node, triple, weightAxis(node, constant(node.input[triple[0]])));
    if (node.opType === 'DequantizeLinear') add(node, [0, 1, 2], Number(attributeOf(node, 'axis')?.i ?? 1n));
  }
  return found.sort((one, other) => elementCount(other.tensor.dims) - elementCount(one.tensor.dims))[0];
}

/** The factor that makes a dynamic product float again is input scale × weight scale: the constant one of the two. */
function dynamicScale(nodes: readonly NodeProto[], int8: GraphView): TensorProto | undefined {
  const scales = new Set(nodes.filter((node) => node.opType === 'DynamicQuantizeLinear').map((node) => node.output[1]));
  const multiply = nodes.find((node) => node.opType === 'Mul' && node.input.some((input) => scales.has(input)));
  const name = multiply?.input.find((input) => !scales.has(input));
  return name === undefined ? undefined : int8.initializer(name);
}

function weightAxis(node: NodeProto, tensor: TensorProto | undefined): number {
  if (node.opType === 'QLinearConv' || node.opType === 'ConvInteger') return 0;
  if (node.opType === 'QGemm') return attributeOf(node, 'transB')?.i === 1n ? 0 : 1;
  return Math.max(0, (tensor?.dims.length ?? 1) - 1);
}

/** Type and granularity of a weight, as a diagnosis shows them. */
export function weightFacts(weight: QuantizedWeight | undefined): OpDiagnosis['weight'] {
  if (weight === undefined) return null;
  const parameters = weight.scale ?? weight.zeroPoint;
  const isPerChannel = parameters !== undefined && elementCount(parameters.dims) > 1;
  return {
    type: dataTypeName(weight.tensor.dataType),
    granularity: isPerChannel ? 'per_channel' : 'per_tensor',
  };
}

/** scale · (stored − zero point); undefined when the scale is not a constant of one value or one for each channel. */
export function dequantizedWeight(weight: QuantizedWeight, model: OnnxModel): Float32Array | undefined {
  const { tensor, scale, zeroPoint } = weight;
  if (scale === undefined) return undefined;
  const scales = model.tensors.floats(scale);
  const zeroPoints = zeroPoint === undefined ? [] : model.tensors.integers(zeroPoint);
  const axis = weight.axis < 0 ? weight.axis + tensor.dims.length : weight.axis;
  const channels = scales.length === 1 ? 1 : (tensor.dims[axis] ?? 0);
  if (channels !== scales.length) return undefined;
  const inner = elementCount(tensor.dims.slice(axis + 1));
  const values = model.tensors.values(tensor) as Uint8Array;
  return Float32Array.from(values, (value, index) => {
    const channel = channels === 1 ? 0 : Math.floor(index / inner) % channels;
    const zero = zeroPoints[zeroPoints.length === 1 ? 0 : channel] ?? 0;
    return (scales[channel] ?? 1) * (value - zero);
  });
}

/**
 * The float model's values of a weight, or undefined where it cannot be told which constant of the operator it was, or
 * its values were changed. Operators are matched, not names: other tools call a weight as they like.
 */
export function floatWeight(
  { tensor }: QuantizedWeight,
  { floatNodes }: MatchedOp,
  tensors: MatchedTensors,
  model: OnnxModel,
): Float32Array | undefined {
  // Folding a normalization changes the weights before it, and may keep their names.
  if (floatNodes.some(({ opType }) => opType === 'BatchNormalization')) return undefined;
  const constants = floatConstants(floatNodes, tensors.float).filter(
    ({ dims }) => elementCount(dims) === elementCount(tensor.dims),
  );
  const name = tensors.floatNameOf(tensor.name);
  const original =
    constants.find((one) => one.name === name) ??
    only(constants.filter(({ dims }) => String(dims) === String(tensor.dims))) ??
    only(constants);
  return original === undefined ? undefined : model.tensors.floats(original);
}

/** The float32 and half-precision constants an operator reads, each once. */
function floatConstants(nodes: readonly NodeProto[], float: GraphView): TensorProto[] {
  const names = new Set(nodes.flatMap(({ input }) => input));
  const found = [...names].flatMap((name) => float.initializer(name) ?? []);
  return found.filter(({ dataType }) => ['float32', 'float16'].includes(dataTypeName(dataType)));
}

/** Of several that fit alike, none can be told to be the one. */
function only(tensors: readonly TensorProto[]): TensorProto | undefined {
  return tensors.length === 1 ? tensors[0] : undefined;
}

/** Element type of the first activation an operator reads in the quantized model, before it is dequantized. */
export function activationTypeOf({ int8Nodes }: MatchedOp, { int8 }: MatchedTensors, types: TensorTypes): string {
  const computing = int8Nodes.filter(({ opType }) => !/(Quantize|Dequantize)Linear$/.test(opType));
  const dynamic = int8Nodes.find(({ opType }) => opType === 'DynamicQuantizeLinear');
  if (dynamic !== undefined) return 'uint8';
  const node =
    computing.find(({ opType }) => isMainType(opType) || weightTriples[opType] !== undefined) ?? computing[0];
  const input = node?.input.find((name) => name !== '' && !isConstant(name, int8));
  if (input === undefined) return 'unknown';
  const producer = int8.producer(input);
  const stored = producer?.opType === 'DequantizeLinear' ? (producer.input[0] ?? '') : input;
  const code = types.get(stored)?.dataType ?? 0;
  return code === 0 ? 'unknown' : dataTypeName(code);
}

/** An initializer, or one behind a DequantizeLinear. */
function isConstant(name: string, int8: MatchedTensors['int8']): boolean {
  if (int8.initializer(name) !== undefined) return true;
  const producer = int8.producer(name);
  return producer?.opType === 'DequantizeLinear' && int8.initializer(producer.input[0] ?? '') !== undefined;
}
