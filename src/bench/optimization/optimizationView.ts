// An optimization in the shape of the API: its record, its newest run, and what came of it.
import { join } from 'node:path';
import { isPruneResult } from '../../protocol/pruning';
import type { PruneResult } from '../../protocol/pruning';
import type { RunSummary } from '../../protocol/runs';
import type { TuneResult } from '../../protocol/tuning';
import type { ModelRecord, OptimizationRecord } from '../../store/records';
import { optimizationTypes, precisions, prunes } from '../../dictionary/benchTerms';
import type { Bench } from '../bench';
import { commandLine } from '../commandLine';
import { pruningOfConfig } from './pruningOfConfig';
import { pruningDetailsView, pruningResultView } from './pruningView';
import { runDatasetName } from '../runs/enqueueRun';
import { tuningDetailsWithHistory } from './optimizationTuningView';
import { configFileOf } from '../runs/configFile';
import { namedParts } from '../runs/namedParts';
import type { NamedParts } from '../runs/namedParts';
import { goalOfConfig } from './runningTuning';
import { toldTrials, trialsSoFar } from './toldTrials';
import { newestResult, readResult, runView } from '../runs/runViews';
import { isActive } from '../runs/activeRuns';
import { tuningHistoryView } from './tuningHistoryView';
import type { TuningHistoryView } from './tuningHistoryView';
import { dateView, modelView, termView } from '../views';

/** Everything about an optimization. */
export async function optimizationDetails(
  bench: Bench,
  record: OptimizationRecord,
  run: RunSummary | undefined,
): Promise<object> {
  const parts = await namedParts(bench, madeParts(record));
  const result = await resultOf(bench, record, parts.model, run);
  const tuned = result !== undefined && isTuneResult(result) ? result : undefined;
  const history = (await runningHistory(bench, record, run)) ?? historyOf(tuned);
  return {
    ...(await optimizationSummary(bench, record, run, parts)),
    tuning_details: tuningDetailsWithHistory(record, history),
    result: result === undefined ? null : isTuneResult(result) ? resultView(result) : pruningResultView(result),
    // Types without tuning details have trials, too.
    trials: history?.history ?? null,
  };
}

function historyOf(result: TuneResult | undefined): TuningHistoryView | undefined {
  if (result === undefined) return undefined;
  const { trial, meetsGoal } = result.best;
  return tuningHistoryView(result.trials, result.goal, trial > 0 && meetsGoal ? trial : null);
}

/** The history so far of a run that is under way; undefined where none is, or nothing was measured yet. */
async function runningHistory(
  bench: Bench,
  { id }: OptimizationRecord,
  run: RunSummary | undefined,
): Promise<TuningHistoryView | undefined> {
  if (run === undefined || !(await isActive(bench, run))) return undefined;
  const trials = trialsSoFar(toldTrials(run.folder));
  return trials.length === 0
    ? undefined
    : tuningHistoryView(trials, goalOfConfig(await configFileOf(bench, 'optimization', id)));
}

/** What answers show of what an optimization names: its data, and the model it made. */
export function madeParts({ optimizedModelId, datasetId }: OptimizationRecord): {
  readonly modelId: number | null;
  readonly datasetId: number;
} {
  return { modelId: optimizedModelId, datasetId };
}

/** What lists say: everything but the tuning. */
export async function optimizationSummary(
  bench: Bench,
  record: OptimizationRecord,
  run: RunSummary | undefined,
  { model: optimized, dataset }: NamedParts,
): Promise<object> {
  const { id } = record;
  const configPath = await configFileOf(bench, 'optimization', id);
  const { status, state, last_run_at, duration, log_path, failure } = await runView(bench, run);
  return {
    project_id: record.projectId,
    id,
    name: record.name,
    precision: termView(precisions, record.precision),
    optimization_type: termView(optimizationTypes, record.optimizationType),
    model_id: record.modelId,
    dataset: { id: record.datasetId, name: dataset?.name ?? null },
    config_path: configPath,
    log_path,
    execution_command: commandOf(bench, record, configPath, run),
    batch_size: record.batchSize,
    sampling_size: record.samplingSize,
    status,
    state,
    run: run?.name ?? null,
    failure,
    created_at: dateView(record.createdAt),
    last_run_at,
    duration,
    optimized_model: optimized === undefined ? null : modelView(bench, optimized),
    accuracy_benchmark_id: record.accuracyBenchmarkId,
    performance_benchmark_id: record.performanceBenchmarkId,
    tuning_details: null,
    pruning_details: pruningDetailsView(await pruningOfConfig(bench, record)),
    diagnosis_config: diagnosisView(record),
  };
}

/**
 * What does the same by hand; a pruned model goes to the folder that the command is given in. A pruning that was never run
 * has none: its data are written for a run.
 */
function commandOf(
  bench: Bench,
  { optimizationType }: OptimizationRecord,
  configPath: string,
  run: RunSummary | undefined,
): string | null {
  if (!prunes(optimizationType)) return commandLine(['tune', configPath, '--workspace', bench.workspace]);
  if (run === undefined) return null;
  const data = join(run.folder, runDatasetName);
  return commandLine(['prune', '--recipe', configPath, '--data', data, '-o', 'pruned.onnx']);
}

/** The result of the run that made the optimized model; without one that of the newest run that succeeded. */
export async function resultOf(
  bench: Bench,
  { id }: OptimizationRecord,
  model: ModelRecord | undefined,
  newest: RunSummary | undefined,
): Promise<TuneResult | PruneResult | undefined> {
  const name = model?.madeBy?.run;
  const maker =
    name === undefined ? undefined : (await bench.store.runs('optimization', id)).find((run) => run.name === name);
  const result =
    maker === undefined ? (await newestResult(bench, 'optimization', id, newest))?.result : readResult(maker.folder);
  return result !== undefined && (isTuneResult(result) || isPruneResult(result)) ? result : undefined;
}

/** Made by this product; a file that was damaged is told by its main parts. */
export function isTuneResult(result: object): result is TuneResult {
  return (
    ['trials', 'reasons', 'notes'].every((key) => Array.isArray(Reflect.get(result, key))) &&
    ['best', 'goal', 'baseline'].every((key) => {
      const part: unknown = Reflect.get(result, key);
      return typeof part === 'object' && part !== null;
    })
  );
}

/** What came of the run, and why; `best` is null where the given model stays. */
function resultView(result: TuneResult): object {
  const { best, baseline, goal, stoppedBy, reasons, notes, strategy, samples, ms } = result;
  return {
    summary: reasons[0] ?? null,
    reasons,
    notes,
    speedup: best.speedup,
    meets_goal: best.meetsGoal,
    stopped_by: stoppedBy,
    strategy,
    samples,
    duration_s: Math.round(ms / 100) / 10,
    metric: goal.metric,
    higher_is_better: goal.higherIsBetter,
    is_random_data: result.isRandomData,
    objective: goal.objective,
    baseline: figuresView(baseline),
    best: best.trial === 0 ? null : { trial: best.trial, ...figuresView(best) },
  };
}

function figuresView({ accuracy, latencyMs, sizeBytes }: TuneResult['baseline']): object {
  return { accuracy, latency_ms: latencyMs, size_bytes: sizeBytes };
}

function diagnosisView({ diagnosisConfig }: OptimizationRecord): object | null {
  if (diagnosisConfig === null) return null;
  return { op_wise: diagnosisConfig.opWise, model_wise: diagnosisConfig.modelWise };
}
