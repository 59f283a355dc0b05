// Recognizes a model that has been quantized before, so that it is not quantized twice.
import { subgraphsOf } from '../onnx/graphView';
import type { GraphProto, NodeProto } from '../onnx/messages';
import type { OnnxModel } from '../onnx/readModel';
import { quantizationErrors } from './quantizationErrors';

/** Op types that exist only in quantized models, beside everything that starts with QLinear. */
const quantizedOpTypes: ReadonlySet<string> = new Set([
  'QuantizeLinear',
  'DequantizeLinear',
  'DynamicQuantizeLinear',
  'MatMulInteger',
  'ConvInteger',
  'QGemm',
  'QAttention',
  'QOrderedMatMul',
  'QEmbedLayerNormalization',
  'DynamicQuantizeLSTM',
  'DynamicQuantizeMatMul',
  'MatMulIntegerToFloat',
  'MatMulNBits',
  'MatMulBnb4',
  'GatherBlockQuantized',
]);

/** The first node, subgraphs included, that only a quantized model has. */
export function findQuantizedNode(graph: GraphProto): NodeProto | undefined {
  const pending = [graph];
  for (let work = pending.pop(); work !== undefined; work = pending.pop()) {
    for (const node of work.node) {
      if (quantizedOpTypes.has(node.opType) || node.opType.startsWith('QLinear')) return node;
      for (const inner of subgraphsOf(node)) pending.push(inner.graph);
    }
  }
  return undefined;
}

/** Throws `quantize-already-quantized` naming the node that gives it away. */
export function refuseAlreadyQuantized(model: OnnxModel): void {
  const node = findQuantizedNode(model.graph);
  if (node !== undefined) throw quantizationErrors.alreadyQuantized(model.path, node.name, node.opType);
}
