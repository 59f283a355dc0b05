// Executing sensitivity analyses: a run folder with its data set file, a place in the queue, messages.
import { join } from 'node:path';
import { replaceFile } from '../../files/atomicWrite';
import { jobFiles } from '../../protocol/jobChannel';
import type { SensitivitySettings, SensitivitySpec } from '../../protocol/pruning';
import type { RunSummary } from '../../protocol/runs';
import type { DatasetRecord, ModelRecord, SensitivityRecord } from '../../store/records';
import type { Bench } from '../bench';
import { datasetYaml } from '../dataset/datasetConfig';
import type { NamedDescription } from '../dataset/datasetConfig';
import type { LongOperation } from '../operation';
import { requestErrors } from '../requestErrors';
import { refuseActive } from '../runs/activeRuns';
import { enqueueRun, runDatasetName } from '../runs/enqueueRun';
import { namedParts } from '../runs/namedParts';
import { runFailureMessage } from '../runs/runFailureMessage';
import type { MessagesOf } from '../runs/runMessages';
import { sensitivityDetails } from './sensitivityView';

/**
 * Puts a run of an analysis into the queue. Throws RequestError; then nothing was changed.
 *
 * @param tried data that are no data set of the bench yet, in place of those of the analysis
 */
export async function executeSensitivity(
  bench: Bench,
  id: number,
  requestId: string | null,
  tried?: NamedDescription,
): Promise<RunSummary> {
  const record = await bench.get('sensitivity', id);
  const parts = await presentParts(bench, record);
  const { model } = parts;
  const dataset = tried ?? parts.dataset;
  const text = dataset === undefined ? undefined : datasetYaml(bench, dataset, { batchSize: record.batchSize });
  await refuseActive(bench, 'sensitivity', id);
  const specIn = async (folder: string): Promise<SensitivitySpec> => {
    const datasetPath = join(folder, runDatasetName);
    if (text !== undefined) await replaceFile(datasetPath, text);
    return {
      ...sensitivitySpec(record, bench.absolutePath(model.path)),
      ...(dataset === undefined ? {} : { datasetPath, datasetName: dataset.name }),
    };
  };
  return enqueueRun(bench, { kind: 'sensitivity', id, requestId, specIn });
}

/** What a job is asked, without data. */
export function sensitivitySpec(
  record: SensitivitySettings & Pick<SensitivityRecord, 'kind' | 'method' | 'dimensions'>,
  modelPath: string,
): SensitivitySpec {
  const { kind, method, levelFractions, samples, batchSize, warmupRuns, iterations, threads } = record;
  return {
    verb: 'sensitivity',
    modelPath,
    ...{ kind, method, levelFractions, samples, batchSize, warmupRuns, iterations, threads },
    dimensions: record.dimensions ?? {},
  };
}

async function presentParts(
  bench: Bench,
  record: SensitivityRecord,
): Promise<{ readonly model: ModelRecord; readonly dataset: DatasetRecord | undefined }> {
  const { model, dataset } = await namedParts(bench, record);
  const isDataGone = record.datasetId !== null && dataset === undefined;
  if (model !== undefined && !isDataGone) return { model, dataset };
  const gone = model === undefined ? `model ${record.modelId}` : `data set ${String(record.datasetId)}`;
  throw requestErrors.refused(
    'part-gone',
    `The ${gone} of the sensitivity analysis ${record.id} is gone.`,
    'Add another analysis, with a model and data that are there.',
  );
}

interface ExecuteRequest {
  readonly requestId: string;
  readonly id: number;
}

export const sensitivityExecute: LongOperation<ExecuteRequest> = {
  path: 'sensitivity/execute',
  summary: 'Run a sensitivity analysis.',
  read: (parameters) => ({ requestId: parameters.requestId(), id: parameters.id('sensitivity_id', 'sensitivity') }),
  run: async (bench, { id, requestId }) => {
    await executeSensitivity(bench, id, requestId);
  },
};

/** sensitivity_start when the run begins, sensitivity_finish when it has ended. */
export const sensitivityMessages: MessagesOf = async (bench, news, id) => {
  const { run } = news;
  if (news.type === 'started') {
    const data = { message: 'started', request_id: run.requestId, id, output_path: join(run.folder, jobFiles.output) };
    return [{ subject: 'sensitivity_start', status: 'success', data }];
  }
  if (news.type !== 'ended') return [];
  const subject = 'sensitivity_finish';
  const record = await bench.store.find('sensitivity', id);
  if (run.state !== 'success' || record === undefined) return [runFailureMessage(subject, run, news.subject, record)];
  const details = await sensitivityDetails(bench, record, run, await namedParts(bench, record));
  return [{ subject, status: 'success', data: { request_id: run.requestId, ...details } }];
};
