// What the job `diagnose` is asked to do and what it answers: where a quantized model loses accuracy, and time.
import type { DimensionSizes, Environment, MachineFacts } from './environment';

export interface DiagnoseSpec {
  readonly verb: 'diagnose';
  readonly floatPath: string;
  /** A quantized form of the same model. */
  readonly int8Path: string;
  readonly datasetPath: string;
  /** How many samples errors are measured on. */
  readonly samples: number;
  readonly dimensions: DimensionSizes;
  readonly threads: number;
}

/** How an operator computes in the quantized model; `dynamic`: its activations are quantized while the model runs. */
export type OpPrecision = 'int8' | 'dynamic' | 'float';

/** Counts of the values of a tensor, float and dequantized, in bins of one width over `min` … `max`. */
export interface HistogramPair {
  readonly min: number;
  readonly max: number;
  /** Null where the float model has no such tensor: weights that were changed before quantizing. */
  readonly float: readonly number[] | null;
  readonly int8: readonly number[];
}

/** One operator of the float model, and what became of it. */
export interface OpDiagnosis {
  /** Its name, or its first output where it has none. */
  readonly node: string;
  readonly opType: string;
  /** Other nodes of the float model that have no values of their own in the quantized one, such as a Relu merged into it. */
  readonly mergedNodes: readonly string[];
  readonly precision: OpPrecision;
  /** The operator in whose kernel the engine computes this one, in the quantized model or else in the float one. */
  readonly computedWith: string | null;
  /** Null for operators without quantized weights. */
  readonly weight: { readonly type: string; readonly granularity: 'per_tensor' | 'per_channel' } | null;
  /** Element type of what it reads in the quantized model: `uint8`, `int8`, `float32`. */
  readonly activationType: string;
  /** Mean squared difference of its float and its dequantized output, each scaled to 0…1; null when not finite. */
  readonly mse: number | null;
  /** Signal to quantization noise of its output in dB; null when there is no noise (or no signal). */
  readonly sqnrDb: number | null;
  /** Its channels have other scales on purpose (equalization, SmoothQuant): `mse` and `sqnrDb` say nothing. */
  readonly isRescaled: boolean;
  /** Range of its float output. */
  readonly activationMin: number;
  readonly activationMax: number;
  /**
   * Microseconds of one inference in each model; null where it is computed by the kernel of another operator (or was
   * removed by the engine), or not measured.
   */
  readonly floatUs: number | null;
  readonly int8Us: number | null;
  readonly activations: HistogramPair | null;
  readonly weights: HistogramPair | null;
}

/**
 * Orders operators by what they lose: an error that is not finite comes first, errors that say nothing come last, because
 * no choice about their operator makes the model better.
 */
export function byError(one: RankedOp, other: RankedOp): number {
  return Number(one.isRescaled) - Number(other.isRescaled) || (other.mse ?? Infinity) - (one.mse ?? Infinity) || 0;
}

type RankedOp = Pick<OpDiagnosis, 'mse' | 'isRescaled'>;

export type SpeedFindingCode =
  | 'float-ops'
  | 'unfused-pairs'
  | 'conversions'
  | 'layout'
  | 'dynamic-integer'
  | 'signed-activations'
  | 'unsigned-weights'
  | 'cpu-instructions'
  | 'slower-ops'
  | 'overhead';

/** One reason why the quantized model is not faster than it is. */
export interface SpeedFinding {
  readonly code: SpeedFindingCode;
  /** What was seen and what to do, in a sentence or two. */
  readonly message: string;
  /** Nodes it is about, those that cost most first. */
  readonly ops: readonly string[];
  /** Fraction of the quantized model's time; null where it has no time of its own. */
  readonly shareOfTime: number | null;
}

/** Times of one inference in microseconds. */
export interface ModelTimes {
  /** Median of whole inferences, measured without recording. */
  readonly wallUs: number;
  /** Sum over the nodes, from the engine's record. */
  readonly kernelUs: number;
}

export interface DiagnoseResult {
  readonly float: string;
  readonly int8: string;
  /** In graph order. */
  readonly ops: readonly OpDiagnosis[];
  readonly findings: readonly SpeedFinding[];
  readonly times: { readonly float: ModelTimes; readonly int8: ModelTimes; readonly runs: number };
  readonly samples: number;
  readonly warnings: readonly string[];
  readonly environment: Environment;
  readonly machine: MachineFacts;
  readonly floatSha256: string;
  readonly int8Sha256: string;
  readonly ms: number;
}
