// What the jobs `sensitivity` and `prune` are asked to do and what they answer. Sparsity is in percent (0…100) where a
// name ends in Percent, and a fraction (0…1) where it ends in Fraction: the originals had both (SYSTEMS §6.2).
import type { DimensionSizes, Environment, MachineFacts } from './environment';
import type { Comparison } from './jobs';

/**
 * Mean sparsity that is aimed at where nobody says another. Neural Compressor's 0.97 and Sparsify's 0.85 (SYSTEMS §2.6, §6.5)
 * count on training afterwards, and there is none here: of ten models whose accuracy "npm run bench -- pruning" measures,
 * at 0.3 seven keep all but 4 points, at 0.4 five, at 0.8 one.
 */
export const defaultTargetSparsity = 0.3;

/** What a layer's sparsity is compared with. */
export type SensitivityKind = 'loss' | 'perf';

/** `approx` runs nothing; `one-shot` is for loss and prunes and runs, `measured` is for perf and prunes and times. */
export type SensitivityMethod = 'approx' | 'one-shot' | 'measured';

/** What an analysis is run with; what a method has no use for is of no effect. */
export interface SensitivitySettings {
  /** Sparsities as fractions, ascending, for one-shot and measured; null: those of the original. */
  readonly levelFractions: readonly number[] | null;
  /** Samples each level of each layer is measured on, for one-shot. */
  readonly samples: number;
  /** Samples in one run; a model with a batch size of its own has that. */
  readonly batchSize: number;
  /** Threads inside an operator. */
  readonly threads: number;
  /** Inferences before those that are timed, for measured. */
  readonly warmupRuns: number;
  /** Inferences that are timed, for measured. */
  readonly iterations: number;
}

export interface SensitivitySpec extends SensitivitySettings {
  readonly verb: 'sensitivity';
  readonly modelPath: string;
  /** Samples for one-shot and measured; absent: seeded random inputs. */
  readonly datasetPath?: string;
  /** What people call the data set; absent: by its path. */
  readonly datasetName?: string;
  readonly kind: SensitivityKind;
  readonly method: SensitivityMethod;
  readonly dimensions: DimensionSizes;
}

export interface ApproximateLossPoint {
  /** Sum of the magnitudes that are pruned. */
  readonly loss: number;
  readonly sparsityPercent: number;
}

export interface ApproximatePerfPoint {
  /** A multiplication with its addition counts as one. */
  readonly flops: number;
  readonly sparsityPercent: number;
}

export interface OneShotLossPoint {
  /** Divergence of the outputs; null when the pruned model made values that are not finite. */
  readonly loss: number | null;
  readonly sparsityFraction: number;
}

export interface MeasuredPerfPoint {
  /** Multiplications and additions counted apart; what the engine computes, zeros included. Null where a size is unknown. */
  readonly flops: number | null;
  /** Those that are left for an engine to which zeros cost nothing. */
  readonly theoreticalFlops: number | null;
  readonly sparsityFraction: number;
  /** Milliseconds in the layer's kernel, one inference; null where the engine has no kernel for it alone. */
  readonly timingMs: number | null;
  /** The same of the dense model, whose inferences took turns with these. */
  readonly denseTimingMs: number | null;
  /** Whether the two differ; null where either is not known. */
  readonly comparison: TurnComparison | null;
}

/** Inferences of the pruned model against those of the dense one in the same turns; a ratio above 1: pruned is faster. */
export type TurnComparison = Pick<Comparison, 'ratio' | 'interval' | 'verdict'>;

/** One layer of an analysis. */
export interface LayerSensitivity<Baseline, Point> {
  /** `PrunableLayer.id`. */
  readonly id: string;
  /** The weight. */
  readonly name: string;
  /** What tables call the layer: its node, or the weight where that tells more. */
  readonly label: string;
  readonly node: string;
  readonly opType: string;
  readonly weights: number;
  /** Groups of a Conv; grouped convolutions have few weights and bear little pruning. */
  readonly groups: number;
  readonly baseline: Baseline;
  /** By rising sparsity. */
  readonly sparse: readonly Point[];
}

export type ApproximateLoss = LayerSensitivity<ApproximateLossPoint, ApproximateLossPoint>;
/** `flops` as in the points. Layers whose operations cannot be known have no baseline and no points. */
export type ApproximatePerf = LayerSensitivity<{ readonly flops: number | null }, ApproximatePerfPoint>;
export type OneShotLoss = LayerSensitivity<OneShotLossPoint, OneShotLossPoint>;
export type MeasuredPerf = LayerSensitivity<
  Pick<MeasuredPerfPoint, 'flops' | 'sparsityFraction' | 'timingMs'>,
  MeasuredPerfPoint
>;

/** Whole inferences of the model with all its layers at one sparsity, against the dense one, in turns. */
export interface ModelTiming {
  readonly sparsityFraction: number;
  readonly latencyMs: number;
  readonly denseLatencyMs: number;
  readonly comparison: TurnComparison;
}

/** The analysis by kind and method. */
export type SensitivityAnalysis =
  | { readonly kind: 'loss'; readonly method: 'approx'; readonly layers: readonly ApproximateLoss[] }
  | { readonly kind: 'perf'; readonly method: 'approx'; readonly layers: readonly ApproximatePerf[] }
  | {
      readonly kind: 'loss';
      readonly method: 'one-shot';
      readonly layers: readonly OneShotLoss[];
      readonly data: 'dataset' | 'random';
      /** Of the data set, or its path; null for random inputs. */
      readonly datasetName: string | null;
      readonly samples: number;
      readonly batchSize: number;
    }
  | {
      readonly kind: 'perf';
      readonly method: 'measured';
      readonly layers: readonly MeasuredPerf[];
      readonly modelTimings: readonly ModelTiming[];
      readonly data: 'dataset' | 'random';
      readonly datasetName: string | null;
      readonly batchSize: number;
      readonly warmupRuns: number;
      readonly iterations: number;
      readonly machine: MachineFacts;
    };

/** Sentences a person should read beside the figures, and where they were measured. */
export interface SensitivityFacts {
  readonly model: string;
  readonly modelSha256: string;
  readonly notes: readonly string[];
  readonly environment: Environment;
  readonly ms: number;
}

export type SensitivityResult = SensitivityAnalysis & SensitivityFacts;

export interface PruneSpec {
  readonly verb: 'prune';
  readonly modelPath: string;
  readonly outputPath: string;
  /** Samples for the check; where it names a metric, for accuracy before and after as well. Absent: random inputs. */
  readonly datasetPath?: string;
  /** Samples that the metric is measured on; absent: all there are. Data without an end need it. */
  readonly evaluatedSamples?: number;
  /** A recipe file, or a mean sparsity that is shared out among the layers. */
  readonly plan: { readonly recipePath: string } | { readonly targetFraction: number };
  /** Where the sparsity of each layer is written to as a recipe. */
  readonly savedRecipePath?: string;
  readonly dimensions: DimensionSizes;
  readonly threads: number;
}

/**
 * Why nothing was taken from a layer: it is the `first` or `grouped` (neither takes part where a target is shared out), its
 * share was too `little` to be worth it, or the `recipe` says so.
 */
export type DenseReason = 'first' | 'grouped' | 'little' | 'recipe';

/** What became of one layer. */
export interface PrunedLayer {
  /** The weight. */
  readonly name: string;
  /** What tables call the layer: its node, or the weight where that tells more. */
  readonly label: string;
  readonly node: string;
  readonly opType: string;
  readonly weights: number;
  /** What was asked for. */
  readonly sparsityFraction: number;
  /** Null for a layer that was pruned. */
  readonly denseReason: DenseReason | null;
  /** Zeros in the weight before and after; it may have had some. */
  readonly zerosBefore: number;
  readonly zeros: number;
}

/** A metric over the data set. */
export interface PruneAccuracy {
  readonly metric: string;
  readonly higherIsBetter: boolean;
  readonly before: number;
  readonly after: number;
  readonly samples: number;
  /** Measured on samples that are made up. */
  readonly isRandomData: boolean;
}

export interface PruneResult {
  readonly output: string;
  readonly sizeBytes: number;
  readonly originalSizeBytes: number;
  /** In the order of the file. */
  readonly layers: readonly PrunedLayer[];
  /** Fraction of the weights of all prunable layers that are 0. */
  readonly sparsityFraction: number;
  /** Operations of the prunable layers (a multiplication with its addition as one), dense, and without those on zeros; null where a size is unknown. */
  readonly flops: { readonly dense: number; readonly theoretical: number } | null;
  /** Mean sparsity that was shared out; null where a recipe gave every layer its own. */
  readonly targetFraction: number | null;
  /** Mean sparsity of the layers that take part, as it was given out, what a recipe says of some of them included. Null with the target. */
  readonly reachedFraction: number | null;
  /** What the target was shared out by: divergence of the outputs on samples, or magnitudes of weights. */
  readonly allocatedBy: 'one-shot' | 'magnitude' | null;
  readonly accuracy: PruneAccuracy | null;
  /** Outputs of both models compared on a few samples in a fresh process. */
  readonly verification: { readonly samples: number; readonly signalToNoiseDb: number | null };
  readonly savedRecipe: string | null;
  readonly notes: readonly string[];
  readonly environment: Environment;
  readonly modelSha256: string;
  readonly ms: number;
}

/** Made by this product; a file that was damaged is told by its main parts. */
export function isPruneResult(result: object): result is PruneResult {
  const [layers, notes, sparsity] = ['layers', 'notes', 'sparsityFraction'].map((key): unknown =>
    Reflect.get(result, key),
  );
  return Array.isArray(layers) && Array.isArray(notes) && typeof sparsity === 'number';
}
