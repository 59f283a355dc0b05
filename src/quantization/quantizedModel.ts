// What rewriting a model gives, in every format: the new graph and the account of what was done.
import type { KeptFloat } from '../config/recipe';
import type { ModelProto } from '../onnx/messages';
import type { RangeRecord } from '../protocol/jobs';

/** The result of rewriting: a pure value, not yet written anywhere. */
export interface QuantizedModel {
  readonly proto: ModelProto;
  /** How many nodes of each original op type now compute on 8-bit integers. */
  readonly quantizedOps: Readonly<Record<string, number>>;
  readonly keptFloat: readonly KeptFloat[];
  /** By tensor name; empty for dynamic quantization, which measures ranges while the model runs. */
  readonly ranges: Readonly<Record<string, RangeRecord>>;
  /** What was done beside quantizing, one sentence each. */
  readonly notes: readonly string[];
}
