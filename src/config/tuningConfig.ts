// What a config.yaml says, checked and with defaults filled in (SYSTEMS §2): the form the tuner works from.
import type { ChosenEntry } from '../dictionary/entry';
import { objectiveEntries } from '../dictionary/objectives';
import { strategyEntries } from '../dictionary/strategies';
import type { DatasetConfig } from './datasetFile';
import type { CalibrationMethod } from './recipe';

/** How a model may be quantized: `auto` lets each node be static or dynamic. */
export type TuningApproach = 'static' | 'dynamic' | 'auto';

/** Element types a config may ask for; only the floating ones among those asked for keep an op float. */
export type ElementTypeName = 'int8' | 'uint8' | 'fp32' | 'bf16' | 'fp16';

/** What weights or activations may be; absent: whatever the engine can do. `kl` is read as `entropy`. */
export interface TensorOptions {
  readonly dtype?: readonly ElementTypeName[];
  readonly scheme?: readonly ('asym' | 'sym')[];
  readonly granularity?: readonly ('per_channel' | 'per_tensor')[];
  readonly algorithm?: readonly CalibrationMethod[];
}

/** What one op, one op type, or every op may be. */
export interface OpOptions {
  readonly weight: TensorOptions;
  readonly activation: TensorOptions;
}

/** Options of the nodes whose whole name matches a regular expression. */
export interface NodePattern {
  /** Source of the expression, as written; it is known to compile. */
  readonly pattern: string;
  readonly options: OpOptions;
  readonly line: number;
  readonly column: number;
}

/**
 * Steps beside the quantization itself. Absent: the strategy decides (`auto` tries what may help, the named ones keep
 * the originals' defaults); true: always; false: never.
 */
export interface RecipeSwitches {
  readonly equalization?: boolean;
  readonly fastBiasCorrection?: boolean;
  readonly weightCorrection?: boolean;
  readonly smoothQuant?: boolean;
  /** Alphas to try, or `auto`: the best alpha of each op (SYSTEMS §4.5). */
  readonly smoothQuantAlphas: readonly number[] | 'auto';
  readonly firstConvOrMatmulQuantization?: boolean;
  readonly lastConvOrMatmulQuantization?: boolean;
  readonly prePostProcessQuantization?: boolean;
  /** Level of the engine's optimization before quantizing; absent: chosen by measuring (auto) or by the model's kind. */
  readonly graphOptimizationLevel?: Exclude<GraphOptimizationLevel, 'ENABLE_ALL'>;
}

export type GraphOptimizationLevel = 'DISABLE_ALL' | 'ENABLE_BASIC' | 'ENABLE_EXTENDED' | 'ENABLE_ALL';

export interface QuantizationSection {
  readonly approach: TuningApproach;
  /** Each is tried, in this order. */
  readonly samplingSizes: readonly number[];
  /** Absent only where the approach is dynamic, and in a file that only evaluates. */
  readonly calibration?: DatasetConfig;
  readonly recipes: RecipeSwitches;
  readonly format?: 'qdq' | 'qoperator';
  readonly reduceRange?: boolean;
  readonly modelWise: OpOptions;
  readonly optypeWise: Readonly<Record<string, OpOptions>>;
  /** In the order written; later ones win. */
  readonly opWise: readonly NodePattern[];
}

/** Conversion to another floating type or graph form, instead of quantizing. */
export interface ConversionSection {
  readonly precisions: readonly ('fp32' | 'bf16' | 'fp16')[];
  /** Nodes (regular expressions matched in full) or op types that keep a precision of their own. */
  readonly opWise: readonly { readonly pattern: string; readonly dtype: 'fp32' | 'bf16' | 'fp16' }[];
  readonly level?: GraphOptimizationLevel;
  /** Inputs and outputs of the model stay float32. */
  readonly keepIoTypes: boolean;
}

export type StrategyName = (typeof strategyEntries)[number]['name'];
export const strategyNames: readonly StrategyName[] = strategyEntries.map(({ name }) => name);

/** What the strategy accuracy_aware is told (SYSTEMS §7.7). */
export interface AccuracyAwareOptions {
  /** Activation ranges: symmetric (performance) or as they are (mixed). */
  readonly preset: 'performance' | 'mixed';
  /** Hardest samples that groups of layers are ranked on. */
  readonly rankingSubsetSize: number;
  /** Groups reverted at most; Infinity sets no limit. */
  readonly maxIterations: number;
  readonly usePreviousIfDropIncreases: boolean;
  readonly convertToMixedPreset: boolean;
  readonly tuneHyperparams: boolean;
  /** Compare with the float model's own answers, where it is at least so sure of them; absent: with the labels. */
  readonly annotationFree?: { readonly confidence: number };
}

export interface AccuracyCriterion {
  readonly kind: 'relative' | 'absolute';
  /** Largest acceptable loss: a fraction of the float model's figure, or the difference itself. */
  readonly tolerance: number;
  /** Absent: as the metric has it. */
  readonly higherIsBetter?: boolean;
}

export type ObjectiveName = (typeof objectiveEntries)[number]['name'];
export const objectiveNames: readonly ObjectiveName[] = objectiveEntries.map(({ name }) => name);

export interface Objective {
  readonly name: ObjectiveName;
  readonly weight: number;
  readonly higherIsBetter: boolean;
}

export interface TuningSection {
  readonly strategy: StrategyName;
  /** Factors of tpe's loss. */
  readonly accuracyWeight: number;
  readonly latencyWeight: number;
  /** Batches that mse_v2 and hawq_v2 look at. */
  readonly confidenceBatches: number;
  /** Present for the strategy accuracy_aware. */
  readonly accuracyAware?: AccuracyAwareOptions;
  readonly criterion: AccuracyCriterion;
  readonly objectives: readonly Objective[];
  /** 0: no time limit. */
  readonly timeoutS: number;
  readonly maxTrials: number;
  /** Take the fully quantized model without looking at its accuracy. */
  readonly performanceOnly: boolean;
  readonly randomSeed: number;
  /** Where runs are kept when the command line names no workspace. */
  readonly workspacePath?: string;
  readonly diagnosisAfterTuning: boolean;
}

export interface MetricChoice extends ChosenEntry {
  /** Factor in the mean of several metrics; absent for all: each metric must meet the goal by itself. */
  readonly weight?: number;
  /** Absent: as the metric has it. */
  readonly higherIsBetter?: boolean;
}

export interface AccuracySection {
  readonly dataset: DatasetConfig;
  /** At least one. */
  readonly metrics: readonly MetricChoice[];
  /** Batches at most; absent: all. */
  readonly iterations?: number;
}

export interface PerformanceSection {
  /** Absent: the data of the accuracy section, or of calibration. */
  readonly dataset?: DatasetConfig;
  readonly warmupIterations: number;
  /** Timed runs of each model; absent: as many as a stable figure needs. */
  readonly iterations?: number;
  readonly threads: number;
  readonly batchSize: number;
  readonly instances: number;
  readonly coresPerInstance?: number;
}

/** A checked config.yaml; every path in it is absolute. */
export interface TuningConfig {
  readonly path: string;
  readonly model: {
    readonly name: string;
    /** Our addition; absent: the command line names the model. */
    readonly path?: string;
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
  };
  readonly task:
    | { readonly kind: 'quantization'; readonly quantization: QuantizationSection }
    | { readonly kind: 'graph_optimization' | 'mixed_precision'; readonly conversion: ConversionSection };
  readonly tuning: TuningSection;
  readonly accuracy?: AccuracySection;
  readonly performance: PerformanceSection;
}
