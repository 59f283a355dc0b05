// Operation dataset/add (SYSTEMS §1.3): checked against dictionary and disk; a user's own code begins from a template.
import { join } from 'node:path';
import { loaderEntries } from '../dictionary/loaders';
import type { DictionaryEntry } from '../dictionary/entry';
import { replaceFile } from '../files/atomicWrite';
import type { DatasetRecord } from '../store/records';
import type { Bench } from './bench';
import { checkDescription, pathParametersOf } from './datasetConfig';
import type { DatasetDescription } from './datasetConfig';
import { readDatasetRequest } from './datasetRequest';
import type { DatasetRequest } from './datasetRequest';
import { loaderTemplate, templateInputs, templateName } from './datasetTemplate';
import type { Operation } from './operation';
import { answeringNow } from './operation';
import { requestErrors } from './requestErrors';

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
  const description = locatedDescription(bench, request);
  const needsTemplate = isCustom(description) && description.parameters['path'] === undefined;
  checkDescription(bench, needsTemplate ? withModule(description, templateName) : description);
  const record = await bench.store.create('dataset', { projectId, name, ...description, templatePath: null });
  if (!needsTemplate) return record;
  try {
    return await addTemplate(bench, record);
  } catch (thrown) {
    await bench.store.remove('dataset', record.id);
    throw thrown;
  }
}

function isCustom({ datasetType }: DatasetDescription): boolean {
  return datasetType === 'custom';
}

function withModule(description: DatasetDescription, path: string): DatasetDescription {
  return { ...description, parameters: { ...description.parameters, path } };
}

/** Paths as they are kept, every one allowed and there; the location takes the place of the loader's own. */
function locatedDescription(bench: Bench, { location, description }: DatasetRequest): DatasetDescription {
  const { datasetType, parameters } = description;
  const names = pathParametersOf(datasetType);
  const [first] = names;
  const located =
    location === undefined || first === undefined ? {} : { [placeOf(first, location, description)]: location };
  const given: Record<string, unknown> = { ...parameters, ...located };
  const missing = isCustom(description)
    ? undefined
    : names.find((name) => isRequired(datasetType, name) && !(name in given));
  if (missing !== undefined) throw requestErrors.parameterMissing('dataset_path');
  const stored = Object.entries(given).map(([name, value]): [string, unknown] => {
    const isPath = names.includes(name) && (typeof value === 'string' || typeof value === 'number');
    return [name, isPath ? bench.storedPath(bench.access.realPath(String(value))) : value];
  });
  return { ...description, parameters: Object.fromEntries(stored) };
}

/** The location of a user's own data set may be the module itself, or the data it reads. */
function placeOf(first: string, location: string, description: DatasetDescription): string {
  return isCustom(description) && !/\.[mc]?js$/i.test(location) ? 'root' : first;
}

function isRequired(loader: string, parameter: string): boolean {
  const entry: DictionaryEntry | undefined = loaderEntries.find(({ name }) => name === loader);
  return entry?.parameters.find(({ name }) => name === parameter)?.required === true;
}

/** Writes the template beside the record, made for the model the project began with, and names it as the module. */
async function addTemplate(bench: Bench, record: DatasetRecord): Promise<DatasetRecord> {
  const folder = await bench.store.folderOf('dataset', record.id);
  if (folder === undefined) throw requestErrors.notFound('dataset', record.id);
  const models = await bench.store.list('model', { projectId: record.projectId });
  const model = models.find(({ madeBy }) => madeBy === null);
  const inputs = templateInputs(model && bench.absolutePath(model.path), model?.inputNodes ?? []);
  const path = join(folder, templateName);
  await replaceFile(path, loaderTemplate(inputs));
  const templatePath = bench.storedPath(path);
  return bench.store.edit('dataset', record.id, ({ parameters }) => ({
    templatePath,
    parameters: { ...parameters, path: templatePath },
  }));
}
