// LSTM and Attention with constant weights in ONNX Runtime's dynamically quantized forms.
import { attributeOf } from '../../onnx/graphView';
import { makeNode } from '../../onnx/makeMessages';
import type { NodeProto, TensorProto } from '../../onnx/messages';
import { intOf, withoutAttributes } from '../prepare/preparation';
import { perChannelOf } from '../nodeSettings';
import type { QuantizedNames, Rewritten } from '../rewritten';
import type { DynamicRewriter } from './dynamicRewriter';
import { transposeMatrices } from './quantizeWeight';

const microsoft = 'com.microsoft';

/** DynamicQuantizeLSTM: the kernel quantizes its input itself and wants the weights with rows and columns exchanged. */
export function rewriteLstm(node: NodeProto, rewriter: DynamicRewriter): Rewritten {
  if (intOf(node, 'layout', 0) !== 0) return { reason: 'its batch-first layout has no 8-bit form' };
  const weights = [rewriter.weight(node.input[1]), rewriter.weight(node.input[2])];
  const names: QuantizedNames[] = [];
  for (const weight of weights) {
    if ('reason' in weight) return weight;
    if (weight.dims.length !== 3) return { reason: 'its weights are not of rank 3' };
    names.push(quantizedGates(node, weight, rewriter));
  }
  const [input, recurrence] = names;
  if (input === undefined || recurrence === undefined) return { reason: 'its weights are missing' };
  const optional = [3, 4, 5, 6, 7].map((index) => node.input[index] ?? '');
  const scales = [input.scale, input.zeroPoint, recurrence.scale, recurrence.zeroPoint];
  const inputs = [node.input[0] ?? '', input.tensor, recurrence.tensor, ...optional, ...scales];
  const { attribute: attributes } = withoutAttributes(node, 'layout');
  const name = rewriter.edit.uniqueName(`${node.name}_quant`);
  return [
    makeNode({ opType: 'DynamicQuantizeLSTM', inputs, outputs: node.output, name, domain: microsoft, attributes }),
  ];
}

/** [directions, 4·hidden, n] to [directions, n, 4·hidden], with a scale a gate row or, where the kernel insists, a direction. */
function quantizedGates(node: NodeProto, weight: TensorProto, rewriter: DynamicRewriter): QuantizedNames {
  const [directions = 0, rows = 0, columns = 0] = weight.dims;
  const { scheme, recipe } = rewriter;
  // The kernel refuses zero points that differ within a direction, as those of asymmetric rows do.
  const perRow = perChannelOf(recipe, node) && scheme.symmetric;
  const perDirection = perRow ? [directions, rows] : [directions];
  return rewriter.quantizedWeight(weight, {
    key: perRow ? 'gate rows' : 'gates',
    scheme,
    dims: perRow ? [directions * rows, columns] : [directions, rows * columns],
    axis: 0,
    scaleDims: perDirection,
    zeroPointDims: perDirection,
    stored: { dims: [directions, columns, rows], arrange: (data) => transposeMatrices(data, rows, columns) },
  });
}

/** QAttention: input and projection weights in 8 bits, what comes after the projection in floats. */
export function rewriteAttention(node: NodeProto, rewriter: DynamicRewriter): Rewritten {
  if (attributeOf(node, 'qkv_hidden_sizes') !== undefined)
    return { reason: 'different sizes of query, key and value have no 8-bit form' };
  const [input = '', weightName = '', bias = '', mask = '', past = '', ...more] = node.input;
  if (bias === '') return { reason: 'it has no bias, which its 8-bit form needs' };
  if (more.some((name) => name !== '')) return { reason: 'its attention bias has no 8-bit form' };
  const weight = rewriter.weight(weightName);
  if ('reason' in weight) return weight;
  const perColumn = perChannelOf(rewriter.recipe, node);
  const axis = perColumn ? { axis: 1 } : {};
  const names = rewriter.quantizedWeight(weight, {
    key: perColumn ? 'columns' : 'matrix',
    scheme: rewriter.scheme,
    ...axis,
  });
  const { names: activation, nodes } = rewriter.quantizedActivation(input);
  const inputs = [
    activation.tensor,
    names.tensor,
    bias,
    activation.scale,
    names.scale,
    mask,
    activation.zeroPoint,
    names.zeroPoint,
    past,
  ];
  const { attribute: attributes, output: outputs } = node;
  const name = rewriter.edit.uniqueName(`${node.name}_quant`);
  return [...nodes, makeNode({ opType: 'QAttention', inputs, outputs, name, domain: microsoft, attributes })];
}
