// Key figures of runs for lists: what each run's result says in a few numbers, read once a run.
import { isRatioMetric } from '../../dictionary/metrics';
import type { BenchmarkFacts, OptimizationOutcome } from '../../protocol/facts';
import { isPruneResult } from '../../protocol/pruning';
import type { PruneResult } from '../../protocol/pruning';
import type { RunSummary } from '../../protocol/runs';
import type { RunnableKind } from '../../store/records';
import type { Bench } from '../bench';
import { pruningReasons } from '../optimization/pruningView';
import { isPlainObject } from '../requestReader';
import type { PlainObject } from '../requestReader';
import { readResult } from '../runs/runViews';

/** The key figures of a benchmark. */
export type BenchmarkFigures = Pick<
  BenchmarkFacts,
  'accuracy' | 'latencyMs' | 'spread' | 'throughput' | 'metric' | 'isRandomData' | 'isRatio'
>;

/** What the results of each kind are read as. */
export interface FiguresByKind {
  readonly optimization: OptimizationOutcome;
  readonly benchmark: BenchmarkFigures;
  readonly profiling: number | null;
  /** How many layers were analysed. */
  readonly sensitivity: number | null;
}

/** Of a benchmark without a result. */
export const noFigures: BenchmarkFigures = {
  accuracy: null,
  latencyMs: null,
  spread: null,
  throughput: null,
  metric: null,
  isRandomData: false,
  isRatio: false,
};

const readers: { readonly [Kind in RunnableKind]: (result: PlainObject) => FiguresByKind[Kind] | undefined } = {
  optimization: outcomeOf,
  benchmark: benchmarkFiguresOf,
  profiling: (result) => numberIn(objectIn(result, 'times'), 'wallUs'),
  sensitivity: ({ layers }) => (Array.isArray(layers) ? layers.length : null),
};

/** Runs whose figures are kept; a result never changes once its run has ended. */
const mostKept = 20_000;

/** Of one bench. */
interface Kept {
  /** By folder of the run. */
  readonly figures: Map<string, FiguresByKind[RunnableKind] | undefined>;
  /** Folder of the newest run, which did not succeed → that of the newest one before it that did, or null. */
  readonly before: Map<string, RunSummary | null>;
}

const keptOf = new WeakMap<Bench, Kept>();

/** The figures of the newest successful run, so that a failed one keeps the old ones; undefined for none. */
export async function keyFigures<Kind extends RunnableKind>(
  bench: Bench,
  kind: Kind,
  id: number,
  newest: RunSummary | undefined,
): Promise<FiguresByKind[Kind] | undefined> {
  if (newest === undefined) return undefined;
  const kept = keptOf.get(bench) ?? { figures: new Map(), before: new Map() };
  keptOf.set(bench, kept);
  const run = newest.state === 'success' ? newest : await successBefore(bench, kind, id, newest, kept);
  if (run === null) return undefined;
  if (!kept.figures.has(run.folder)) {
    const result = readResult(run.folder);
    keep(kept.figures, run.folder, result && readers[kind](result));
  }
  // Folders of a kind's runs hold results of that kind.
  return kept.figures.get(run.folder) as FiguresByKind[Kind] | undefined;
}

async function successBefore(
  bench: Bench,
  kind: RunnableKind,
  id: number,
  newest: RunSummary,
  { before }: Kept,
): Promise<RunSummary | null> {
  const known = before.get(newest.folder);
  if (known !== undefined) return known;
  const found = (await bench.store.runs(kind, id)).find(({ state }) => state === 'success') ?? null;
  keep(before, newest.folder, found);
  return found;
}

function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  if (map.size >= mostKept) map.clear();
  map.set(key, value);
}

function outcomeOf(result: PlainObject): OptimizationOutcome | undefined {
  if (isPruneResult(result)) return pruningOutcomeOf(result);
  const best = objectIn(result, 'best');
  const baseline = objectIn(result, 'baseline');
  if (best === undefined || baseline === undefined) return undefined;
  const reasons: unknown = result['reasons'];
  const [summary] = Array.isArray(reasons) ? (reasons as readonly unknown[]) : [];
  const metric = textIn(objectIn(result, 'goal'), 'metric');
  const bestBytes = numberIn(best, 'sizeBytes');
  const givenBytes = numberIn(baseline, 'sizeBytes');
  const meetsGoal: unknown = best['meetsGoal'];
  return {
    summary: typeof summary === 'string' ? summary : null,
    baselineAccuracy: numberIn(baseline, 'accuracy'),
    accuracy: numberIn(best, 'accuracy'),
    speedup: numberIn(best, 'speedup'),
    sizeRatio: bestBytes === null || givenBytes === null || givenBytes <= 0 ? null : bestBytes / givenBytes,
    meetsGoal: typeof meetsGoal === 'boolean' ? meetsGoal : null,
    sparsity: null,
    hasWinner: (numberIn(best, 'trial') ?? 0) > 0,
    metric,
    isRandomData: result['isRandomData'] === true,
    isRatio: metric !== null && isRatioMetric(metric),
  };
}

/** Nothing is timed, and the file keeps its size. */
function pruningOutcomeOf(result: PruneResult): OptimizationOutcome {
  const { accuracy, sparsityFraction } = result;
  return {
    summary: pruningReasons(result)[0] ?? null,
    baselineAccuracy: accuracy?.before ?? null,
    accuracy: accuracy?.after ?? null,
    speedup: null,
    sizeRatio: null,
    meetsGoal: null,
    sparsity: sparsityFraction,
    hasWinner: true,
    metric: accuracy?.metric ?? null,
    isRandomData: accuracy?.isRandomData ?? false,
    isRatio: accuracy !== null && isRatioMetric(accuracy.metric),
  };
}

function benchmarkFiguresOf(result: PlainObject): BenchmarkFigures | undefined {
  const metric = textIn(result, 'metric');
  if (metric !== null) {
    const isRandomData = result['isRandomData'] === true;
    return { ...noFigures, accuracy: numberIn(result, 'value'), metric, isRandomData, isRatio: isRatioMetric(metric) };
  }
  const results: unknown = result['results'];
  const [first] = Array.isArray(results) ? (results as readonly unknown[]) : [];
  if (!isPlainObject(first)) return undefined;
  return {
    ...noFigures,
    latencyMs: numberIn(objectIn(first, 'latencyMs'), 'median'),
    spread: numberIn(first, 'spread'),
    throughput: numberIn(first, 'throughput'),
  };
}

function objectIn(fields: PlainObject, key: string): PlainObject | undefined {
  const value: unknown = fields[key];
  return isPlainObject(value) ? value : undefined;
}

function numberIn(fields: PlainObject | undefined, key: string): number | null {
  const value: unknown = fields?.[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function textIn(fields: PlainObject | undefined, key: string): string | null {
  const value: unknown = fields?.[key];
  return typeof value === 'string' ? value : null;
}
