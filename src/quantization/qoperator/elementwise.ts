// Operators of ONNX Runtime's own domain that compute element by element, over windows, or along an axis.
import { intAttribute } from '../../onnx/makeMessages';
import type { AttributeProto, NodeProto } from '../../onnx/messages';
import { intOf } from '../prepare/preparation';
import { inputStaysFloat } from '../rewritten';
import type { QuantizedNames, Rewritten } from '../rewritten';
import type { QOperatorWriter } from './qoperatorWriter';

/** QLinearAdd and QLinearMul. */
export function writeBinary(node: NodeProto, writer: QOperatorWriter): Rewritten {
  const [left = '', right = ''] = node.input;
  const [output = ''] = node.output;
  const problem = writer.operandProblem(left, right, output);
  if (problem !== undefined) return problem;
  const operands = [left, right].flatMap((tensor) => triple(writer.quantized(tensor)));
  const result = writer.output(output);
  const inputs = [...operands, result.scale, result.zeroPoint];
  return [writer.contribution(node, `QLinear${node.opType}`, inputs, [result.tensor], node.attribute)];
}

/** QLinearSigmoid, QLinearLeakyRelu and QLinearAveragePool: one input, one output, the same attributes. */
export function writeUnary(node: NodeProto, writer: QOperatorWriter): Rewritten {
  return unary(node, `QLinear${node.opType}`, node.attribute, writer);
}

/** QLinearGlobalAveragePool, where its input is in 8 bits anyway. */
export function writeGlobalAveragePool(node: NodeProto, writer: QOperatorWriter): Rewritten {
  if (!writer.isEightBit(node.input[0] ?? '')) return inputStaysFloat;
  return unary(node, 'QLinearGlobalAveragePool', [intAttribute('channels_last', 0)], writer);
}

/** QLinearSoftmax asks which operator set it stands for: Softmax changed its meaning in 13. */
export function writeSoftmax(node: NodeProto, writer: QOperatorWriter): Rewritten {
  const opset = writer.edit.opset('') ?? 1;
  const axis = intOf(node, 'axis', opset < 13 ? 1 : -1);
  return unary(node, 'QLinearSoftmax', [intAttribute('axis', axis), intAttribute('opset', opset)], writer);
}

/** QLinearConcat: the output's scale comes first, then every input with its own. */
export function writeConcat(node: NodeProto, writer: QOperatorWriter): Rewritten {
  const [output = ''] = node.output;
  const problem = writer.operandProblem(...node.input, output);
  if (problem !== undefined) return problem;
  const operands = node.input.flatMap((tensor) => triple(writer.quantized(tensor)));
  const result = writer.output(output);
  const inputs = [result.scale, result.zeroPoint, ...operands];
  return [writer.contribution(node, 'QLinearConcat', inputs, [result.tensor], node.attribute)];
}

/** QLinearWhere, where both choices are in 8 bits anyway. */
export function writeWhere(node: NodeProto, writer: QOperatorWriter): Rewritten {
  const [condition = '', whenTrue = '', whenFalse = ''] = node.input;
  const [output = ''] = node.output;
  const problem = writer.operandProblem(whenTrue, whenFalse, output);
  if (problem !== undefined) return problem;
  if (!writer.isEightBit(whenTrue) || !writer.isEightBit(whenFalse)) return inputStaysFloat;
  const operands = [whenTrue, whenFalse].flatMap((tensor) => triple(writer.quantized(tensor)));
  const result = writer.output(output);
  const inputs = [writer.float(condition), ...operands, result.scale, result.zeroPoint];
  return [writer.contribution(node, 'QLinearWhere', inputs, [result.tensor], node.attribute)];
}

/** One 8-bit input and output, each with its own scale. */
export function unary(
  node: NodeProto,
  opType: string,
  attributes: readonly AttributeProto[],
  writer: QOperatorWriter,
): Rewritten {
  const [input = ''] = node.input;
  const [output = ''] = node.output;
  const problem = writer.operandProblem(input, output);
  if (problem !== undefined) return problem;
  const operand = triple(writer.quantized(input));
  const result = writer.output(output);
  const inputs = [...operand, result.scale, result.zeroPoint];
  return [writer.contribution(node, opType, inputs, [result.tensor], attributes)];
}

function triple({ tensor, scale, zeroPoint }: QuantizedNames): readonly string[] {
  return [tensor, scale, zeroPoint];
}
