// What a job is asked to do and what it answers: the JSON of job.json and result.json, and of `--json`.
import type { DimensionSizes, Environment, MachineFacts } from './environment';
import type { KeptFloat, QuantizationParameters, QuantizationRecipe, TensorRange } from '../config/recipe';
import type { FailureRecord } from './benchError';
import type { DiagnoseResult, DiagnoseSpec } from './diagnosis';
import type { OptimizeResult, OptimizeSpec } from './optimization';
import type { PairResult, PairSpec } from './pair';
import type { DatasetPreview, PreviewSpec } from './preview';
import type { PruneResult, PruneSpec, SensitivityResult, SensitivitySpec } from './pruning';
import type { ProfileResult, ProfileSpec } from './profiling';
import type { TuneResult, TuneSpec } from './tuning';

/** Limits a job process puts on itself (RELIABILITY P2). */
export interface JobLimits {
  /** Resident memory at which the process ends itself. */
  readonly memoryBytes: number;
  /** Wall time of the whole job; absent: none. */
  readonly timeoutMs?: number;
  /** Longest time without any progress (one inference, one load) before the job counts as stuck. */
  readonly stallMs: number;
}

export interface QuantizeSpec {
  readonly verb: 'quantize';
  readonly modelPath: string;
  readonly outputPath: string;
  /** Path of DATASET.yaml; absent for the dynamic approach, or when ranges come from elsewhere. */
  readonly datasetPath?: string;
  readonly recipe: QuantizationRecipe;
  readonly dimensions: DimensionSizes;
  readonly threads: number;
}

/** Activation figures in the report of a quantization. */
export type RangeRecord = TensorRange & QuantizationParameters;

export interface QuantizeResult {
  readonly output: string;
  readonly sizeBytes: number;
  readonly originalSizeBytes: number;
  /** How many nodes of each original op type now run in 8 bit. */
  readonly quantizedOps: Readonly<Record<string, number>>;
  readonly keptFloat: readonly KeptFloat[];
  readonly calibration: { readonly samples: number; readonly ms: number; readonly method: string };
  readonly ranges: Readonly<Record<string, RangeRecord>>;
  /** What had to be changed first, in words: opset raised, initializers taken out of the inputs, BatchNorm folded. */
  readonly notes: readonly string[];
  /** Outputs of float and quantized model compared on a few samples in a fresh process. */
  readonly verification: { readonly samples: number; readonly signalToNoiseDb: number | null };
  readonly environment: Environment;
  readonly recipe: QuantizationRecipe;
  readonly modelSha256: string;
  readonly ms: number;
}

export interface EvaluateSpec {
  readonly verb: 'evaluate';
  readonly modelPath: string;
  readonly datasetPath: string;
  /** The float model, for metrics that compare with it. */
  readonly referencePath?: string;
  readonly dimensions: DimensionSizes;
  readonly threads: number;
  /** At most this many samples; absent: all. */
  readonly samples?: number;
}

export interface EvaluateResult {
  /** Its samples are made up. */
  readonly isRandomData: boolean;
  /** What a person should know of the data, such as missing pictures. */
  readonly warnings: readonly string[];
  readonly metric: string;
  readonly value: number;
  readonly higherIsBetter: boolean;
  /** Further figures of a metric that has several, by their names. */
  readonly figures?: Readonly<Record<string, number>>;
  readonly samples: number;
  readonly ms: number;
  readonly environment: Environment;
  readonly modelSha256: string;
}

export interface BenchmarkSpec {
  readonly verb: 'benchmark';
  readonly modelPaths: readonly string[];
  /** Real inputs; absent: random ones of the declared shapes. */
  readonly datasetPath?: string;
  readonly batchSize: number;
  /** Warm-up runs at least; warm-up goes on until latency is stable or a limit is reached. */
  readonly warmupIterations: number;
  /**
   * Timed runs of each model; `all`: one for each whole batch of the data set (10 where it has no end). Absent: as many
   * as a stable figure needs, within bounds.
   */
  readonly iterations?: number | 'all';
  readonly threads: number;
  readonly instances: number;
  readonly coresPerInstance?: number;
  readonly dimensions: DimensionSizes;
}

export interface ModelBenchmark {
  readonly model: string;
  readonly modelSha256: string;
  readonly sizeBytes: number;
  readonly latencyMs: { readonly median: number; readonly p90: number; readonly p99: number; readonly min: number };
  /** Items a second over all instances. */
  readonly throughput: number;
  /** Timed runs behind the figures. */
  readonly samples: number;
  /** Half the interquartile range over the median: 0.02 is ± 2 %. */
  readonly spread: number;
}

/** One model against the first: `ratio` is latency of the first / latency of this one (above 1: this one is faster). */
export interface Comparison {
  readonly model: string;
  readonly against: string;
  readonly ratio: number;
  /** 95 % interval of the ratio over interleaved rounds; null when there were too few rounds for one. */
  readonly interval: readonly [number, number] | null;
  readonly verdict: 'faster' | 'slower' | 'within the noise';
}

export interface BenchmarkResult {
  readonly results: readonly ModelBenchmark[];
  readonly comparison: readonly Comparison[];
  readonly machine: MachineFacts;
  readonly warnings: readonly string[];
  readonly settings: {
    readonly batchSize: number;
    readonly threads: number;
    readonly instances: number;
    readonly coresPerInstance: number | null;
    readonly data: 'dataset' | 'random';
  };
}

export interface CheckSpec {
  readonly verb: 'check';
  readonly modelPath: string;
  readonly againstPath: string;
  readonly datasetPath: string;
  readonly dimensions: DimensionSizes;
  readonly threads: number;
  readonly minAccuracy?: number;
  /** Largest loss of the metric against the float model, absolute, as a fraction. */
  readonly maxDrop?: number;
  /** Largest latency of the model divided by that of the float model. */
  readonly maxLatencyRatio?: number;
}

export interface CheckResult {
  /** What makes a figure doubtful: missing pictures, a busy machine. */
  readonly warnings: readonly string[];
  readonly passed: boolean;
  readonly model: string;
  readonly against: string;
  readonly modelSha256: string;
  readonly againstSha256: string;
  readonly environment: Environment;
  readonly figures: {
    readonly metric: string;
    readonly value: number;
    readonly againstValue: number;
    readonly drop: number;
    readonly samples: number;
    readonly latencyRatio: number | null;
    readonly sizeRatio: number;
  };
  /** One line per gate that was asked for. */
  readonly gates: readonly {
    readonly gate: string;
    readonly limit: number;
    readonly value: number;
    readonly passed: boolean;
  }[];
}

/** Asked of a fresh process by `quantize`: does the new model load, run, and give finite outputs near the float model's? */
export interface VerifySpec {
  readonly verb: 'verify';
  readonly modelPath: string;
  readonly referencePath: string;
  readonly datasetPath?: string;
  readonly samples: number;
  readonly dimensions: DimensionSizes;
}

export interface VerifyResult {
  readonly samples: number;
  /** Signal to quantization noise over all float outputs; null when they are equal or no sample could be run. */
  readonly signalToNoiseDb: number | null;
}

/** Asked by `benchmark` of each of its instances. */
export interface BenchmarkInstanceSpec extends Omit<BenchmarkSpec, 'verb' | 'iterations'> {
  readonly verb: 'benchmarkInstance';
  /** Timed runs of each model; absent: as many as a stable figure needs. */
  readonly iterations?: number;
}

export interface BenchmarkInstanceResult {
  /** For each model, the timed runs in milliseconds, in the order of the interleaved rounds. */
  readonly latenciesMs: readonly (readonly number[])[];
  readonly roundSize: number;
  readonly warnings: readonly string[];
  /** Largest resident memory of the process so far. */
  readonly peakMemoryBytes: number;
}

/** A script of the user's, run inside a job. */
export interface RunSpec {
  readonly verb: 'run';
  readonly scriptPath: string;
  /** What the script is given, as its arguments. */
  readonly words: readonly string[];
  /** Folder it runs in. */
  readonly folder: string;
}

export interface RunResult {
  readonly ms: number;
  /** That the script has set or ended with; 0 unless it did. */
  readonly exitCode: number;
  /** What the default export gave, where JSON has a form for it. */
  readonly result?: unknown;
}

export interface JobResults {
  quantize: QuantizeResult;
  evaluate: EvaluateResult;
  benchmark: BenchmarkResult;
  check: CheckResult;
  diagnose: DiagnoseResult;
  profile: ProfileResult;
  verify: VerifyResult;
  benchmarkInstance: BenchmarkInstanceResult;
  pair: PairResult;
  optimize: OptimizeResult;
  sensitivity: SensitivityResult;
  prune: PruneResult;
  preview: DatasetPreview;
  run: RunResult;
  tune: TuneResult;
}

export type JobSpec =
  | QuantizeSpec
  | EvaluateSpec
  | BenchmarkSpec
  | CheckSpec
  | VerifySpec
  | BenchmarkInstanceSpec
  | PairSpec
  | OptimizeSpec
  | DiagnoseSpec
  | ProfileSpec
  | SensitivitySpec
  | PruneSpec
  | PreviewSpec
  | RunSpec
  | TuneSpec;
export type JobVerb = JobSpec['verb'];
export type SpecOf<Verb extends JobVerb> = Extract<JobSpec, { verb: Verb }>;

/** How a job ended. */
export type JobOutcome<Result> =
  | { readonly state: 'success'; readonly result: Result }
  | { readonly state: 'error'; readonly failure: FailureRecord }
  | { readonly state: 'cancelled' };
