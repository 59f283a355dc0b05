// What the page of compared benchmarks and the process of its bench say to each other: figures, ratios, and what is unfair about them.
import type { BenchmarkFacts, RunFacts } from '../facts';
import type { ModelBenchmark } from '../jobs';
import { idIn, method, textIn } from '../methods';
import { recordOf } from '../rpcMessages';
import type { PanelSubject } from './panel';
import type { JobProgress, NamedRecord } from './profiling';

/** Some benchmarks of a project. */
export interface BenchmarksSubject extends PanelSubject {
  readonly projectId: number;
  readonly ids: readonly number[];
}

/** A subject as an earlier window left it; throws Error for anything else. */
export function readBenchmarksSubject(value: unknown): BenchmarksSubject {
  const fields = recordOf(value, 'what a panel is about');
  return { bench: textIn(fields, 'bench'), projectId: idIn(fields, 'projectId'), ids: idsIn(fields, 'ids') };
}

/** What a benchmark measures. */
export type BenchmarkMode = BenchmarkFacts['mode'];

/** Which benchmarks are compared, and the one of each mode that the others are compared with. */
export interface BenchmarksRequest {
  readonly projectId: number;
  readonly ids: readonly number[];
  /** Null: the first with a result; so is one that is not among them, or has none. */
  readonly references: Readonly<Record<BenchmarkMode, number | null>>;
}

/** A benchmark of the project, to choose from. */
export interface BenchmarkChoice extends NamedRecord {
  readonly mode: BenchmarkMode;
  readonly modelName: string | null;
  readonly hasResult: boolean;
}

/** What a figure was measured under. */
export interface Conditions {
  readonly cpuModel: string;
  /** Empty where they are not known. */
  readonly cpuFlags: readonly string[];
  readonly engineVersion: string;
  readonly threads: number;
  /** Null for as many as the system gives. */
  readonly coresPerInstance: number | null;
  readonly instances: number;
  readonly batchSize: number;
  readonly data: 'dataset' | 'random';
  readonly datasetId: number;
  /** Null where it is gone. */
  readonly datasetName: string | null;
}

/** In every result. */
interface Measured {
  /** ISO time. */
  readonly measuredAt: string | null;
  readonly conditions: Conditions;
  /** Timed runs, or samples. */
  readonly samples: number;
  /** What makes the figures doubtful, a sentence each. */
  readonly doubts: readonly string[];
  /** Of the model; null where it is not known. */
  readonly sizeBytes: number | null;
}

/** What a run measured of latency and throughput. */
export interface PerformanceResult extends Measured, Pick<ModelBenchmark, 'latencyMs' | 'spread' | 'throughput'> {}

/** What a run measured of accuracy. */
export interface AccuracyResult extends Measured {
  readonly metric: string;
  readonly value: number;
  readonly higherIsBetter: boolean;
  /** Whether it is a share (0.91), or whatever the metric counts in. */
  readonly isShare: boolean;
  /** 95 % interval of a share of right answers, by the number of samples; null for other metrics. */
  readonly interval: readonly [number, number] | null;
}

/** What the difference from the reference says. */
export type Verdict = 'reference' | 'better' | 'worse' | 'same' | 'within the noise' | 'unlike';

/** How a result stands to that of the reference. */
export interface ComparedWith {
  /** `unlike` where something else than the model differs; `unlike` below says what. */
  readonly verdict: Verdict;
  /** What keeps the comparison from being fair, a sentence each. */
  readonly unlike: readonly string[];
  /** Size of the model over that of the reference's. */
  readonly sizeRatio: number | null;
}

/** A latency beside that of the reference. */
export interface PerformanceComparison extends ComparedWith {
  /** Median of the reference over this one: above 1 this one is faster. */
  readonly latencyRatio: number | null;
  /** Throughput over that of the reference: above 1 this one does more. */
  readonly throughputRatio: number | null;
}

/** An accuracy beside that of the reference. */
export interface AccuracyComparison extends ComparedWith {
  /** Value less that of the reference; null where the metrics are not the same. */
  readonly difference: number | null;
}

/** A chosen benchmark. */
export interface Compared<Result, Comparison> extends NamedRecord {
  /** Null where it is gone. */
  readonly model: (NamedRecord & { readonly precision: string }) | null;
  /** The newest run; null for none. */
  readonly run: RunFacts | null;
  /** Of the newest run while it waits or is under way. */
  readonly job: JobProgress | null;
  /** Of the newest successful run; null before one. */
  readonly result: Result | null;
  /** Null where it has no result, or the reference has none. */
  readonly comparison: Comparison | null;
}

/** A benchmark of performance, and how it compares. */
export type ComparedPerformance = Compared<PerformanceResult, PerformanceComparison>;
/** A benchmark of accuracy, and how it compares. */
export type ComparedAccuracy = Compared<AccuracyResult, AccuracyComparison>;

/** Benchmarks of one mode. */
export interface ComparedSection<Item> {
  /** Null where none has a result. */
  readonly referenceId: number | null;
  readonly items: readonly Item[];
}

/** Everything the page shows. */
export interface BenchmarksReport {
  readonly projectId: number;
  readonly projectName: string;
  /** All of the project. */
  readonly choices: readonly BenchmarkChoice[];
  readonly performance: ComparedSection<ComparedPerformance>;
  readonly accuracy: ComparedSection<ComparedAccuracy>;
}

const exportFormats = ['csv', 'json'] as const;
/** What the page can be saved as. */
export type ExportFormat = (typeof exportFormats)[number];

/** Benchmarks that were deleted are left out. Fails with `request-not-found` where the project is gone. */
export const benchmarksReportMethod = method<BenchmarksRequest, BenchmarksReport>(
  'benchmarks/report',
  readBenchmarksRequest,
);

/** The same as the text of a file. */
export const benchmarksFileMethod = method<BenchmarksRequest & { readonly format: ExportFormat }, string>(
  'benchmarks/file',
  (value) => ({ ...readBenchmarksRequest(value), format: formatIn(recordOf(value, 'the parameters')) }),
);

/** The format that a page or a request names. */
export function formatIn(fields: Readonly<Record<string, unknown>>): ExportFormat {
  const format = exportFormats.find((one) => one === fields['format']);
  if (format === undefined) throw new Error(`"format" is one of ${exportFormats.join(', ')}`);
  return format;
}

/** What to compare, checked. */
export function readBenchmarksRequest(value: unknown): BenchmarksRequest {
  const fields = recordOf(value, 'the parameters');
  const references = recordOf(fields['references'], '"references"');
  const referenceIn = (mode: BenchmarkMode): number | null =>
    references[mode] === null ? null : idIn(references, mode);
  return {
    projectId: idIn(fields, 'projectId'),
    ids: idsIn(fields, 'ids'),
    references: { performance: referenceIn('performance'), accuracy: referenceIn('accuracy') },
  };
}

const mostIds = 10_000;

function idsIn(fields: Readonly<Record<string, unknown>>, key: string): readonly number[] {
  const ids = fields[key];
  if (!Array.isArray(ids) || ids.length > mostIds) throw new Error(`"${key}" is a list of at most ${mostIds} ids`);
  return [...new Set(ids.map((id: unknown) => idIn({ id }, 'id')))];
}
