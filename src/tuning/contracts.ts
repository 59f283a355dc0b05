// What a tuning strategy works with: the search space, the configuration of a trial, and what it learns from each.
import type { CalibrationMethod, QuantizedFormat } from '../config/recipe';
import type { AccuracyAwareOptions, RecipeSwitches, TuningApproach } from '../config/tuningConfig';
import type { RangeEstimator } from '../quantization/estimators/rangeEstimator';

/** How one node computes in a trial. */
export type OpConfig =
  | { readonly mode: 'float' }
  | {
      readonly mode: 'static';
      readonly activationScheme: 'asym' | 'sym';
      readonly activationAlgorithm: CalibrationMethod;
      readonly weightGranularity: 'per_channel' | 'per_tensor';
    }
  | { readonly mode: 'dynamic'; readonly weightGranularity: 'per_channel' | 'per_tensor' };

/** A node that has an 8-bit form, and its forms in the order of SYSTEMS §3.1; the first of a mode is its default. */
export interface OpSpace {
  readonly node: string;
  readonly opType: string;
  /** A Conv, MatMul, Gemm or Attention with constant weights: where 8 bits save most. */
  readonly isConstantProduct: boolean;
  readonly staticForms: readonly Extract<OpConfig, { mode: 'static' }>[];
  readonly dynamicForms: readonly Extract<OpConfig, { mode: 'dynamic' }>[];
}

/** How far the engine merges nodes before quantizing: `extended` makes its own operators, such as fused attention. */
export type Fusion = 'disabled' | 'basic' | 'extended';

/** Everything that can be chosen for one model at one level of fusion. */
export interface SearchSpace {
  readonly fusion: Fusion;
  readonly format: QuantizedFormat;
  /** In graph order; nodes that the user's config keeps float are not in it. */
  readonly ops: readonly OpSpace[];
  readonly samplingSizes: readonly number[];
  /** Nodes of each transformer block, the last block first (SYSTEMS §4.1); empty for other models. */
  readonly blocks: readonly (readonly string[])[];
  /**
   * All ops, in graph order, those together that share an 8-bit input: what is reverted to float is such a group, as a
   * conversion that one of them still needs would be left for the others (SYSTEMS §7.5, reverting a block).
   */
  readonly linked: readonly (readonly string[])[];
  /** First and last Conv, MatMul or Attention (SYSTEMS §4.1, recipe semantics). */
  readonly firstOp: string | undefined;
  readonly lastOp: string | undefined;
  /** Nodes that lie on no path between the first and the last quantizable node. */
  readonly prePostOps: readonly string[];
  /** Of nodes that the engine has merged or renamed: what the user's model calls them. */
  readonly modelNames: ReadonlyMap<string, string>;
}

/** Everything that decides the model of a trial. Plain JSON: it is the trial's identity in the history. */
export interface TrialConfig {
  readonly fusion: Fusion;
  readonly format: QuantizedFormat;
  readonly equalization: boolean;
  readonly smoothQuantAlpha: number | 'auto' | null;
  readonly fastBiasCorrection: boolean;
  /** Biases corrected layer by layer, in the place of the fast form; absent: not. */
  readonly fullBiasCorrection?: boolean;
  /** Channels between neighbouring convolutions moved to 0 and to one width (SYSTEMS §7.6); absent: not. */
  readonly channelAlignment?: boolean;
  readonly weightCorrection: boolean;
  readonly samplingSize: number;
  /** For ops whose algorithm is `percentile`. */
  readonly percentile: number;
  /** Takes the place of the ops' algorithms and schemes: ranges estimated as POT does. */
  readonly rangeEstimator?: RangeEstimator;
  /** By node name; nodes that are missing stay float. */
  readonly ops: Readonly<Record<string, OpConfig>>;
}

/** What a strategy asks for next. */
export interface TrialRequest<Config = TrialConfig> {
  readonly config: Config;
  /** What is different here, for people: `MatMul_12 stays float`. */
  readonly change: string;
}

/** What it learns from it. */
export interface TrialOutcome<Config = TrialConfig> {
  readonly id: number;
  readonly config: Config;
  /** The metric (the weighted mean of several); NaN for a trial that failed. */
  readonly accuracy: number;
  /**
   * Accuracy gained over the float model on the same samples, positive is better whatever the metric's direction;
   * −Infinity for a trial that failed. Comparable between trials that saw different numbers of samples.
   */
  readonly accuracyGain: number;
  /** Accuracy lost in each figure of the goal, positive is worse; Infinity where it is not a number, or the trial failed. */
  readonly drops: readonly number[];
  readonly latencyMs: number;
  readonly sizeBytes: number;
  readonly meetsGoal: boolean;
  /** Meets the goal and is better than the float model in the objective, beyond the noise. */
  readonly isAcceptable: boolean;
  /** True when the same configuration had been run before and nothing was run now. */
  readonly isRepeated: boolean;
  readonly error?: string;
}

/** Cheap measurements on a few calibration samples, without the metric. */
export interface Probes {
  /**
   * For every node quantized in `config`: MSE between its float and its quantized output, both min-max normalised
   * (SYSTEMS §1.8), on the first calibration batch.
   */
  opErrors(config: TrialConfig): Promise<ReadonlyMap<string, number>>;
  /** MSE between the outputs of the model made from `config` and those of the float model, over a few batches. */
  outputError(config: TrialConfig): Promise<number>;
  /**
   * Sets of nodes quantized in `config` that are better left float, by measured times of both kinds and of the
   * conversions between them; each set is the best for another guess of what conversions cost. Distinct, none empty.
   */
  placements(config: TrialConfig): Promise<readonly (readonly string[])[]>;
  /** How many pairs of layers cross-layer equalization would change. */
  equalizablePairs(fusion: Fusion): Promise<number>;
}

/** One figure of the accuracy goal: a metric, or the weighted mean of several. */
export interface GoalFigure {
  readonly name: string;
  /** Of the float model. */
  readonly baseline: number;
  /** Largest acceptable loss, absolute. */
  readonly limit: number;
}

/** What labelled samples say about a configuration; answered from the history where it was asked before. */
export interface SampleProbes {
  /**
   * The samples that lose most of a figure from the float model to the model of `config`, hardest first; where a metric
   * has no values for single samples, those whose outputs turn away most.
   */
  hardest(config: TrialConfig, figure: number, count: number): Promise<readonly number[]>;
  /** A figure over some samples, signed so that more is better; −Infinity where the model cannot be made or run. */
  score(config: TrialConfig, figure: number, samples: readonly number[]): Promise<number>;
}

/** What a strategy is given. */
export interface StrategyContext {
  readonly space: SearchSpace;
  /** The space at another level of fusion or in another format; the ops may have other names there. */
  spaceAt(fusion: Fusion, format: QuantizedFormat): Promise<SearchSpace>;
  /** What the config fixes: absent, all formats and levels may be tried. */
  readonly fixed: { readonly format?: QuantizedFormat; readonly fusion?: Fusion };
  /** Whether speed is an objective: else slow models are worth as much as fast ones. */
  readonly looksAtSpeed: boolean;
  readonly approach: TuningApproach;
  readonly recipes: RecipeSwitches;
  readonly seed: number;
  readonly maxTrials: number;
  readonly baseline: { readonly accuracy: number; readonly latencyMs: number };
  /** Largest acceptable loss of accuracy, absolute and positive. */
  readonly tolerance: number;
  /** Factors of tpe's loss. */
  readonly accuracyWeight: number;
  readonly latencyWeight: number;
  readonly probes: Probes;
  /** One for each figure of the goal; `tolerance` is the limit of the first. */
  readonly figures: readonly GoalFigure[];
  readonly samples: SampleProbes;
  /** What the config says for the strategy accuracy_aware; absent for others. */
  readonly accuracyAware?: AccuracyAwareOptions;
  /** Tells the person something about the search, for the report of the run. */
  note(sentence: string): void;
}

/** A search that decides from the outcomes alone: each `yield` asks for a trial and is answered with its outcome. */
export type TrialSteps<Result = void, Config = TrialConfig> = Generator<
  TrialRequest<Config>,
  Result,
  TrialOutcome<Config>
>;

/** The same of a search that also has to wait for something else, such as what a probe measures. */
export type AsyncTrialSteps<Result = void, Config = TrialConfig> = AsyncGenerator<
  TrialRequest<Config>,
  Result,
  TrialOutcome<Config>
>;

/**
 * The order in which configurations are tried; returning ends the search. The runner owns budget, history and
 * best-so-far, and may stop asking at any time.
 */
export type Strategy = (context: StrategyContext) => TrialSteps | AsyncTrialSteps;
