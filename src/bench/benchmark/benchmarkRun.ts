// Executing a benchmark (SYSTEMS §1.3, §1.4): a run folder with its data set file, a place in the queue, messages.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../files/atomicWrite';
import { jobFiles } from '../../protocol/jobChannel';
import type { JobSpec } from '../../protocol/jobs';
import type { RunSummary } from '../../protocol/runs';
import type { BenchmarkRecord, DatasetRecord } from '../../store/records';
import type { Bench } from '../bench';
import {
  benchmarkSpec,
  evaluationConfigPath,
  measuredOf,
  runDatasetName,
  writeBenchmarkConfig,
} from './benchmarkParts';
import { benchmarkView } from './benchmarkView';
import { datasetYaml } from '../dataset/datasetConfig';
import { enqueueRun } from '../runs/enqueueRun';
import type { LongOperation } from '../operation';
import { requestErrors } from '../requestErrors';
import { runFailureMessage } from '../runs/runFailureMessage';
import type { MessagesOf } from '../runs/runMessages';
import { refuseActive } from '../runs/runViews';

/** Puts a run of a benchmark into the queue. Throws RequestError; then nothing was changed. */
export async function executeBenchmark(bench: Bench, id: number, requestId: string | null): Promise<RunSummary> {
  const measured = await measuredOf(bench, 'benchmark', await bench.get('benchmark', id));
  const { entity, dataset } = measured;
  if (entity.mode === 'accuracy') refuseWithoutMetric(dataset);
  const text = datasetYaml(bench, dataset, { batchSize: entity.batchSize });
  await refuseActive(bench, 'benchmark', id);
  if (!existsSync(await evaluationConfigPath(bench, 'benchmark', id))) await writeBenchmarkConfig(bench, measured);
  const reference = await floatModelPath(bench, entity);
  const specIn = async (folder: string): Promise<JobSpec> => {
    const datasetPath = join(folder, runDatasetName);
    await replaceFile(datasetPath, text);
    return benchmarkSpec(bench, measured, datasetPath, reference);
  };
  return enqueueRun(bench, { kind: 'benchmark', id, requestId, specIn });
}

function refuseWithoutMetric({ name, metric }: DatasetRecord): void {
  if (metric !== null) return;
  throw requestErrors.refused(
    'no-metric',
    `The data set ${JSON.stringify(name)} names no metric: accuracy cannot be measured on it.`,
    'Choose a data set with a metric, or the mode performance.',
  );
}

/** The project's input model, with which some metrics compare. */
async function floatModelPath(bench: Bench, { projectId }: BenchmarkRecord): Promise<string | undefined> {
  const models = await bench.store.list('model', { projectId });
  const input = models.find(({ madeBy }) => madeBy === null);
  return input === undefined ? undefined : bench.absolutePath(input.path);
}

interface ExecuteRequest {
  readonly requestId: string;
  readonly id: number;
}

export const benchmarkExecute: LongOperation<ExecuteRequest> = {
  path: 'benchmark/execute',
  summary: 'Run a benchmark.',
  read: (parameters) => ({ requestId: parameters.requestId(), id: parameters.id('benchmark_id', 'benchmark') }),
  run: async (bench, { id, requestId }) => {
    await executeBenchmark(bench, id, requestId);
  },
};

/** benchmark_start when the run begins, benchmark_finish when it has ended. */
export const benchmarkMessages: MessagesOf = async (bench, news, id) => {
  const { run } = news;
  if (news.type === 'started') {
    const data = {
      message: 'started',
      request_id: run.requestId,
      id,
      config_path: await evaluationConfigPath(bench, 'benchmark', id),
      output_path: join(run.folder, jobFiles.output),
    };
    return [{ subject: 'benchmark_start', status: 'success', data }];
  }
  if (news.type !== 'ended') return [];
  const subject = 'benchmark_finish';
  const record = await bench.store.find('benchmark', id);
  if (run.state !== 'success' || record === undefined) return [runFailureMessage(subject, run, record ?? { id })];
  return [
    { subject, status: 'success', data: { request_id: run.requestId, ...(await benchmarkView(bench, record, run)) } },
  ];
};
