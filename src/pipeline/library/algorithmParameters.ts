// The parameters of the algorithms, as a script writes them and the compiler checks them (SYSTEMS §7.5, §7.7). Their meaning
// and their defaults are in the README; `quantizationSettings` and `accuracyAwareSettings` read them.
import type { Aggregator } from '../../quantization/estimators/aggregators';
import type { EstimatorPreset, RangeMode, StatisticType } from '../../quantization/estimators/rangeEstimator';
import type { BothSpellings } from './spellings';

/** How one end of a range is estimated. */
export type RangeEndParameters = BothSpellings<{
  readonly type?: StatisticType;
  readonly aggregator?: Aggregator;
  /** For quantiles, from 0 to 0.5. */
  readonly outlierProb?: number;
  readonly clippingValue?: number | null;
}>;

export interface RangeEstimatorParameters {
  readonly preset?: EstimatorPreset;
  readonly min?: RangeEndParameters;
  readonly max?: RangeEndParameters;
}

/** Ends without an aggregator: a weight is one tensor. Symmetric weights have `max` alone. */
export interface WeightRangeParameters {
  readonly preset?: EstimatorPreset;
  readonly min?: WeightEndParameters;
  readonly max?: WeightEndParameters;
}

export type WeightEndParameters = BothSpellings<{
  readonly type?: StatisticType;
  readonly outlierProb?: number;
  readonly clippingValue?: number | null;
}>;

export type WeightParameters = BothSpellings<{
  readonly bits?: 8;
  readonly mode?: RangeMode;
  /** Asymmetric weights need `pertensor`. */
  readonly granularity?: 'perchannel' | 'pertensor';
  /** Those of the mode: the engine has no others. */
  readonly levelLow?: number;
  readonly levelHigh?: number;
  readonly rangeEstimator?: WeightRangeParameters;
}>;

export type ActivationParameters = BothSpellings<{
  readonly bits?: 8;
  readonly mode?: RangeMode;
  readonly granularity?: 'pertensor';
  readonly levelLow?: 0;
  readonly levelHigh?: 255;
  readonly rangeEstimator?: RangeEstimatorParameters;
}>;

/** What stays float: nodes by name, operators, or everything. */
export type IgnoredParameters = BothSpellings<{
  readonly scope?: readonly string[];
  readonly operations?: readonly {
    readonly type: string;
    readonly attributes?: Readonly<Record<string, number | string | readonly number[]>>;
  }[];
  readonly skipModel?: boolean;
}>;

interface QuantizationParameters {
  readonly preset?: 'performance' | 'mixed' | 'accuracy';
  readonly statSubsetSize?: number;
  readonly shuffleData?: boolean;
  readonly seed?: number;
  readonly statBatchSize?: number;
  readonly targetDevice?: 'ANY' | 'CPU';
  readonly modelType?: 'transformer' | null;
  readonly inplaceStatistics?: true;
  /** For the whole model, or by the names of the parts of a cascade. */
  readonly ignored?: IgnoredParameters | Readonly<Record<string, IgnoredParameters>>;
  readonly weights?: WeightParameters;
  readonly activations?: ActivationParameters;
  readonly rangeEstimator?: RangeEstimatorParameters;
  readonly useFastBias?: boolean;
  readonly applyForAllNodes?: boolean;
  readonly threshold?: number;
  readonly saturationFix?: 'no' | 'first_layer' | 'all';
  readonly useLayerwiseTuning?: false;
  readonly dumpIntermediateModel?: false;
  readonly channelAlignment?: boolean;
}

/** Of DefaultQuantization; each in camelCase or as POT spells it. */
export type DefaultQuantizationParameters = BothSpellings<
  QuantizationParameters & {
    /** It needs a metric, which AccuracyAwareQuantization has. */
    readonly tuneHyperparams?: false;
  }
>;

/** Of AccuracyAwareQuantization, those of its base algorithm among them. */
export type AccuracyAwareParameters = BothSpellings<
  QuantizationParameters & {
    readonly rankingSubsetSize?: number;
    readonly maxIterNum?: number;
    readonly maximalDrop?: number;
    readonly dropType?: 'absolute' | 'relative';
    readonly usePrevIfDropIncrease?: boolean;
    readonly baseAlgorithm?: 'DefaultQuantization';
    readonly annotationFree?: boolean;
    readonly annotationConfThreshold?: number;
    readonly convertToMixedPreset?: boolean;
    readonly tuneHyperparams?: boolean;
    /** Absent: all of the engine's metric. */
    readonly metrics?: readonly BothSpellings<{
      readonly name: string;
      readonly type?: string;
      readonly baselineValue?: number;
    }>[];
    readonly metricSubsetRatio?: number;
  }
>;

/** An algorithm by its name. */
export type AlgorithmConfig =
  | { readonly name: 'DefaultQuantization'; readonly params?: DefaultQuantizationParameters }
  | { readonly name: 'AccuracyAwareQuantization'; readonly params?: AccuracyAwareParameters };
