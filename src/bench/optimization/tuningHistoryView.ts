// The history of a tuning in the shape of the API: figures of the given model, the last trial, the best, and all of them.
import type { TrialRow, TuneResult } from '../../protocol/tuning';

/** What trials are held against. */
export type HistoryGoal = Pick<TuneResult['goal'], 'criterion' | 'tolerance' | 'higherIsBetter'>;

/** Lists, because the originals allow several metrics and objectives. */
type Figures = readonly (number | null)[];

export interface TuningHistoryView {
  /** The figure a model has to reach; at most, where less is better. */
  readonly minimal_accuracy: number | null;
  readonly baseline_accuracy: Figures | null;
  /** Seconds of one pass over the data that accuracy is measured on. */
  readonly baseline_performance: Figures | null;
  readonly last_tune_accuracy: Figures | null;
  readonly last_tune_performance: Figures | null;
  /** Null until a trial meets the goal and pays. */
  readonly best_tune_accuracy: Figures | null;
  readonly best_tune_performance: Figures | null;
  readonly history: readonly TrialView[];
}

/** A trial: the two figures of the API, and beside them what was measured. */
export interface TrialView {
  readonly accuracy: Figures;
  readonly performance: Figures;
  readonly trial: number;
  readonly change: string;
  readonly outcome: TrialRow['outcome'];
  readonly verdict: string;
  readonly meets_goal: boolean;
  readonly is_kept: boolean;
  /** Samples behind the accuracy: fewer than all where the trial was given up early. */
  readonly samples: number;
  readonly latency_ms: number | null;
  /** Samples a second. */
  readonly throughput: number | null;
  readonly size_bytes: number | null;
  readonly footprint_bytes: number | null;
  readonly speedup: number | null;
  readonly error: string | null;
}

/**
 * The history that the rows so far make; the first row is that of the given model.
 *
 * @param winner id of the trial that won in the end, null for none; absent while it is not known
 */
export function tuningHistoryView(
  rows: readonly TrialRow[],
  goal: HistoryGoal | undefined,
  winner?: number | null,
): TuningHistoryView {
  const [given, ...tried] = rows;
  const samples = given?.samples ?? 0;
  const last = tried.at(-1);
  const best = winner === undefined ? tried.findLast(({ isKept }) => isKept) : tried.find(({ id }) => id === winner);
  return {
    minimal_accuracy: minimalAccuracy(given?.accuracy ?? null, goal),
    baseline_accuracy: accuracyOf(given),
    baseline_performance: performanceOf(given, samples),
    last_tune_accuracy: accuracyOf(last),
    last_tune_performance: performanceOf(last, samples),
    best_tune_accuracy: accuracyOf(best),
    best_tune_performance: performanceOf(best, samples),
    history: tried.map((row) => trialView(row, samples)),
  };
}

/** The figure a model has to reach; null while that of the given model, or the goal, is not known. */
export function minimalAccuracy(baseline: number | null, goal: HistoryGoal | undefined): number | null {
  if (baseline === null || goal === undefined) return null;
  const loss = goal.criterion === 'relative' ? Math.abs(baseline) * goal.tolerance : goal.tolerance;
  return goal.higherIsBetter ? baseline - loss : baseline + loss;
}

function accuracyOf(row: TrialRow | undefined): Figures | null {
  return row === undefined ? null : [row.accuracy];
}

function performanceOf(row: TrialRow | undefined, samples: number): Figures | null {
  return row === undefined ? null : [passSeconds(row, samples)];
}

/** How long all samples take, one run after the other; null where the model could not be measured. */
function passSeconds({ throughput }: TrialRow, samples: number): number | null {
  return throughput === null || throughput <= 0 ? null : samples / throughput;
}

function trialView(row: TrialRow, samples: number): TrialView {
  return {
    accuracy: [row.accuracy],
    performance: [passSeconds(row, samples)],
    trial: row.id,
    change: row.change,
    outcome: row.outcome,
    verdict: row.verdict,
    meets_goal: row.meetsGoal,
    is_kept: row.isKept,
    samples: row.samples,
    latency_ms: row.latencyMs,
    throughput: row.throughput,
    size_bytes: row.sizeBytes,
    footprint_bytes: row.footprintBytes,
    speedup: row.speedup,
    error: row.error ?? null,
  };
}
