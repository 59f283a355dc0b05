// Adding and editing benchmarks (SYSTEMS §1.3): what fits together, and the config.yaml that goes with it.
import type { BenchmarkRecord, Change, Draft } from '../../store/records';
import type { Bench } from '../bench';
import { benchmarkConfigText, refuseUnfitBenchmark } from './benchmarkParts';
import { machineShare, readBenchmarkEdit, readBenchmarkRequest } from './benchmarkRequest';
import type { BenchmarkEdit, BenchmarkRequest } from './benchmarkRequest';
import { fixedBatchOf } from '../runs/modelBatch';
import type { Operation } from '../operation';
import { createWithConfig, writeConfig } from '../runs/configFile';
import { datasetOf, modelOf, runnableParts } from '../runs/namedParts';
import { refuseAfterRun } from '../runs/activeRuns';
import { refuseOthers } from '../runs/fixedKeys';

/** SYSTEMS §1.1 and §1.3. */
const defaultBatchSize = 100;
const defaultWarmup = 10;

/** Adds a benchmark with its config.yaml. Throws RequestError; then nothing was changed. */
export async function addBenchmark(bench: Bench, request: BenchmarkRequest): Promise<BenchmarkRecord> {
  const { projectId, name, modelId, datasetId } = request;
  await bench.get('project', projectId);
  const model = await modelOf(bench, projectId, modelId);
  const dataset = await datasetOf(bench, projectId, datasetId);
  const draft: Draft<'benchmark'> = {
    projectId,
    name,
    modelId,
    datasetId,
    mode: request.mode ?? 'performance',
    // A model that insists on a number of samples could not run the usual one.
    batchSize: request.batchSize ?? fixedBatchOf(bench.absolutePath(model.path)) ?? defaultBatchSize,
    iterations: request.iterations ?? -1,
    warmupIterations: request.warmupIterations ?? defaultWarmup,
    ...machineShare(request),
  };
  refuseUnfitBenchmark(bench, draft, { model, dataset });
  return createWithConfig(bench, 'benchmark', draft, benchmarkConfigText);
}

export const benchmarkAdd: Operation<BenchmarkRequest, object> = {
  path: 'benchmark/add',
  summary: 'Add a benchmark of a model to a project.',
  read: readBenchmarkRequest,
  run: async (bench, request) => ({ benchmark_id: (await addBenchmark(bench, request)).id }),
};

/** Edits a benchmark that was never run, and writes its config.yaml anew. Throws RequestError; then nothing was changed. */
export async function editBenchmark(bench: Bench, edit: BenchmarkEdit): Promise<BenchmarkRecord> {
  const { id, datasetId, fixed = {} } = edit;
  const before = await bench.get('benchmark', id);
  await refuseAfterRun(bench, 'benchmark', id);
  refuseOthers('benchmark', fixed, {
    name: before.name,
    model_id: before.modelId,
    iterations: before.iterations,
    warmup_iterations: before.warmupIterations,
  });
  if (datasetId !== undefined) await datasetOf(bench, before.projectId, datasetId);
  const change = changeOf(edit);
  const parts = await runnableParts(bench, 'benchmark', { ...before, ...change });
  const record = await bench.store.edit('benchmark', id, (newest) => {
    refuseUnfitBenchmark(bench, { ...newest, ...change }, parts);
    return change;
  });
  await writeConfig(bench, 'benchmark', id, benchmarkConfigText);
  return record;
}

export const benchmarkEdit: Operation<BenchmarkEdit, object> = {
  path: 'benchmark/edit',
  summary: 'Edit a benchmark that was never run, or whose newest run was cancelled.',
  read: readBenchmarkEdit,
  run: async (bench, edit) => {
    const { id, datasetId, mode, batchSize, coresPerInstance, numberOfInstances } = edit;
    await editBenchmark(bench, edit);
    const changes = {
      dataset_id: datasetId,
      mode,
      batch_size: batchSize,
      cores_per_instance: coresPerInstance,
      number_of_instance: numberOfInstances,
    };
    const sent = Object.entries(changes).filter(([, value]) => value !== undefined);
    return { id, ...Object.fromEntries(sent) };
  },
};

function changeOf({
  datasetId,
  mode,
  batchSize,
  coresPerInstance,
  numberOfInstances,
}: BenchmarkEdit): Change<'benchmark'> {
  return {
    ...(datasetId === undefined ? {} : { datasetId }),
    ...(mode === undefined ? {} : { mode }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(coresPerInstance === undefined ? {} : { coresPerInstance }),
    ...(numberOfInstances === undefined ? {} : { numberOfInstances }),
  };
}
