// ONNX Runtime's fused embedding layer with 8-bit tables, as dynamic and QOperator quantization both write it.
import { makeNode } from '../onnx/makeMessages';
import type { NodeProto } from '../onnx/messages';
import type { QuantizedNames, StaysFloat } from './rewritten';

/** Names of the three tables and the two normalization vectors, or why the node has no 8-bit form. */
export function embeddingTables(node: NodeProto): readonly string[] | StaysFloat {
  const tables = node.input.slice(2, 7);
  const positions = node.input[8] ?? '';
  const sum = node.output[2] ?? '';
  if (sum !== '') return { reason: 'its third output has no 8-bit form' };
  if (positions !== '') return { reason: 'it is given positions, which have no 8-bit form' };
  return tables.length === 5 && !tables.includes('') ? tables : { reason: 'it has no segment table' };
}

/** QEmbedLayerNormalization: ids, segments, the tables, the mask, then all scales and all zero points. */
export function quantizedEmbedding(node: NodeProto, tables: readonly QuantizedNames[], name: string): NodeProto {
  const [ids = '', segments = ''] = node.input;
  const inputs = [
    ids,
    segments,
    ...tables.map((table) => table.tensor),
    node.input[7] ?? '',
    ...tables.map((table) => table.scale),
    ...tables.map((table) => table.zeroPoint),
  ];
  const { output: outputs, attribute: attributes, domain } = node;
  return makeNode({
    opType: 'QEmbedLayerNormalization',
    inputs,
    outputs,
    name,
    domain,
    attributes,
  });
}
