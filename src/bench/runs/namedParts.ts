// The model and the data set that an optimization, a benchmark or a profiling names, and what they have to be like.
import { basename } from 'node:path';
import type { DatasetRecord, ModelRecord, RecordsByKind, RunnableKind } from '../../store/records';
import type { Bench } from '../bench';
import { requestErrors } from '../requestErrors';

/** How records name them; null for a model that is not there (yet), and for no data set. */
interface PartNames {
  readonly modelId: number | null;
  readonly datasetId: number | null;
}

/** Undefined for what is gone. */
export interface NamedParts {
  readonly model: ModelRecord | undefined;
  readonly dataset: DatasetRecord | undefined;
}

/** What is named, as it is now. */
export async function namedParts(bench: Bench, { modelId, datasetId }: PartNames): Promise<NamedParts> {
  return {
    model: modelId === null ? undefined : await bench.store.find('model', modelId),
    dataset: datasetId === null ? undefined : await bench.store.find('dataset', datasetId),
  };
}

/** The same for lists: all of a project is looked at once, not anew for each record that names it. */
export async function namedPartsOfProject(bench: Bench, projectId: number): Promise<(names: PartNames) => NamedParts> {
  const models = new Map((await bench.store.list('model', { projectId })).map((model) => [model.id, model]));
  const datasets = new Map((await bench.store.list('dataset', { projectId })).map((dataset) => [dataset.id, dataset]));
  return ({ modelId, datasetId }) => ({
    model: modelId === null ? undefined : models.get(modelId),
    dataset: datasetId === null ? undefined : datasets.get(datasetId),
  });
}

/** What has to be there for a run. */
export interface RunnableParts {
  readonly model: ModelRecord;
  readonly dataset: DatasetRecord;
}

/** What a record names, as it is now. Refuses where one of them is gone, or cannot be run. */
export async function runnableParts(
  bench: Bench,
  kind: RunnableKind,
  record: PartNames & { readonly id: number },
): Promise<RunnableParts> {
  const { model, dataset } = await namedParts(bench, record);
  if (model !== undefined && dataset !== undefined) return { model: runnable(bench, model), dataset };
  const gone = model === undefined ? `model ${record.modelId}` : `data set ${record.datasetId}`;
  throw requestErrors.refused(
    'part-gone',
    `The ${gone} of the ${kind} ${record.id} is gone.`,
    `Add another ${kind}, with a model and data that are there.`,
  );
}

/** The data set, if it is of the project. */
export async function datasetOf(bench: Bench, projectId: number, id: number): Promise<DatasetRecord> {
  return ofProject('dataset', await bench.get('dataset', id), projectId);
}

/** The model, if it is of the project and can be run; without an id the one the project began with. */
export async function modelOf(bench: Bench, projectId: number, id: number | undefined): Promise<ModelRecord> {
  if (id !== undefined) return runnable(bench, ofProject('model', await bench.get('model', id), projectId));
  const model = await inputModelOf(bench, projectId);
  if (model !== undefined) return runnable(bench, model);
  throw requestErrors.refused('no-model', `The project ${projectId} has no input model.`, 'Name one of its models.');
}

/** The model a project began with. */
export async function inputModelOf(bench: Bench, projectId: number): Promise<ModelRecord | undefined> {
  return (await bench.store.list('model', { projectId })).find(({ madeBy }) => madeBy === null);
}

function ofProject<Kind extends 'dataset' | 'model'>(
  kind: Kind,
  record: RecordsByKind[Kind],
  projectId: number,
): RecordsByKind[Kind] {
  if (record.projectId === projectId) return record;
  throw requestErrors.refused(
    'other-project',
    `The ${kind} ${record.id} is not of the project ${projectId}.`,
    `List the ${kind}s of the project, and name one of those.`,
  );
}

/** Refuses a model that can only be looked at. */
function runnable(bench: Bench, model: ModelRecord): ModelRecord {
  if (model.framework === 'ONNXRT') return model;
  const name = basename(bench.absolutePath(model.path));
  throw requestErrors.refused(
    'foreign-model',
    `${name} is a model of ${model.framework}: it can be looked at, but only ONNX models can be run and optimized.`,
    'Export the model to ONNX, and make a project of that.',
  );
}
