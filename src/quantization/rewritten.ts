// The outcome of rewriting one node, in any format that replaces operators by integer ones.
import type { NodeProto } from '../onnx/messages';

/** Names of a quantized tensor and of its scale and zero point. */
export interface QuantizedNames {
  readonly tensor: string;
  readonly scale: string;
  readonly zeroPoint: string;
}

/** Why a node stays float, in words for a person. */
export interface StaysFloat {
  readonly reason: string;
}

/** The nodes that take the place of one, or why it stays float. */
export type Rewritten = readonly NodeProto[] | StaysFloat;

/** The reason for operators that only pass values on, or cost little: quantizing first would cost more than it saves. */
export const inputStaysFloat: StaysFloat = { reason: 'its input stays float, and 8 bits would gain nothing here' };
