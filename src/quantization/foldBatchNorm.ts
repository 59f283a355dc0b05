// Folds a BatchNormalization into the Conv, ConvTranspose or Gemm before it: y = s·(Wx + b) + t becomes (s·W)x + (s·b + t).
import { DataType } from '../onnx/dataTypes';
import { makeTensor } from '../onnx/makeMessages';
import type { NodeProto, TensorProto } from '../onnx/messages';
import type { TensorReader } from '../onnx/tensorReader';
import { counted, floatOf, intOf, withoutAttributes } from './prepare/preparation';
import type { Preparation } from './prepare/preparation';

/** Per-channel s and t of an inference-time BatchNormalization, in float64. */
interface Affine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/** A producer whose weights take the normalization up. */
interface Folding {
  readonly producer: NodeProto;
  readonly norm: NodeProto;
  readonly folded: NodeProto;
}

/**
 * Folds every BatchNormalization that has constant parameters and is the only reader of a foldable node, but for those
 * named in `excludedNodes`: what is to stay float stays a node.
 */
export function foldBatchNorm(preparation: Preparation, excludedNodes: readonly string[]): void {
  const { edit, notes } = preparation;
  const view = edit.view();
  const replaced = new Map<NodeProto, NodeProto | undefined>();
  let left = 0;
  for (const norm of view.nodes) {
    if (norm.opType !== 'BatchNormalization' || norm.domain !== '' || excludedNodes.includes(norm.name)) continue;
    const input = norm.input[0] ?? '';
    const producer = view.producer(input);
    const alone = view.consumers(input).length === 1 && !view.isGraphOutput(input) && !view.readBySubgraphs.has(input);
    const folding = producer !== undefined && alone ? fold(producer, norm, preparation) : undefined;
    if (folding === undefined) {
      left++;
      continue;
    }
    replaced.set(folding.producer, folding.folded);
    replaced.set(folding.norm, undefined);
  }
  if (replaced.size > 0) {
    edit.rewriteNodes((node) => (replaced.has(node) ? replaced.get(node) : node));
    const norms = counted(replaced.size / 2, 'BatchNormalization');
    notes.push(`${norms} folded into the weights before ${replaced.size === 2 ? 'it' : 'them'}.`);
  }
  if (left > 0) notes.push(`${counted(left, 'BatchNormalization')} could not be folded.`);
}

function fold(producer: NodeProto, norm: NodeProto, preparation: Preparation): Folding | undefined {
  const affine = affineOf(norm, preparation);
  if (affine === undefined || producer.domain !== '') return undefined;
  const output = norm.output[0] ?? '';
  switch (producer.opType) {
    case 'Conv':
    case 'ConvTranspose':
      return into(foldIntoConv(producer, affine, preparation));
    case 'Gemm':
      return into(foldIntoGemm(producer, affine, preparation));
    default:
      return undefined;
  }

  function into(folded: NodeProto | undefined): Folding | undefined {
    return folded === undefined ? undefined : { producer, norm, folded: { ...folded, output: [output] } };
  }
}

function affineOf(norm: NodeProto, { edit, model }: Preparation): Affine | undefined {
  const isInference = intOf(norm, 'training_mode', 0) === 0 && norm.output.filter((name) => name !== '').length === 1;
  const tensors = norm.input.slice(1, 5).map((name) => edit.initializer(name));
  const [gamma, beta, mean, variance] = tensors.map((tensor) => floatsOf(tensor, model.tensors));
  if (!isInference || gamma === undefined || beta === undefined || mean === undefined || variance === undefined) {
    return undefined;
  }
  const epsilon = floatOf(norm, 'epsilon', 1e-5);
  const scale = Float64Array.from(gamma, (value, channel) => value / Math.sqrt((variance[channel] ?? 0) + epsilon));
  const shift = Float64Array.from(beta, (value, channel) => value - (scale[channel] ?? 0) * (mean[channel] ?? 0));
  return { scale, shift };
}

function foldIntoConv(conv: NodeProto, affine: Affine, preparation: Preparation): NodeProto | undefined {
  const { edit, model } = preparation;
  const weight = edit.initializer(conv.input[1] ?? '');
  const bias = constantBias(conv, preparation);
  const values = floatsOf(weight, model.tensors);
  if (weight === undefined || values === undefined || bias === undefined) return undefined;
  const channels = affine.scale.length;
  const [first = 0, second = 0] = weight.dims;
  const groups = intOf(conv, 'group', 1);
  const kernel = values.length / (first * second);
  // Conv keeps its output channels along axis 0; ConvTranspose along axis 1, group by group of axis 0.
  const channelOf =
    conv.opType === 'Conv'
      ? (index: number): number => Math.floor(index / (second * kernel))
      : (index: number): number =>
          Math.floor(index / (second * kernel) / (first / groups)) * second + (Math.floor(index / kernel) % second);
  if ((conv.opType === 'Conv' ? first : second * groups) !== channels) return undefined;
  if (bias.length > 0 && bias.length !== channels) return undefined;
  return withFoldedWeights(conv, scaled(values, affine.scale, channelOf), weight.dims, foldedBias(bias, affine), edit);
}

function foldIntoGemm(gemm: NodeProto, affine: Affine, preparation: Preparation): NodeProto | undefined {
  const { edit, model } = preparation;
  const weight = edit.initializer(gemm.input[1] ?? '');
  const bias = constantBias(gemm, preparation);
  const values = floatsOf(weight, model.tensors);
  if (weight === undefined || values === undefined || bias === undefined) return undefined;
  const channels = affine.scale.length;
  const [rows = 0, columns = 0] = weight.dims;
  const transposed = intOf(gemm, 'transB', 0) !== 0;
  if ((transposed ? rows : columns) !== channels || ![0, 1, channels].includes(bias.length)) return undefined;
  const beta = floatOf(gemm, 'beta', 1);
  const full = Float64Array.from(
    { length: channels },
    (_, channel) => beta * (bias[bias.length === 1 ? 0 : channel] ?? 0),
  );
  const channelOf = (index: number): number => (transposed ? Math.floor(index / columns) : index % columns);
  const folded = withFoldedWeights(
    gemm,
    scaled(values, affine.scale, channelOf),
    weight.dims,
    foldedBias(full, affine),
    edit,
  );
  return withoutAttributes(folded, 'beta');
}

/** The constant bias, empty when there is none; undefined when it is not constant. */
function constantBias(node: NodeProto, { edit, model }: Preparation): ArrayLike<number> | undefined {
  const name = node.input[2] ?? '';
  return name === '' ? [] : floatsOf(edit.initializer(name), model.tensors);
}

function scaled(values: Float32Array, scale: Float64Array, channelOf: (index: number) => number): Float32Array {
  return values.map((value, index) => value * (scale[channelOf(index)] ?? 0));
}

function foldedBias(bias: ArrayLike<number>, { scale, shift }: Affine): Float32Array {
  return Float32Array.from(shift, (value, channel) => value + (scale[channel] ?? 0) * (bias[channel] ?? 0));
}

function withFoldedWeights(
  node: NodeProto,
  weights: Float32Array,
  dims: readonly number[],
  bias: Float32Array,
  edit: Preparation['edit'],
): NodeProto {
  const weightName = edit.uniqueName(`${node.input[1] ?? ''}_folded`);
  const biasName = edit.uniqueName(`${node.name}_bias_folded`);
  edit.setInitializer(makeTensor(weightName, DataType.float32, dims, weights));
  edit.setInitializer(makeTensor(biasName, DataType.float32, [bias.length], bias));
  return { ...node, input: [node.input[0] ?? '', weightName, biasName] };
}

function floatsOf(tensor: TensorProto | undefined, tensors: TensorReader): Float32Array | undefined {
  return tensor?.dataType === DataType.float32 ? tensors.floats(tensor) : undefined;
}
