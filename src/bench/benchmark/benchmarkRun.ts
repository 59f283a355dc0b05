// Executing a benchmark (SYSTEMS §1.3, §1.4): a run folder with its data set file, a place in the queue, messages.
import { join } from 'node:path';
import { replaceFile } from '../../files/atomicWrite';
import { jobFiles } from '../../protocol/jobChannel';
import type { JobSpec } from '../../protocol/jobs';
import type { RunSummary } from '../../protocol/runs';
import type { DatasetRecord } from '../../store/records';
import type { Bench } from '../bench';
import { benchmarkConfigText, benchmarkSpec } from './benchmarkParts';
import { benchmarkView } from './benchmarkView';
import { datasetYaml } from '../dataset/datasetConfig';
import { configFileOf, presentConfig } from '../runs/configFile';
import { enqueueRun, runDatasetName } from '../runs/enqueueRun';
import type { LongOperation } from '../operation';
import { requestErrors } from '../requestErrors';
import { inputModelOf, namedParts, runnableParts } from '../runs/namedParts';
import { runFailureMessage } from '../runs/runFailureMessage';
import type { MessagesOf } from '../runs/runMessages';
import { refuseActive } from '../runs/activeRuns';

/** Puts a run of a benchmark into the queue. Throws RequestError; then nothing was changed. */
export async function executeBenchmark(bench: Bench, id: number, requestId: string | null): Promise<RunSummary> {
  const record = await bench.get('benchmark', id);
  const parts = await runnableParts(bench, 'benchmark', record);
  if (record.mode === 'accuracy') refuseWithoutMetric(parts.dataset);
  const text = datasetYaml(bench, parts.dataset, { batchSize: record.batchSize });
  await refuseActive(bench, 'benchmark', id);
  await presentConfig(bench, 'benchmark', id, benchmarkConfigText);
  // Some metrics compare with the model the project began with.
  const input = record.mode === 'accuracy' ? await inputModelOf(bench, record.projectId) : undefined;
  const referencePath = input && bench.absolutePath(input.path);
  const specIn = async (folder: string): Promise<JobSpec> => {
    const datasetPath = join(folder, runDatasetName);
    await replaceFile(datasetPath, text);
    return benchmarkSpec(bench, record, parts, datasetPath, referencePath);
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
      config_path: await configFileOf(bench, 'benchmark', id),
      output_path: join(run.folder, jobFiles.output),
    };
    return [{ subject: 'benchmark_start', status: 'success', data }];
  }
  if (news.type !== 'ended') return [];
  const subject = 'benchmark_finish';
  const record = await bench.store.find('benchmark', id);
  if (run.state !== 'success' || record === undefined) {
    return [runFailureMessage(subject, run, news.subject, record)];
  }
  const details = await benchmarkView(bench, record, run, await namedParts(bench, record));
  return [{ subject, status: 'success', data: { request_id: run.requestId, ...details } }];
};
