// What belongs to an optimization: its model, its data, its config.yaml, and whether they fit together.
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { optimizationTypes } from '../../dictionary/benchTerms';
import { replaceFile } from '../../files/atomicWrite';
import { systemErrorCode } from '../../files/fileErrors';
import type { DatasetRecord, ModelRecord, OptimizationRecord, RecordsByKind } from '../../store/records';
import type { Bench } from '../bench';
import { configFileName, configText } from './configWriter';
import type { ConfigSource } from './configWriter';
import { requestErrors } from '../requestErrors';

/** Refuses a precision that a type does not lead to. */
export function refuseMisfit(type: string, precision: string): void {
  const leadsTo = optimizationTypes.find(({ name }) => name === type)?.precisions ?? [];
  if (leadsTo.some((each) => each === precision)) return;
  throw requestErrors.refused(
    'precision',
    `${type} does not lead to ${precision}, but to ${leadsTo.join(', ')}.`,
    'Choose another precision, or another type.',
  );
}

/** The data set, if it is of the project. */
export async function datasetOf(bench: Bench, projectId: number, id: number): Promise<DatasetRecord> {
  return ofProject('dataset', await bench.get('dataset', id), projectId);
}

/** The model, if it is of the project and can be run; without an id the one the project began with. */
export async function modelOf(bench: Bench, projectId: number, id: number | undefined): Promise<ModelRecord> {
  const model = id === undefined ? await inputModelOf(bench, projectId) : await bench.get('model', id);
  return runnable(bench, ofProject('model', model, projectId));
}

async function inputModelOf(bench: Bench, projectId: number): Promise<ModelRecord> {
  const models = await bench.store.list('model', { projectId });
  const model = models.find(({ madeBy }) => madeBy === null);
  if (model !== undefined) return model;
  throw requestErrors.refused('no-model', `The project ${projectId} has no input model.`, 'Name one of its models.');
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
export function runnable(bench: Bench, model: ModelRecord): ModelRecord {
  if (model.framework === 'ONNXRT') return model;
  const name = basename(bench.absolutePath(model.path));
  throw requestErrors.refused(
    'foreign-model',
    `${name} is a model of ${model.framework}: it can be looked at, but only ONNX models can be run and optimized.`,
    'Export the model to ONNX, and make a project of that.',
  );
}

/** Absolute path of the config.yaml of an optimization. */
export async function configFileOf(bench: Bench, id: number): Promise<string> {
  const folder = await bench.store.folderOf('optimization', id);
  if (folder === undefined) throw requestErrors.notFound('optimization', id);
  return join(folder, configFileName);
}

/** Refuses what would make no config that can be run; `source` may not have a folder yet. */
export function refuseUnfit(bench: Bench, source: ConfigSource): void {
  // As deep as the real one: what is checked does not depend on the names of the folders.
  configText(bench, source, join(bench.store.folder, 'projects', 'new', 'optimizations', 'new', configFileName));
}

/** Model and data as they are now. Refuses where one of them is gone. */
export async function sourceOf(bench: Bench, optimization: OptimizationRecord): Promise<ConfigSource> {
  const { modelId, datasetId, id } = optimization;
  const model = await bench.store.find('model', modelId);
  const dataset = await bench.store.find('dataset', datasetId);
  const gone = model === undefined ? `model ${modelId}` : dataset === undefined ? `data set ${datasetId}` : undefined;
  if (model !== undefined && dataset !== undefined) return { optimization, model: runnable(bench, model), dataset };
  throw requestErrors.refused(
    'part-gone',
    `The ${gone ?? ''} of the optimization ${id} is gone.`,
    'Add another optimization, with a model and data that are there.',
  );
}

/** Writes config.yaml as the record has it, and gives its path. */
export async function writeConfig(bench: Bench, source: ConfigSource, id: number): Promise<string> {
  const path = await configFileOf(bench, id);
  await replaceFile(path, configText(bench, source, path));
  return path;
}

/** The path of config.yaml, which is written where it is missing. */
export async function presentConfig(bench: Bench, optimization: OptimizationRecord): Promise<string> {
  const path = await configFileOf(bench, optimization.id);
  if ((await textOrNone(path)) === undefined)
    await writeConfig(bench, await sourceOf(bench, optimization), optimization.id);
  return path;
}

/** Keeps a config.yaml that a person has changed under another name; gives its path, or undefined. */
export async function keepChangedConfig(bench: Bench, optimization: OptimizationRecord): Promise<string | undefined> {
  const path = await configFileOf(bench, optimization.id);
  const text = await textOrNone(path);
  if (text === undefined || text === (await writtenText(bench, optimization, path))) return undefined;
  const kept = path.replace(/\.yaml$/, `.before-edit-${optimization.version}.yaml`);
  await replaceFile(kept, text);
  return kept;
}

/** What the bench wrote for a record; undefined where that cannot be told any more. */
async function writtenText(bench: Bench, optimization: OptimizationRecord, path: string): Promise<string | undefined> {
  try {
    return configText(bench, await sourceOf(bench, optimization), path);
  } catch {
    return undefined;
  }
}

async function textOrNone(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if (systemErrorCode(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}
