// Embedding tables in 8 bits: Gather, and the fused EmbedLayerNormalization of ONNX Runtime.
import { DataType } from '../../onnx/dataTypes';
import type { NodeProto, TensorProto } from '../../onnx/messages';
import { embeddingTables, quantizedEmbedding } from '../embedLayerNormalization';
import type { Rewritten } from '../rewritten';
import type { DynamicRewriter, WeightForm } from './dynamicRewriter';

/** Rows are taken from the 8-bit table and only those are turned back into floats. */
export function rewriteGather(node: NodeProto, rewriter: DynamicRewriter): Rewritten | undefined {
  const [tableName = '', indices = ''] = node.input;
  const table = rewriter.weight(tableName);
  // Gathers on what the graph computes, or on integers, have no weights to speak of.
  if ('reason' in table) return rewriter.edit.initializer(tableName)?.dataType === DataType.float16 ? table : undefined;
  const names = rewriter.quantizedWeight(table, wholeTable(rewriter));
  const output = node.output[0] ?? '';
  const rows = rewriter.edit.uniqueName(`${output}_quantized`);
  return [
    { ...node, input: [names.tensor, indices], output: [rows] },
    rewriter.node('DequantizeLinear', [rows, names.scale, names.zeroPoint], [output], `${output}_DequantizeLinear`),
  ];
}

/** The tables and both normalization vectors, each with one scale. */
export function rewriteEmbedLayerNormalization(node: NodeProto, rewriter: DynamicRewriter): Rewritten {
  const names = embeddingTables(node);
  if ('reason' in names) return names;
  const tables: TensorProto[] = [];
  for (const name of names) {
    const table = rewriter.weight(name);
    if ('reason' in table) return table;
    tables.push(table);
  }
  const quantized = tables.map((table) => rewriter.quantizedWeight(table, wholeTable(rewriter)));
  return [quantizedEmbedding(node, quantized, rewriter.edit.uniqueName(`${node.name}_quant`))];
}

/** One scale, all bits: nothing is multiplied with a table, so nothing can overflow. */
function wholeTable(rewriter: DynamicRewriter): WeightForm {
  return { key: 'table', scheme: { ...rewriter.scheme, reduced: false } };
}
