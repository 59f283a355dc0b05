// Adding and editing profilings (SYSTEMS §1.3): what fits together, and the config.yaml that goes with it.
import type { Draft, ProfilingRecord } from '../../store/records';
import type { Bench } from '../bench';
import { configFileOfNew, createWithConfig, writeConfig } from '../runs/configFile';
import type { ConfigTextOf } from '../runs/configFile';
import { evaluatedModel, evaluationConfig } from '../runs/evaluationConfig';
import type { Operation } from '../operation';
import { datasetOf, modelOf, runnableParts } from '../runs/namedParts';
import type { RunnableParts } from '../runs/namedParts';
import type { PlainObject, RequestReader } from '../requestReader';
import { refuseAfterRun } from '../runs/activeRuns';
import { refuseOthers, sentAlong } from '../runs/fixedKeys';

/** SYSTEMS §1.3, Profiling semantics. */
export const profilingRuns = { batchSize: 1, warmupRuns: 10, runs: 11 } as const;

const mostThreads = 1024;

export interface ProfilingRequest {
  readonly projectId: number;
  readonly name: string;
  readonly modelId: number;
  readonly datasetId: number;
  readonly threads: number;
}

export interface ProfilingEdit {
  readonly id: number;
  readonly datasetId?: number;
  readonly threads?: number;
  /** What was sent of the keys that stay, to be refused where it differs. */
  readonly fixed?: PlainObject;
}

/** Adds a profiling with its config.yaml. Throws RequestError; then nothing was changed. */
export async function addProfiling(bench: Bench, request: ProfilingRequest): Promise<ProfilingRecord> {
  const { projectId, name, modelId, datasetId, threads } = request;
  await bench.get('project', projectId);
  const model = await modelOf(bench, projectId, modelId);
  const dataset = await datasetOf(bench, projectId, datasetId);
  const draft: Draft<'profiling'> = { projectId, name, modelId, datasetId, threads };
  refuseUnfit(bench, threads, { model, dataset });
  return createWithConfig(bench, 'profiling', draft, profilingConfigText);
}

export const profilingAdd: Operation<ProfilingRequest, object> = {
  path: 'profiling/add',
  summary: 'Add a profiling of a model to a project.',
  read: (parameters) => ({
    projectId: parameters.id('project_id', 'project'),
    name: parameters.name(),
    modelId: parameters.id('model_id', 'model'),
    datasetId: parameters.id('dataset_id', 'dataset'),
    threads: parameters.integer('num_threads', 1, mostThreads),
  }),
  run: async (bench, request) => ({ profiling_id: (await addProfiling(bench, request)).id }),
};

/** Edits a profiling that was never run, and writes its config.yaml anew. Throws RequestError; then nothing was changed. */
export async function editProfiling(bench: Bench, edit: ProfilingEdit): Promise<ProfilingRecord> {
  const { id, datasetId, threads, fixed = {} } = edit;
  const before = await bench.get('profiling', id);
  await refuseAfterRun(bench, 'profiling', id);
  refuseOthers('profiling', fixed, {
    name: before.name,
    model_id: before.modelId,
    iterations: profilingRuns.runs,
    warmup_iterations: profilingRuns.warmupRuns,
  });
  if (datasetId !== undefined) await datasetOf(bench, before.projectId, datasetId);
  const change = {
    ...(datasetId === undefined ? {} : { datasetId }),
    ...(threads === undefined ? {} : { threads }),
  };
  const parts = await runnableParts(bench, 'profiling', { ...before, ...change });
  const record = await bench.store.edit('profiling', id, (newest) => {
    refuseUnfit(bench, threads ?? newest.threads, parts);
    return change;
  });
  await writeConfig(bench, 'profiling', id, profilingConfigText);
  return record;
}

export const profilingEdit: Operation<ProfilingEdit, object> = {
  path: 'profiling/edit',
  summary: 'Edit a profiling that was never run, or whose newest run was cancelled.',
  read: readEdit,
  run: async (bench, edit) => {
    const { id, datasetId, threads } = edit;
    await editProfiling(bench, edit);
    return {
      id,
      ...(datasetId === undefined ? {} : { dataset_id: datasetId }),
      ...(threads === undefined ? {} : { num_threads: threads }),
    };
  },
};

function readEdit(parameters: RequestReader): ProfilingEdit {
  const datasetId = parameters.optionalId('dataset_id', 'dataset');
  const threads = parameters.optionalInteger('num_threads', 1, mostThreads);
  return {
    id: parameters.id('id', 'profiling'),
    fixed: sentAlong(parameters, ['name', 'model_id', 'iterations', 'warmup_iterations']),
    ...(datasetId === undefined ? {} : { datasetId }),
    ...(threads === undefined ? {} : { threads }),
  };
}

function refuseUnfit(bench: Bench, threads: number, parts: RunnableParts): void {
  configText(bench, threads, parts, configFileOfNew(bench, 'profiling'));
}

/** The config.yaml of a profiling. */
export const profilingConfigText: ConfigTextOf<'profiling'> = async (bench, record, path) =>
  configText(bench, record.threads, await runnableParts(bench, 'profiling', record), path);

function configText(bench: Bench, threads: number, { model, dataset }: RunnableParts, path: string): string {
  const { batchSize, warmupRuns, runs } = profilingRuns;
  const machine = { intra_num_of_threads: threads };
  return evaluationConfig(
    bench,
    'the profiling',
    evaluatedModel(bench, model, dataset),
    [{ mode: 'performance', batchSize, warmup: warmupRuns, iterations: runs, machine }],
    path,
  );
}
