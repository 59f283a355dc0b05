// Messages of a run of an optimization: optimization_start, tuning_history, optimization_finish (SYSTEMS §1.4).
import { join } from 'node:path';
import { searches } from '../../dictionary/benchTerms';
import type { RunNews } from '../../jobs/runQueue';
import { jobFiles } from '../../protocol/jobChannel';
import type { RunSummary } from '../../protocol/runs';
import type { OptimizationRecord } from '../../store/records';
import type { Bench } from '../bench';
import type { BenchMessage } from '../operation';
import { optimizationDetails } from './optimizationView';
import { configFileOf } from '../runs/configFile';
import type { MessagesOf } from '../runs/runMessages';
import { goalOfConfig } from './runningTuning';
import { toldTrials, trialsSoFar } from './toldTrials';
import { tuningHistoryView } from './tuningHistoryView';
import { megabytes } from '../views';

/** The messages for a piece of news about a run of an optimization. */
export const optimizationMessages: MessagesOf = async (bench, news, subjectId) => {
  if (news.type !== 'started' && news.type !== 'trial' && news.type !== 'ended') return [];
  const optimization = await bench.store.find('optimization', subjectId);
  if (optimization === undefined) {
    return news.type === 'ended' ? [unknownOptimization(subjectId, news.run.requestId)] : [];
  }
  switch (news.type) {
    case 'started':
      return [await startMessage(bench, optimization, news.run)];
    case 'trial':
      // Conversions do not search; clients of the originals know no history of them.
      return searches(optimization.optimizationType) ? [await historyMessage(bench, optimization, news)] : [];
    case 'ended':
      return [await finishMessage(bench, optimization, news.run)];
  }
};

/** The end of a run of something that is not there. */
export function unknownOptimization(id: number, requestId: string | null): BenchMessage {
  return {
    subject: 'optimization_finish',
    status: 'error',
    data: { message: `Could not find optimization ${id}.`, code: 404, request_id: requestId, id },
  };
}

async function startMessage(bench: Bench, optimization: OptimizationRecord, run: RunSummary): Promise<BenchMessage> {
  const { id, projectId } = optimization;
  const model = await bench.store.find('model', optimization.modelId);
  return {
    subject: 'optimization_start',
    status: 'success',
    data: {
      message: 'started',
      request_id: run.requestId,
      size_input_model: model === undefined ? null : megabytes(model.sizeBytes),
      config_path: await configFileOf(bench, 'optimization', id),
      output_path: join(run.folder, jobFiles.output),
      id,
      project_id: projectId,
    },
  };
}

async function historyMessage(
  bench: Bench,
  optimization: OptimizationRecord,
  { run, trial }: Extract<RunNews, { type: 'trial' }>,
): Promise<BenchMessage> {
  const { id, projectId, tuning } = optimization;
  // Its job may have gone on meanwhile.
  const earlier = toldTrials(run.folder).filter((row) => row.id < trial.id);
  const trials = trialsSoFar([...earlier, trial]);
  const goal = goalOfConfig(await configFileOf(bench, 'optimization', id));
  const data = {
    request_id: run.requestId,
    optimization_id: id,
    project_id: projectId,
    accuracy_criterion_type: goal?.criterion ?? tuning?.accuracyCriterionType ?? null,
    accuracy_criterion_value: goal?.tolerance ?? tuning?.accuracyCriterionThreshold ?? null,
    ...tuningHistoryView(trials, goal),
  };
  return { subject: 'tuning_history', status: 'success', data };
}

async function finishMessage(bench: Bench, optimization: OptimizationRecord, run: RunSummary): Promise<BenchMessage> {
  const { id, projectId } = optimization;
  const { state, requestId, failure } = run;
  if (state === 'success') {
    const details = await optimizationDetails(bench, optimization, run);
    return { subject: 'optimization_finish', status: 'success', data: { request_id: requestId, ...details } };
  }
  return {
    subject: 'optimization_finish',
    status: 'failure',
    data: {
      message: state === 'cancelled' ? await cancelText(bench, optimization, run) : (failure?.message ?? 'Failure'),
      request_id: requestId,
      id,
      project_id: projectId,
      state,
      code: failure?.code ?? null,
      next_step: failure?.nextStep ?? null,
    },
  };
}

async function cancelText(bench: Bench, { optimizedModelId }: OptimizationRecord, run: RunSummary): Promise<string> {
  const model = optimizedModelId === null ? undefined : await bench.store.find('model', optimizedModelId);
  const isKept = model?.madeBy?.run === run.name;
  return `The optimization was cancelled.${isKept ? ' The best model it had found is kept.' : ''}`;
}
