// What the job `pair` is asked to do, tells while it works, and answers: an input model and an optimized one measured together.
import type { DimensionSizes } from './environment';
import type { BenchmarkResult, BenchmarkSpec, EvaluateResult } from './jobs';

/** Which of the two models a figure is of. */
export type PairRole = 'input' | 'optimized';
export type PairMode = 'performance' | 'accuracy';

export interface PairModel {
  readonly role: PairRole;
  readonly path: string;
  /** What is measured of it. */
  readonly modes: readonly PairMode[];
}

export interface PairSpec {
  readonly verb: 'pair';
  readonly models: readonly PairModel[];
  /** How performance is measured. */
  readonly performance: Pick<
    BenchmarkSpec,
    'batchSize' | 'warmupIterations' | 'iterations' | 'threads' | 'instances' | 'coresPerInstance'
  >;
  /** Real inputs, and with a metric what accuracy is measured on; absent: random inputs, and performance alone. */
  readonly datasetPath?: string;
  /** Accuracy is measured on at most this many samples; absent: on all. */
  readonly samples?: number;
  readonly dimensions: DimensionSizes;
}

/** A figure that is final; a line of the file of figures, in the order they were found. */
export interface PairFigure {
  readonly role: PairRole;
  readonly mode: PairMode;
  /** Samples a second, or the metric. */
  readonly value: number;
}

/** Name of that file in the job's folder. */
export const pairFiguresName = 'figures.jsonl';

export interface PairResult {
  /** Of the models that performance was asked of, in turns in one run; null for none. */
  readonly performance: BenchmarkResult | null;
  readonly accuracy: Readonly<Partial<Record<PairRole, EvaluateResult>>>;
}
