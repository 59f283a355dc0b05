// Operators that move or select values and so work on 8-bit data as they are: the output keeps the scale of the input.
import type { NodeProto } from '../../onnx/messages';
import { embeddingTables, quantizedEmbedding } from '../embedLayerNormalization';
import { textOf } from '../prepare/preparation';
import { inputStaysFloat } from '../rewritten';
import type { Rewritten } from '../rewritten';
import type { QOperatorWriter } from './qoperatorWriter';

/** Reshape, Transpose, MaxPool, Slice and their like: the first input and the first output are 8-bit. */
export function writePassThrough(node: NodeProto, writer: QOperatorWriter): Rewritten {
  const [output = '', ...others] = node.output;
  return moved(node, [output], others, node.input.slice(1), writer);
}

/** Split: every output is 8-bit. */
export function writeSplit(node: NodeProto, writer: QOperatorWriter): Rewritten {
  return moved(node, node.output, [], node.input.slice(1), writer);
}

/** Resize interpolates 8-bit values in every mode but cubic. */
export function writeResize(node: NodeProto, writer: QOperatorWriter): Rewritten {
  if (textOf(node, 'mode', 'nearest') === 'cubic')
    return { reason: 'the engine interpolates cubically in floats only' };
  return writePassThrough(node, writer);
}

/** Pad with zeros pads with the zero point; the other modes repeat values of the input. */
export function writePad(node: NodeProto, writer: QOperatorWriter): Rewritten {
  const [input = '', pads = '', value = '', axes = ''] = node.input;
  const rest = axes === '' ? [] : [axes];
  if (textOf(node, 'mode', 'constant') !== 'constant') return moved(node, node.output, [], [pads, '', ...rest], writer);
  if (!writer.isEightBit(input)) return inputStaysFloat;
  // The plan gives the output the input's scale only when the padding is zero.
  if (!writer.sharesScale(input, node.output[0] ?? '')) return { reason: `it pads with "${value}", which is not zero` };
  return moved(node, node.output, [], [pads, writer.quantized(input).zeroPoint, ...rest], writer);
}

/** ArgMax gives the same indexes for 8-bit values. */
export function writeArgMax(node: NodeProto, writer: QOperatorWriter): Rewritten {
  return moved(node, [], node.output, [], writer);
}

/** QEmbedLayerNormalization: rows of 8-bit tables go in, floats come out. */
export function writeEmbedLayerNormalization(node: NodeProto, writer: QOperatorWriter): Rewritten {
  const tables = embeddingTables(node);
  if ('reason' in tables) return tables;
  const problem = writer.operandProblem(...tables);
  if (problem !== undefined) return problem;
  if (!tables.every((table) => writer.isEightBit(table))) return { reason: 'its tables are not constant' };
  const quantized = tables.map((table) => writer.quantized(table));
  return [quantizedEmbedding(node, quantized, writer.edit.uniqueName(`${node.name}_quant`))];
}

/** `eightBit` outputs take the input's scale, `others` (indexes) stay as they are. */
function moved(
  node: NodeProto,
  eightBit: readonly string[],
  others: readonly string[],
  restOfInputs: readonly string[],
  writer: QOperatorWriter,
): Rewritten {
  const [input = ''] = node.input;
  const problem = writer.operandProblem(input, ...eightBit);
  if (problem !== undefined) return problem;
  if (!writer.isEightBit(input)) return inputStaysFloat;
  if (!eightBit.every((output) => writer.sharesScale(input, output))) {
    return { reason: 'its output has another range than its input' };
  }
  const { tensor } = writer.quantized(input);
  const inputs = [tensor, ...restOfInputs.map((name) => writer.float(name))];
  return [{ ...node, input: inputs, output: [...eightBit.map((name) => writer.output(name).tensor), ...others] }];
}
