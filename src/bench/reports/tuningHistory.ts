// The page of a tuning's history: its trials, live or of the newest run with trials, its goal, its result, what can be done next.
import { isRatioMetric } from '../../dictionary/metrics';
import type { NamedRecord } from '../../protocol/panels/profiling';
import type { ShownGoal, ShownResult, TuningHistoryReport } from '../../protocol/panels/tuningHistory';
import type { RunSummary } from '../../protocol/runs';
import type { TrialRow, TuneResult } from '../../protocol/tuning';
import type { OptimizationRecord } from '../../store/records';
import type { Bench } from '../bench';
import { newestRunFacts } from '../facts/runFacts';
import { earlierHistory, historyOf } from '../optimization/earlierHistory';
import { isTuneResult } from '../optimization/optimizationView';
import { goalOfConfig } from '../optimization/runningTuning';
import { toldTrials, trialsSoFar } from '../optimization/toldTrials';
import { minimalAccuracy } from '../optimization/tuningHistoryView';
import { isActive } from '../runs/activeRuns';
import { configFileOf } from '../runs/configFile';
import { namedParts } from '../runs/namedParts';
import { readResult } from '../runs/runViews';
import { jobProgressOf } from './jobProgress';
import { chosenTrialOf, searchOf } from './searchRun';

/** Trials of a run, and what came of it when it ended. */
interface ShownRun {
  readonly run: RunSummary;
  readonly trials: readonly TrialRow[];
  readonly result: TuneResult | undefined;
}

/** Everything the page shows. */
export async function tuningHistoryReport(bench: Bench, { id }: { readonly id: number }): Promise<TuningHistoryReport> {
  const record = await bench.get('optimization', id);
  const runs = await bench.store.runs('optimization', id);
  const [newest] = runs;
  const { model, dataset } = await namedParts(bench, record);
  const optimized =
    record.optimizedModelId === null ? undefined : await bench.store.find('model', record.optimizedModelId);
  const shown = shownRun(runs);
  const madeHere = shown !== undefined && optimized?.madeBy?.run === shown.run.name;
  const job = await jobProgressOf(bench, newest);
  const search = await searchOf(runs);
  return {
    ...named(record),
    projectId: record.projectId,
    projectName: (await bench.get('project', record.projectId)).name,
    model: model === undefined ? null : named(model),
    dataset: dataset === undefined ? null : named(dataset),
    optimizationType: record.optimizationType,
    precision: record.precision,
    strategy: record.tuning?.strategy ?? shown?.result?.strategy ?? null,
    run: await newestRunFacts(bench, newest),
    job,
    chosenTrial: job === null ? null : await chosenTrialOf(newest),
    trialsOf: shown?.run.name ?? null,
    trials: shown?.trials ?? [],
    goal: await goalOf(bench, record, shown),
    result: shown?.result === undefined ? null : resultOf(shown.result, search?.durationMs ?? shown.result.ms),
    optimizedModel: optimized === undefined ? null : named(optimized),
    optimizedTrial: madeHere ? (shown.result?.best.trial ?? null) : null,
    usableTrials: await usableTrials(bench, record, shown),
    resume: search === undefined || (newest !== undefined && (await isActive(bench, newest))) ? null : search.resume,
  };
}

function named({ id, name }: NamedRecord): NamedRecord {
  return { id, name };
}

/** The newest run that has trials: a run that waits, or was stopped before the first one, hides none. */
export function shownRun(runs: readonly RunSummary[]): ShownRun | undefined {
  for (const run of runs) {
    const answer = readResult(run.folder);
    const result = answer !== undefined && isTuneResult(answer) ? answer : undefined;
    const trials = result?.trials ?? trialsSoFar(toldTrials(run.folder));
    if (trials.length > 0) return { run, trials, result };
  }
  return undefined;
}

async function goalOf(
  bench: Bench,
  { id }: OptimizationRecord,
  shown: ShownRun | undefined,
): Promise<ShownGoal | null> {
  if (shown?.result !== undefined) {
    const { metric, higherIsBetter, target, objective } = shown.result.goal;
    const { isRandomData } = shown.result;
    return { metric, isRandomData, isShare: isShare(metric), higherIsBetter, minimalAccuracy: target, objective };
  }
  const baseline = shown?.trials[0]?.accuracy ?? null;
  return goalInConfig(await configFileOf(bench, 'optimization', id), baseline);
}

/** The goal as config.yaml sets it now; null where that cannot be read. */
function goalInConfig(path: string, baseline: number | null): ShownGoal | null {
  const goal = goalOfConfig(path);
  if (goal === undefined) return null;
  const metric = goal.metrics.join(' + ');
  return {
    metric,
    isShare: isShare(metric),
    isRandomData: goal.isRandomData,
    higherIsBetter: goal.higherIsBetter,
    minimalAccuracy: minimalAccuracy(baseline, goal),
    objective: goal.objectives.join(' + '),
  };
}

function isShare(metric: string): boolean {
  return metric !== '' && metric.split(' + ').every(isRatioMetric);
}

function resultOf(result: TuneResult, durationMs: number): ShownResult {
  const { best, reasons, notes, stoppedBy, samples, environment } = result;
  return {
    ...{ reasons, notes, stoppedBy, samples, durationMs },
    bestTrial: best.trial,
    meetsGoal: best.meetsGoal,
    accuracy: best.accuracy,
    speedup: best.speedup,
    sizeBytes: best.sizeBytes,
    latencyMs: best.latencyMs,
    engineVersion: environment.engineVersion,
    cpuModel: environment.cpuModel,
    threads: environment.threads,
  };
}

/** Trials that `optimization/execute` takes: those that the newest history has measured, which is that of the shown run. */
async function usableTrials(
  bench: Bench,
  { id }: OptimizationRecord,
  shown: ShownRun | undefined,
): Promise<readonly number[]> {
  if (shown === undefined || historyOf(shown.run) === undefined) return [];
  // Of a run after the shown one that told no trials, such as the making of a chosen one, it is a copy.
  const measured = (await earlierHistory(bench, id))?.measured;
  return shown.trials.flatMap((row) => (measured?.has(row.id) === true ? [row.id] : []));
}
