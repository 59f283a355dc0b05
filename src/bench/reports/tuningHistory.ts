// The page of a tuning's history: its trials, live or of the newest run with trials, its goal, its result, what can be done next.
import { basename } from 'node:path';
import { isRatioMetric } from '../../dictionary/metrics';
import type { NamedRecord } from '../../protocol/panels/profiling';
import type { ShownGoal, ShownResult, TuningHistoryReport, TuningQuestion } from '../../protocol/panels/tuningHistory';
import type { RunSummary } from '../../protocol/runs';
import type { TrialRow, TuneResult } from '../../protocol/tuning';
import type { OptimizationRecord } from '../../store/records';
import type { Bench } from '../bench';
import { newestRunFacts } from '../facts/runFacts';
import { earlierHistory, historyOf } from '../optimization/earlierHistory';
import { looseRuns } from '../optimization/looseTuning';
import { isTuneResult } from '../optimization/optimizationView';
import { goalOfConfig } from '../optimization/runningTuning';
import { toldTrials, trialsSoFar } from '../optimization/toldTrials';
import { pruningOfConfig } from '../optimization/pruningOfConfig';
import { minimalAccuracy } from '../optimization/tuningHistoryView';
import { isActive } from '../runs/activeRuns';
import { configFileOf } from '../runs/configFile';
import { namedParts } from '../runs/namedParts';
import { readResult } from '../runs/runViews';
import { jobProgressOf } from './jobProgress';
import { shownPruning } from './shownPruning';
import { chosenTrialOf, searchOf } from './searchRun';

/** Trials of a run, and what came of it when it ended. */
interface ShownRun {
  readonly run: RunSummary;
  readonly trials: readonly TrialRow[];
  readonly result: TuneResult | undefined;
}

/** Everything the page shows. */
export async function tuningHistoryReport(bench: Bench, question: TuningQuestion): Promise<TuningHistoryReport> {
  const runs = await runsOf(bench, question);
  const shown = shownRun(runs);
  const facts = await ('id' in question ? recordFacts(bench, question.id, shown) : configFacts(question.config));
  const [newest] = runs;
  const job = await jobProgressOf(bench, newest);
  const search = await searchOf(runs);
  const isIdle = newest === undefined || !(await isActive(bench, newest));
  return {
    ...facts,
    pruning: shownPruning(runs),
    run: await newestRunFacts(bench, newest),
    job,
    chosenTrial: job === null ? null : await chosenTrialOf(newest),
    trialsOf: shown?.run.name ?? null,
    trials: shown?.trials ?? [],
    goal: goalOf(await configOf(bench, question), shown),
    result: shown?.result === undefined ? null : resultOf(shown.result, search?.durationMs ?? shown.result.ms),
    // What goes on copies what a run of the record had learnt.
    resume: facts.isRecord && isIdle ? (search?.resume ?? null) : null,
  };
}

/** The runs that are meant, the newest first. */
export async function runsOf(bench: Bench, question: TuningQuestion): Promise<readonly RunSummary[]> {
  return 'id' in question ? bench.store.runs('optimization', question.id) : looseRuns(bench, question.config);
}

async function configOf(bench: Bench, question: TuningQuestion): Promise<string> {
  return 'id' in question ? configFileOf(bench, 'optimization', question.id) : question.config;
}

/** What the report says of the thing that is tuned. */
type SubjectFacts = Pick<
  TuningHistoryReport,
  'name' | 'about' | 'isRecord' | 'prunes' | 'optimizedModel' | 'optimizedTrial' | 'usableTrials'
>;

async function recordFacts(bench: Bench, id: number, shown: ShownRun | undefined): Promise<SubjectFacts> {
  const record = await bench.get('optimization', id);
  const pruning = await pruningOfConfig(bench, record);
  const target = pruning?.targetSparsity ?? null;
  const { model, dataset } = await namedParts(bench, record);
  const optimized =
    record.optimizedModelId === null ? undefined : await bench.store.find('model', record.optimizedModelId);
  const madeHere = shown !== undefined && optimized?.madeBy?.run === shown.run.name;
  // Null for a conversion: it tries what it does, and searches nothing.
  const strategy = record.tuning?.strategy;
  return {
    name: record.name,
    about: [
      (await bench.get('project', record.projectId)).name,
      model?.name ?? 'the model is gone',
      dataset?.name ?? 'the data set is gone',
      `${record.optimizationType} to ${record.precision}`,
      ...(strategy === undefined ? [] : [`strategy ${strategy}`]),
      ...(target === null ? [] : [`target: mean sparsity of ${Number((target * 100).toPrecision(4))} %`]),
    ],
    isRecord: true,
    prunes: pruning !== null,
    optimizedModel: optimized === undefined ? null : named(optimized),
    optimizedTrial: madeHere ? (shown.result?.best.trial ?? null) : null,
    usableTrials: await usableTrials(bench, record, shown),
  };
}

function configFacts(config: string): SubjectFacts {
  return {
    name: basename(config),
    about: [config],
    isRecord: false,
    prunes: false,
    optimizedModel: null,
    optimizedTrial: null,
    usableTrials: [],
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

/** @param configPath what the goal is read from before there is a result */
function goalOf(configPath: string, shown: ShownRun | undefined): ShownGoal | null {
  if (shown?.result === undefined) return goalInConfig(configPath, shown?.trials[0]?.accuracy ?? null);
  const { metric, higherIsBetter, target, objective } = shown.result.goal;
  const { isRandomData } = shown.result;
  return { metric, isRandomData, isShare: isShare(metric), higherIsBetter, minimalAccuracy: target, objective };
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
    modelPath: best.trial > 0 ? best.path : null,
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
