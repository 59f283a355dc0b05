// Writes a plan into the graph in the QOperator format: integer operators in the place of float ones, with QuantizeLinear
// and DequantizeLinear only where the two meet (SYSTEMS §4.3).
import type { GraphEdit } from '../onnx/graphEdit';
import { outerScopeNames, subgraphsOf } from '../onnx/graphView';
import type { NodeProto } from '../onnx/messages';
import type { QuantizationParts } from './qdq';
import { writeClip, writeRelu } from './qoperator/clipping';
import {
  writeBinary,
  writeConcat,
  writeGlobalAveragePool,
  writeSoftmax,
  writeUnary,
  writeWhere,
} from './qoperator/elementwise';
import {
  writeArgMax,
  writeEmbedLayerNormalization,
  writePad,
  writePassThrough,
  writeResize,
  writeSplit,
} from './qoperator/passThrough';
import { writeConv, writeGemm, writeMatMul } from './qoperator/products';
import { QOperatorWriter } from './qoperator/qoperatorWriter';
import type { Rewritten } from './rewritten';

type WriteNode = (node: NodeProto, writer: QOperatorWriter) => Rewritten;

const writers: Readonly<Record<string, WriteNode>> = {
  Conv: writeConv,
  MatMul: writeMatMul,
  Gemm: writeGemm,
  Add: writeBinary,
  Mul: writeBinary,
  Relu: writeRelu,
  Clip: writeClip,
  Sigmoid: writeUnary,
  LeakyRelu: writeUnary,
  AveragePool: writeUnary,
  GlobalAveragePool: writeGlobalAveragePool,
  Softmax: writeSoftmax,
  Concat: writeConcat,
  Where: writeWhere,
  ArgMax: writeArgMax,
  Pad: writePad,
  Split: writeSplit,
  Resize: writeResize,
  MaxPool: writePassThrough,
  Reshape: writePassThrough,
  Transpose: writePassThrough,
  Squeeze: writePassThrough,
  Unsqueeze: writePassThrough,
  Flatten: writePassThrough,
  Slice: writePassThrough,
  Gather: writePassThrough,
  EmbedLayerNormalization: writeEmbedLayerNormalization,
};

/**
 * Rewrites the graph of `edit`, which holds the model of `parts`. Answers the nodes of the plan that stay float after
 * all, with the reason: their operands have no form that an integer kernel of the engine takes.
 */
export function rewriteQOperator(edit: GraphEdit, parts: QuantizationParts): ReadonlyMap<NodeProto, string> {
  const writer = new QOperatorWriter(edit, parts);
  const staysFloat = new Map<NodeProto, string>();
  for (const node of edit.view().topologicalOrder()) {
    if (writer.isFoldedAway(node)) continue;
    const written = parts.plan.quantizedNodes.has(node) ? writeNode(node, writer) : undefined;
    if (written !== undefined && !('reason' in written)) {
      writer.nodes.push(...written);
      continue;
    }
    if (written !== undefined) staysFloat.set(node, written.reason);
    writer.keep(
      node,
      subgraphsOf(node).flatMap(({ graph }) => [...outerScopeNames(graph)]),
    );
  }
  for (const output of edit.outputs) writer.float(output.name);
  edit.setNodes(writer.nodes);
  dropStaleValueInfos(edit);
  edit.removeUnusedInitializers();
  const usesContribOps = edit.nodes.some((node) => node.domain === 'com.microsoft');
  if (usesContribOps && edit.opset('com.microsoft') === undefined) edit.setOpset('com.microsoft', 1);
  return staysFloat;
}

function writeNode(node: NodeProto, writer: QOperatorWriter): Rewritten {
  return writers[node.opType]?.(node, writer) ?? { reason: `${node.opType} has no integer operator` };
}

/** Types declared for float tensors that are no longer made. */
function dropStaleValueInfos(edit: GraphEdit): void {
  const { graph } = edit.view();
  const made = new Set(graph.node.flatMap((node) => node.output));
  for (const { name } of graph.valueInfo) if (!made.has(name)) edit.removeValueInfo(name);
}
