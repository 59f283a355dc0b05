// Tells whether, and in which way, a model is quantized.
import type { ModelProto } from './messages';
import { scopesOf } from './modelWalk';

/**
 * - `qdq`: float operators between QuantizeLinear and DequantizeLinear;
 * - `qoperator`: operators on 8-bit tensors (QLinearConv, QGemm, …);
 * - `dynamic`: activations are quantized while the model runs (DynamicQuantizeLinear, MatMulInteger, …);
 * - `weight-only`: only stored weights are (MatMulNBits, DequantizeLinear of constants);
 * - `mixed`: more than one of these; `none`: not quantized.
 */
export type QuantizationForm = 'none' | 'qdq' | 'qoperator' | 'dynamic' | 'weight-only' | 'mixed';

const dynamicOps: ReadonlySet<string> = new Set([
  'DynamicQuantizeLinear',
  'MatMulInteger',
  'MatMulInteger16',
  'ConvInteger',
  'MatMulIntegerToFloat',
  'DynamicQuantizeMatMul',
  'DynamicQuantizeLSTM',
  'QAttention',
  'QEmbedLayerNormalization',
]);

const weightOnlyOps: ReadonlySet<string> = new Set([
  'MatMulNBits',
  'MatMulBnb4',
  'MatMulFpQ4',
  'GatherBlockQuantized',
  'QMoE',
]);

/** What an op type says of the model it is in; undefined for those that float models have, too. */
export type QuantizedKind = 'quantize' | 'dequantize' | 'qoperator' | 'dynamic' | 'weight-only';

/** Sorts the op types that only quantized models have. */
export function quantizedKindOf(opType: string): QuantizedKind | undefined {
  if (opType === 'QuantizeLinear') return 'quantize';
  if (opType === 'DequantizeLinear') return 'dequantize';
  if (/^(QLinear|QOrdered|QGemm$)/.test(opType)) return 'qoperator';
  if (dynamicOps.has(opType)) return 'dynamic';
  return weightOnlyOps.has(opType) ? 'weight-only' : undefined;
}

/** Whether operators of this type only turn numbers of one type into another. */
export function isConversion(opType: string): boolean {
  const kind = quantizedKindOf(opType);
  return kind === 'quantize' || kind === 'dequantize' || opType === 'DynamicQuantizeLinear';
}

/** The type of which this one is the 8-bit form (`QLinearConv`: `Conv`); any other type as it is. */
export function floatTypeOf(opType: string): string {
  if (quantizedKindOf(opType) === undefined || isConversion(opType)) return opType;
  return opType
    .replace(/^(QLinear|QOrdered|DynamicQuantize|Q(?=[A-Z]))/, '')
    .replace(/(Integer16|IntegerToFloat|Integer|NBits|Bnb4|FpQ4|BlockQuantized)$/, '');
}

/** The form of a model, subgraphs included, and how many of its nodes only a quantized model has. */
export function quantizationFormOf(model: ModelProto): { form: QuantizationForm; nodes: number } {
  const kinds = new Set<QuantizedKind>();
  let nodes = 0;
  for (const { graph } of scopesOf(model)) {
    for (const { opType } of graph.node) {
      const kind = quantizedKindOf(opType);
      if (kind === undefined) continue;
      kinds.add(kind);
      nodes++;
    }
  }
  const forms: QuantizationForm[] = [];
  // QOperator models have Q and DQ at their borders, dynamic ones DQ behind a quantized Gather.
  if (kinds.has('qoperator')) forms.push('qoperator');
  else if (kinds.has('quantize')) forms.push('qdq');
  if (kinds.has('dynamic')) forms.push('dynamic');
  if (kinds.has('weight-only') || (kinds.size === 1 && kinds.has('dequantize'))) forms.push('weight-only');
  return { form: forms.length > 1 ? 'mixed' : (forms[0] ?? 'none'), nodes };
}
