// Relu and Clip that the plan could not leave out, because their input has other readers or its zero point lies inside.
import { floatAttribute } from '../../onnx/makeMessages';
import type { NodeProto } from '../../onnx/messages';
import { storedLimits } from '../numberScheme';
import { inputStaysFloat } from '../rewritten';
import type { Rewritten } from '../rewritten';
import { unary } from './elementwise';
import type { QOperatorWriter } from './qoperatorWriter';

/** A leaky Relu that leaks nothing: there is no QLinearRelu. */
export function writeRelu(node: NodeProto, writer: QOperatorWriter): Rewritten {
  if (!writer.isEightBit(node.input[0] ?? '')) return inputStaysFloat;
  return unary(node, 'QLinearLeakyRelu', [floatAttribute('alpha', 0)], writer);
}

/** A Clip from 0 up is a Relu, when the range of its output saturates at the upper bound (within half a step). */
export function writeClip(node: NodeProto, writer: QOperatorWriter): Rewritten {
  const [, min = '', max = ''] = node.input;
  const parameters = writer.singleScale(node.output[0] ?? '');
  const upperBound = max === '' ? Infinity : writer.constantFloat(max);
  if (parameters === undefined || upperBound === undefined || writer.constantFloat(min) !== 0) {
    return { reason: 'only a Clip with constant bounds from 0 up has an integer form' };
  }
  const { scale, zeroPoint } = parameters;
  const largest = scale * (storedLimits(writer.parts.recipe.activationType).qmax - zeroPoint);
  if (largest > upperBound + scale / 2) return { reason: 'the range of its output goes beyond its bounds' };
  return writeRelu(node, writer);
}
