// Executing a profiling (SYSTEMS §1.3, §1.4): a run folder with its data set file, a place in the queue, messages.
import { join } from 'node:path';
import { replaceFile } from '../../files/atomicWrite';
import { jobFiles } from '../../protocol/jobChannel';
import type { ProfileSpec } from '../../protocol/profiling';
import type { RunSummary } from '../../protocol/runs';
import type { Bench } from '../bench';
import { datasetYaml } from '../dataset/datasetConfig';
import { presentConfig } from '../runs/configFile';
import { enqueueRun, runDatasetName } from '../runs/enqueueRun';
import type { LongOperation } from '../operation';
import { profilingConfigText, profilingRuns } from './profilingAdd';
import { profilingDetails, traceFileOf } from './profilingView';
import { namedParts, runnableParts } from '../runs/namedParts';
import { runFailureMessage } from '../runs/runFailureMessage';
import type { MessagesOf } from '../runs/runMessages';
import { refuseActive } from '../runs/activeRuns';

/** Puts a run of a profiling into the queue. Throws RequestError; then nothing was changed. */
export async function executeProfiling(bench: Bench, id: number, requestId: string | null): Promise<RunSummary> {
  const record = await bench.get('profiling', id);
  const { model, dataset } = await runnableParts(bench, 'profiling', record);
  const { batchSize, runs, warmupRuns } = profilingRuns;
  const text = datasetYaml(bench, dataset, { batchSize });
  await refuseActive(bench, 'profiling', id);
  await presentConfig(bench, 'profiling', id, profilingConfigText);
  const specIn = async (folder: string): Promise<ProfileSpec> => {
    const datasetPath = join(folder, runDatasetName);
    await replaceFile(datasetPath, text);
    return {
      verb: 'profile',
      modelPath: bench.absolutePath(model.path),
      datasetPath,
      runs,
      warmupRuns,
      dimensions: {},
      threads: record.threads,
      tracePath: traceFileOf(folder),
    };
  };
  return enqueueRun(bench, { kind: 'profiling', id, requestId, specIn });
}

interface ExecuteRequest {
  readonly requestId: string;
  readonly id: number;
}

export const profilingExecute: LongOperation<ExecuteRequest> = {
  path: 'profiling/execute',
  summary: 'Run a profiling.',
  read: (parameters) => ({ requestId: parameters.requestId(), id: parameters.id('profiling_id', 'profiling') }),
  run: async (bench, { id, requestId }) => {
    await executeProfiling(bench, id, requestId);
  },
};

/** profiling_start when the run begins, profiling_finish when it has ended. */
export const profilingMessages: MessagesOf = async (bench, news, id) => {
  const { run } = news;
  if (news.type === 'started') {
    const data = { message: 'started', request_id: run.requestId, id, output_path: join(run.folder, jobFiles.output) };
    return [{ subject: 'profiling_start', status: 'success', data }];
  }
  if (news.type !== 'ended') return [];
  const subject = 'profiling_finish';
  const record = await bench.store.find('profiling', id);
  if (run.state !== 'success' || record === undefined) {
    return [runFailureMessage(subject, run, news.subject, record)];
  }
  const details = await profilingDetails(bench, record, run, await namedParts(bench, record));
  return [{ subject, status: 'success', data: { request_id: run.requestId, ...details } }];
};
