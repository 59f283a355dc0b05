// What a person chooses about a quantization, with the defaults of DESIGN §5.

export type Approach = 'static' | 'dynamic';
export type QuantizedFormat = 'qdq' | 'qoperator';
export type QuantizedType = 'uint8' | 'int8';
export type CalibrationMethod = 'minmax' | 'percentile' | 'entropy';

/** Everything that decides what `quantize` makes of a model. */
export interface QuantizationRecipe {
  readonly approach: Approach;
  readonly format: QuantizedFormat;
  readonly activationType: QuantizedType;
  readonly weightType: QuantizedType;
  /** Zero point in the middle of the range for activations; weights are symmetric when int8. */
  readonly activationSymmetric: boolean;
  readonly weightSymmetric: boolean;
  readonly perChannel: boolean;
  /** 7-bit weights, for CPUs whose 8-bit multiply-add saturates (x86 without VNNI). */
  readonly reduceRange: boolean;
  /** How the ranges of weights are found in their values; absent: they are the extremes. */
  readonly weightRange?: WeightRange;
  readonly calibration: CalibrationSettings;
  /** Node names that stay float. */
  readonly excludedNodes: readonly string[];
  /** Op types to quantize; undefined: every type the format supports. */
  readonly opTypes?: readonly string[];
  /** Where single nodes differ from the rest of the recipe, by node name. */
  readonly nodes?: Readonly<Record<string, NodeRecipe>>;
}

/** Both ends of the range of a weight, or of one of its channels; symmetric weights have the upper one alone. */
export interface WeightRange {
  readonly min: WeightRangeEnd;
  readonly max: WeightRangeEnd;
}

export interface WeightRangeEnd {
  readonly type: 'min' | 'max' | 'abs_max' | 'quantile' | 'abs_quantile';
  /** Part of the values beyond the end, for quantiles. */
  readonly outlierProb: number;
  /** The end goes no further from 0 than this, which is above 0. */
  readonly clippingValue?: number;
}

/** What a single node may have otherwise than the rest. */
export interface NodeRecipe {
  readonly perChannel?: boolean;
  /** 7-bit weights. */
  readonly reduceRange?: boolean;
  /** Holds for every activation the node reads or writes. */
  readonly activationSymmetric?: boolean;
}

export interface CalibrationSettings {
  readonly method: CalibrationMethod;
  /** How many samples are read from the data set (fewer if it is smaller). */
  readonly samples: number;
  /** Percent of the values inside the range, for `percentile`. */
  readonly percentile: number;
  /** Histogram bins, for `percentile` and `entropy`. */
  readonly bins: number;
  /** Levels the entropy search compares with. */
  readonly entropyLevels: number;
}

/** Static QDQ, U8S8, per-channel, minmax over 100 samples. */
export const defaultRecipe: QuantizationRecipe = {
  approach: 'static',
  format: 'qdq',
  activationType: 'uint8',
  weightType: 'int8',
  activationSymmetric: false,
  weightSymmetric: true,
  perChannel: true,
  reduceRange: false,
  calibration: { method: 'minmax', samples: 100, percentile: 99.999, bins: 2048, entropyLevels: 128 },
  excludedNodes: [],
};

/** The observed range of a float tensor. */
export interface TensorRange {
  readonly min: number;
  readonly max: number;
}

/** Ranges of every activation the plan needs, by tensor name. */
export type Ranges = ReadonlyMap<string, TensorRange>;

/** How a tensor was quantized: real = scale · (quantized − zeroPoint). */
export interface QuantizationParameters {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** A node that stayed float, and why, in words for a person. */
export interface KeptFloat {
  readonly node: string;
  readonly opType: string;
  readonly reason: string;
}
