// MatMul and Gemm with constant weights as MatMulInteger on a dynamically quantized activation (SYSTEMS §4.3).
import { DataType } from '../../onnx/dataTypes';
import { intAttribute, intsAttribute } from '../../onnx/makeMessages';
import type { NodeProto, TensorProto } from '../../onnx/messages';
import { floatOf, intOf } from '../prepare/preparation';
import { perChannelOf } from '../nodeSettings';
import type { QuantizedArray } from '../numberScheme';
import { transposeMatrices } from './quantizeWeight';
import type { QuantizedNames, Rewritten } from '../rewritten';
import type { DynamicRewriter, WeightForm } from './dynamicRewriter';

/** y = A·B with a constant B. Columns of a matrix have scales of their own when the recipe is per-channel. */
export function rewriteMatMul(node: NodeProto, rewriter: DynamicRewriter): Rewritten {
  const [input = '', weightName = ''] = node.input;
  if (rewriter.edit.initializer(input) !== undefined) return { reason: 'its left side is the constant one' };
  const weight = rewriter.weight(weightName);
  if ('reason' in weight) return weight;
  if (weight.dims.length < 2) return { reason: 'its weight is a vector, which has no columns' };
  // The engine takes one zero point for each column of a matrix, but not for those of a stack of matrices.
  const perColumn = perChannelOf(rewriter.recipe, node) && weight.dims.length === 2;
  const form: WeightForm = {
    key: perColumn ? 'columns' : 'matrix',
    scheme: rewriter.scheme,
    ...(perColumn ? { axis: 1 } : {}),
  };
  const names = rewriter.quantizedWeight(weight, form);
  return integerProduct(node, input, names, node.output[0] ?? '', rewriter);
}

/** y = alpha·A'·B' + beta·C as a MatMul with alpha and the transposition of B taken into the weights, and an Add. */
export function rewriteGemm(node: NodeProto, rewriter: DynamicRewriter): Rewritten {
  const [input = '', weightName = '', bias = ''] = node.input;
  if (rewriter.edit.initializer(input) !== undefined) return { reason: 'its left side is the constant one' };
  const weight = rewriter.weight(weightName);
  if ('reason' in weight) return weight;
  if (weight.dims.length !== 2) return { reason: 'its weight is not a matrix' };
  const nodes: NodeProto[] = [];
  const left = intOf(node, 'transA', 0) === 0 ? input : transposed(node, input, nodes, rewriter);
  const output = node.output[0] ?? '';
  const product = bias === '' ? output : rewriter.edit.uniqueName(`${output}_without_bias`);
  nodes.push(...integerProduct(node, left, gemmWeight(node, weight, rewriter), product, rewriter));
  if (bias !== '') {
    const scaledBias = biasTimesBeta(node, bias, nodes, rewriter);
    nodes.push(rewriter.node('Add', [product, scaledBias], [output], `${node.name}_bias_add`));
  }
  return nodes;
}

/**
 * DynamicQuantizeLinear, MatMulInteger, Cast, and one Mul by the product of both scales: the shape of graph that the
 * engine fuses into one kernel.
 */
function integerProduct(
  node: NodeProto,
  input: string,
  weight: QuantizedNames,
  output: string,
  rewriter: DynamicRewriter,
): readonly NodeProto[] {
  const { names, nodes } = rewriter.quantizedActivation(input);
  const accumulated = rewriter.edit.uniqueName(`${output}_quantized`);
  const inputs = [names.tensor, weight.tensor, names.zeroPoint, weight.zeroPoint];
  const product = rewriter.node('MatMulInteger', inputs, [accumulated], `${node.name}_quant`);
  return [...nodes, product, ...rescaled(node, accumulated, [names.scale, weight.scale], output, rewriter)];
}

/** An int32 accumulator back to floats. */
export function rescaled(
  node: NodeProto,
  accumulated: string,
  scales: readonly [string, string],
  output: string,
  rewriter: DynamicRewriter,
): readonly NodeProto[] {
  const float = rewriter.edit.uniqueName(`${accumulated}_cast`);
  const scale = rewriter.edit.uniqueName(`${accumulated}_scale`);
  return [
    rewriter.node('Cast', [accumulated], [float], `${node.name}_cast`, [intAttribute('to', DataType.float32)]),
    rewriter.node('Mul', scales, [scale], `${node.name}_scales_mul`),
    rewriter.node('Mul', [float, scale], [output], `${node.name}_output_scale_mul`),
  ];
}

function transposed(node: NodeProto, input: string, nodes: NodeProto[], rewriter: DynamicRewriter): string {
  const output = rewriter.edit.uniqueName(`${input}_transposed`);
  nodes.push(rewriter.node('Transpose', [input], [output], `${node.name}_transpose`, [intsAttribute('perm', [1, 0])]));
  return output;
}

/** The columns of B' as MatMulInteger wants them; alpha goes into their scales. */
function gemmWeight(node: NodeProto, weight: TensorProto, rewriter: DynamicRewriter): QuantizedNames {
  const isTransposed = intOf(node, 'transB', 0) !== 0;
  const factor = floatOf(node, 'alpha', 1);
  const { scheme, recipe } = rewriter;
  const perColumn = perChannelOf(recipe, node);
  const granularity = perColumn ? 'columns' : 'matrix';
  const [rows = 0, columns = 0] = weight.dims;
  return rewriter.quantizedWeight(weight, {
    key: isTransposed || factor !== 1 ? `${granularity} transB=${isTransposed} alpha=${factor}` : granularity,
    scheme,
    factor,
    ...(perColumn ? { axis: isTransposed ? 0 : 1 } : {}),
    ...(isTransposed
      ? { stored: { dims: [columns, rows], arrange: (data: QuantizedArray) => transposeMatrices(data, rows, columns) } }
      : {}),
  });
}

function biasTimesBeta(node: NodeProto, bias: string, nodes: NodeProto[], rewriter: DynamicRewriter): string {
  const beta = floatOf(node, 'beta', 1);
  if (beta === 1) return bias;
  const constant = rewriter.edit.initializer(bias);
  if (constant?.dataType === DataType.float32) {
    const values = rewriter.model.tensors.floats(constant).map((value) => value * beta);
    return rewriter.constant(`${bias}_times_beta`, DataType.float32, constant.dims, values);
  }
  const output = rewriter.edit.uniqueName(`${bias}_times_beta`);
  const factor = rewriter.constant(`${node.name}_beta`, DataType.float32, [], Float32Array.of(beta));
  nodes.push(rewriter.node('Mul', [bias, factor], [output], `${node.name}_beta_mul`));
  return output;
}
