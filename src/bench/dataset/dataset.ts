// Operations on data sets (SYSTEMS §1.3) besides adding one: details, list, delete.
import { runnableKinds } from '../../store/records';
import type { DatasetRecord, RunnableKind } from '../../store/records';
import type { Bench } from '../bench';
import { metricPathsOf, pathParametersOf } from './datasetConfig';
import type { Operation } from '../operation';
import { answeringNow } from '../operation';
import type { ByIdAndName } from '../project/project';
import { requestErrors } from '../requestErrors';
import { isPlainObject } from '../requestReader';
import type { PlainObject } from '../requestReader';
import { dateView } from '../views';

/** What optimizations take when nothing else is said; older clients look for it here. */
const calibration = { calibration_batch_size: 100, calibration_sampling_size: 100 } as const;

export const datasetDetails: Operation<{ readonly id: number }, object> = {
  path: 'dataset',
  summary: 'Show a data set: its loader, transforms and metric with their parameters.',
  read: (parameters) => ({ id: parameters.id('id', 'dataset') }),
  run: async (bench, { id }) => {
    const record = await bench.store.find('dataset', id);
    if (record === undefined) {
      const unknown = requestErrors.refused('no-dataset', 'Could not found specified dataset in database.');
      throw bench.broken('dataset', id) ?? unknown;
    }
    return datasetView(bench, record);
  },
};

export const datasetList: Operation<{ readonly projectId: number }, object> = {
  path: 'dataset/list',
  summary: 'List the data sets of a project.',
  read: (parameters) => ({ projectId: parameters.id('project_id', 'project') }),
  run: async (bench, { projectId }) => {
    await bench.get('project', projectId);
    const records = await bench.store.list('dataset', { projectId });
    const datasets = records.map(({ id, name, datasetType, createdAt }) => ({
      id,
      name,
      dataset_type: datasetType,
      created_at: dateView(createdAt),
    }));
    return bench.withProblems({ datasets }, 'dataset', projectId);
  },
};

export const datasetDelete: Operation<ByIdAndName, { readonly id: number | null }> = {
  path: 'dataset/delete',
  summary: 'Delete a data set that nothing uses; id and name have to fit.',
  read: (parameters) => ({ id: parameters.id('id', 'dataset'), name: parameters.text('name') }),
  run: async (bench, { id, name }) => {
    const record = await bench.store.find('dataset', id);
    if (record?.name !== name) return { id: null };
    const users = await usersOf(bench, record);
    if (users.length > 0) {
      const message = `The dataset ${JSON.stringify(name)} is used by ${listed(users)}.`;
      throw requestErrors.refused('dataset-used', message, 'Delete those first, or let them use another data set.');
    }
    return { id: (await bench.store.remove('dataset', id)) ? id : null };
  },
};

export const datasetOperations = [answeringNow(datasetDetails), answeringNow(datasetList), answeringNow(datasetDelete)];

/** Everything about a data set. */
export function datasetView(bench: Bench, record: DatasetRecord): object {
  const { id, projectId, name, datasetType, transforms, filter, metric, templatePath, createdAt } = record;
  return {
    id,
    project_id: projectId,
    name,
    dataset_type: datasetType,
    parameters: withAbsolutePaths(bench, record.parameters, pathParametersOf(datasetType)),
    // Clients were given an empty object where there is nothing.
    transforms: transforms.length === 0 ? {} : transforms,
    filter: filter ?? {},
    metric: metric === null ? {} : { name: metric.name, param: shownMetricParam(bench, metric) },
    template_path: templatePath === null ? null : bench.absolutePath(templatePath),
    ...calibration,
    created_at: dateView(createdAt),
  };
}

function shownMetricParam(bench: Bench, { name, param }: NonNullable<DatasetRecord['metric']>): unknown {
  return isPlainObject(param) ? withAbsolutePaths(bench, param, metricPathsOf(name)) : param;
}

function withAbsolutePaths(bench: Bench, parameters: PlainObject, paths: readonly string[]): PlainObject {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      paths.includes(name) && typeof value === 'string' ? bench.absolutePath(value) : value,
    ]),
  );
}

/** What uses a data set, each as `optimization "int8"`. */
async function usersOf(bench: Bench, { id, projectId }: DatasetRecord): Promise<string[]> {
  const usersAmong = async (kind: RunnableKind): Promise<string[]> => {
    const records = await bench.store.list(kind, { projectId });
    return records
      .filter(({ datasetId }) => datasetId === id)
      .map(({ name }) => `${kind} ${JSON.stringify(name.slice(0, 64))}`);
  };
  return (await Promise.all(runnableKinds.map(usersAmong))).flat();
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5);
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`;
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}
