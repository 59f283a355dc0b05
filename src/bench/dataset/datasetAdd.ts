// Operation dataset/add (SYSTEMS §1.3): checked against dictionary and disk; a user's own code begins from a template.
import { join } from 'node:path';
import { moduleText } from '../../config/ownCode/moduleText';
import type { ModuleParts } from '../../config/ownCode/moduleText';
import { entryNamed } from '../../dictionary/entry';
import { loaderEntries } from '../../dictionary/loaders';
import { BenchError } from '../../protocol/benchError';
import { replaceFile } from '../../files/atomicWrite';
import type { DatasetRecord } from '../../store/records';
import type { Bench } from '../bench';
import { checkDescription, metricPathsOf, pathParametersOf } from './datasetConfig';
import type { DatasetDescription } from './datasetConfig';
import { readDatasetRequest } from './datasetRequest';
import type { DatasetRequest } from './datasetRequest';
import { templateInputs, templateName } from './datasetTemplate';
import type { Operation } from '../operation';
import { answeringNow } from '../operation';
import { requestErrors } from '../requestErrors';
import { isPlainObject, RequestReader } from '../requestReader';
import type { PlainObject } from '../requestReader';

export const datasetAdd: Operation<DatasetRequest, { readonly dataset_id: number }> = {
  path: 'dataset/add',
  summary: 'Add a data set to a project: a loader, transforms, and what is measured.',
  read: readDatasetRequest,
  run: async (bench, request) => ({ dataset_id: (await addDataset(bench, request)).id }),
};

export const datasetAddOperations = [answeringNow(datasetAdd)];

/**
 * Adds a data set.
 *
 * @throws RequestError when it names what is not in the dictionaries, not on the disk, or not allowed
 */
export async function addDataset(bench: Bench, request: DatasetRequest): Promise<DatasetRecord> {
  const { projectId, name } = request;
  await bench.get('project', projectId);
  const { description, parts } = checkedRequest(bench, request);
  const record = await bench.store.create('dataset', { projectId, name, ...description, templatePath: null });
  if (!parts.loader && !parts.metric) return record;
  try {
    return await addTemplate(bench, record, parts);
  } catch (thrown) {
    await bench.store.remove('dataset', record.id);
    throw thrown;
  }
}

/**
 * What would be wrong with a data set if it were added as `dataset/add` is sent it, in a sentence; null where nothing is. For
 * doors that ask for one thing after the other: what is not known yet is left out.
 */
export function datasetProblem(bench: Bench, parameters: PlainObject): string | null {
  try {
    checkedRequest(bench, readDatasetRequest(RequestReader.of(parameters)));
    return null;
  } catch (thrown) {
    if (!(thrown instanceof BenchError)) throw thrown;
    return thrown.message;
  }
}

/** Throws RequestError when a request names what is not in the dictionaries, not on the disk, or not allowed. */
function checkedRequest(
  bench: Bench,
  request: DatasetRequest,
): { readonly description: DatasetDescription; readonly parts: ModuleParts } {
  const description = withStoredPaths(bench, request);
  const parts = unwrittenParts(description);
  checkDescription(bench, withModule(description, parts, templateName));
  return { description, parts };
}

/** What is to be a person's own code, but names no module yet. */
function unwrittenParts({ datasetType, parameters, metric }: DatasetDescription): ModuleParts {
  return {
    loader: datasetType === 'custom' && parameters['path'] === undefined,
    metric: metric?.name === 'custom' && !(isPlainObject(metric.param) && Object.hasOwn(metric.param, 'path')),
  };
}

function withModule(description: DatasetDescription, parts: ModuleParts, path: string): DatasetDescription {
  const { parameters, metric } = description;
  const param = isPlainObject(metric?.param) ? metric.param : {};
  return {
    ...description,
    parameters: parts.loader ? { ...parameters, path } : parameters,
    metric: metric !== null && parts.metric ? { ...metric, param: { ...param, path } } : metric,
  };
}

/** Paths as they are kept, every one allowed and there; the location takes the place of the loader's own. */
function withStoredPaths(bench: Bench, { location, description }: DatasetRequest): DatasetDescription {
  const { datasetType, parameters, metric } = description;
  const names = pathParametersOf(datasetType);
  const [first] = names;
  const isLocated = location !== undefined && first !== undefined;
  const located = isLocated ? { ...parameters, [placeOf(first, location, datasetType)]: location } : parameters;
  const isMissing =
    datasetType !== 'custom' && names.some((name) => isRequired(datasetType, name) && !(name in located));
  if (isMissing) throw requestErrors.parameterMissing('dataset_path');
  return {
    ...description,
    parameters: storedPaths(bench, located, names),
    metric:
      metric !== null && isPlainObject(metric.param)
        ? { ...metric, param: storedPaths(bench, metric.param, metricPathsOf(metric.name)) }
        : metric,
  };
}

/** The location of a user's own data set may be the module itself, or the data it reads. */
function placeOf(first: string, location: string, loader: string): string {
  return loader === 'custom' && !/\.[mc]?[jt]s$/i.test(location) ? 'root' : first;
}

function isRequired(loader: string, parameter: string): boolean {
  const parameters = entryNamed(loaderEntries, loader)?.parameters ?? [];
  return parameters.some(({ name, required }) => name === parameter && required === true);
}

function storedPaths(bench: Bench, parameters: PlainObject, names: readonly string[]): PlainObject {
  const stored = Object.entries(parameters).map(([name, value]): [string, unknown] => {
    const isPath = names.includes(name) && (typeof value === 'string' || typeof value === 'number');
    return [name, isPath ? bench.storedPath(bench.access.realPath(String(value))) : value];
  });
  return Object.fromEntries(stored);
}

/** Writes the template beside the record, made for the model the project began with, and names it as the module. */
async function addTemplate(bench: Bench, record: DatasetRecord, parts: ModuleParts): Promise<DatasetRecord> {
  const folder = await bench.store.folderOf('dataset', record.id);
  if (folder === undefined) throw requestErrors.notFound('dataset', record.id);
  const models = await bench.store.list('model', { projectId: record.projectId });
  const model = models.find(({ madeBy }) => madeBy === null);
  const inputs = templateInputs(model && bench.absolutePath(model.path), model?.inputNodes ?? []);
  const path = join(folder, templateName);
  await replaceFile(path, moduleText(parts, inputs, 'javascript'));
  const templatePath = bench.storedPath(path);
  return bench.store.edit('dataset', record.id, (newest) => {
    const { parameters, metric } = withModule(newest, parts, templatePath);
    return { templatePath, parameters, metric };
  });
}
