// Conv, MatMul and Gemm with their integer operators.
import { makeNode } from '../../onnx/makeMessages';
import type { NodeProto } from '../../onnx/messages';
import { withoutAttributes } from '../prepare/preparation';
import type { QuantizedNames, Rewritten } from '../rewritten';
import type { QOperatorWriter } from './qoperatorWriter';

const biasNotConstant = { reason: 'its bias is not a constant that fits its channels' };

/** QLinearConv; the bias is int32. */
export function writeConv(node: NodeProto, writer: QOperatorWriter): Rewritten {
  const [input = '', weight = ''] = node.input;
  const [output = ''] = node.output;
  const problem = writer.operandProblem(input, output) ?? writer.weightProblem(weight);
  if (problem !== undefined) return problem;
  const bias = writer.bias(node, 2);
  if (bias === undefined) return biasNotConstant;
  const factors = [...operand(writer.quantized(input)), ...operand(writer.quantized(weight))];
  const result = writer.output(output);
  const inputs = [...factors, result.scale, result.zeroPoint, ...(bias === '' ? [] : [bias])];
  return [standardNode('QLinearConv', inputs, result.tensor, node, writer)];
}

/** QLinearMatMul; both sides may be activations. */
export function writeMatMul(node: NodeProto, writer: QOperatorWriter): Rewritten {
  const [left = '', right = ''] = node.input;
  const [output = ''] = node.output;
  const problem = writer.operandProblem(left, output) ?? writer.weightProblem(right);
  if (problem !== undefined) return problem;
  const factors = [...operand(writer.quantized(left)), ...operand(writer.quantized(right))];
  const result = writer.output(output);
  return [standardNode('QLinearMatMul', [...factors, result.scale, result.zeroPoint], result.tensor, node, writer)];
}

/** QGemm: alpha and the transpositions stay attributes, beta is in the int32 bias already. */
export function writeGemm(node: NodeProto, writer: QOperatorWriter): Rewritten {
  const [left = '', right = ''] = node.input;
  const [output = ''] = node.output;
  const problem = writer.operandProblem(left, output) ?? writer.weightProblem(right);
  if (problem !== undefined) return problem;
  const bias = writer.bias(node, 2);
  if (bias === undefined) return biasNotConstant;
  const factors = [...operand(writer.quantized(left)), ...operand(writer.quantized(right))];
  const result = writer.output(output);
  const inputs = [...factors, bias, result.scale, result.zeroPoint];
  return [writer.contribution(node, 'QGemm', inputs, [result.tensor], withoutAttributes(node, 'beta').attribute)];
}

function operand({ tensor, scale, zeroPoint }: QuantizedNames): readonly string[] {
  return [tensor, scale, zeroPoint];
}

function standardNode(
  opType: string,
  inputs: readonly string[],
  output: string,
  { name, attribute: attributes }: NodeProto,
  writer: QOperatorWriter,
): NodeProto {
  return makeNode({ opType, inputs, outputs: [output], name: writer.edit.uniqueName(`${name}_quant`), attributes });
}
