// Conv as ConvInteger on a dynamically quantized activation. Only on request: the engine's float kernel is faster.
import { DataType } from '../../onnx/dataTypes';
import type { NodeProto } from '../../onnx/messages';
import type { Rewritten } from '../rewritten';
import type { DynamicRewriter, WeightForm } from './dynamicRewriter';
import { rescaled } from './matrixProducts';

/** DynamicQuantizeLinear, ConvInteger, Cast and Mul, then the bias as an Add. */
export function rewriteConv(node: NodeProto, rewriter: DynamicRewriter): Rewritten {
  const [input = '', weightName = '', bias = ''] = node.input;
  const weight = rewriter.weight(weightName);
  if ('reason' in weight) return weight;
  const rank = weight.dims.length;
  const output = node.output[0] ?? '';
  const names = rewriter.quantizedWeight(weight, convolutionForm(rewriter, weight.dims[0] ?? 0, rank));
  const { names: activation, nodes } = rewriter.quantizedActivation(input);
  const accumulated = rewriter.edit.uniqueName(`${output}_quantized`);
  const product = bias === '' ? output : rewriter.edit.uniqueName(`${output}_without_bias`);
  const inputs = [activation.tensor, names.tensor, activation.zeroPoint, names.zeroPoint];
  const convolution = rewriter.node('ConvInteger', inputs, [accumulated], `${node.name}_quant`, node.attribute);
  const result = [
    ...nodes,
    convolution,
    ...rescaled(node, accumulated, [activation.scale, names.scale], product, rewriter),
  ];
  if (bias === '') return result;
  const { name, shaping } = channelBias(node, bias, rank, rewriter);
  return [...result, ...shaping, rewriter.node('Add', [product, name], [output], `${node.name}_bias_add`)];
}

/**
 * The kernel takes a single zero point. Symmetric int8 weights have the same one for every channel, so they can keep a
 * scale a channel, multiplied in afterwards along axis 1 of the output.
 */
function convolutionForm(rewriter: DynamicRewriter, channels: number, rank: number): WeightForm {
  const { scheme, recipe } = rewriter;
  if (!recipe.perChannel || !scheme.symmetric) return { key: 'filter', scheme };
  const scaleDims = [channels, ...new Array<number>(rank - 2).fill(1)];
  return { key: 'filter', scheme, axis: 0, scaleDims, zeroPointDims: [] };
}

/** The bias with axes of 1 behind its channels, so that it is added to the right axis. */
function channelBias(
  node: NodeProto,
  bias: string,
  rank: number,
  rewriter: DynamicRewriter,
): { name: string; shaping: readonly NodeProto[] } {
  const constant = rewriter.edit.initializer(bias);
  const name = rewriter.edit.uniqueName(`${node.name}_bias`);
  const spatial = new Array<number>(rank - 2).fill(1);
  if (constant !== undefined) {
    rewriter.edit.setInitializer({ ...constant, name, dims: [...constant.dims, ...spatial] });
    return { name, shaping: [] };
  }
  const dims = BigInt64Array.from([-1, ...spatial], BigInt);
  const shape = rewriter.constant(`${node.name}_bias_shape`, DataType.int64, [dims.length], dims);
  return { name, shaping: [rewriter.node('Reshape', [bias, shape], [name], `${node.name}_bias_reshape`)] };
}
