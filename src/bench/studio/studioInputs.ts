// The samples that an analysis of a client of Studio's kind runs on: what the client names as `inputs`, in what it sends or in
// the settings of its project (SYSTEMS §6.1), else what the project has.
import { statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { isMadeUp } from '../../dictionary/madeUpData';
import type { DatasetRecord, ProjectRecord } from '../../store/records';
import type { Bench } from '../bench';
import { addDataset } from '../dataset/datasetAdd';
import { longestName } from '../project/project';
import { RequestError, requestErrors } from '../requestErrors';
import { oneAfterAnother } from './oneAfterAnother';

/**
 * The data set that is named, by its name or id; a folder of .npz files, one sample each, as the original had them, or one
 * .npz file becomes a data set of the project. Where nothing is named the oldest with real samples; undefined for none.
 *
 * @param sent `inputs` of the request
 * @throws RequestError for a name of nothing, and for a path that may not be named
 */
export async function inputsFor(
  bench: Bench,
  project: ProjectRecord,
  sent: unknown,
): Promise<DatasetRecord | undefined> {
  const named = sent ?? project.studioConfig?.['inputs'] ?? '';
  const datasets = await bench.store.list('dataset', { projectId: project.id });
  if (named === '') return usualInputs(datasets);
  if (typeof named !== 'string' && typeof named !== 'number') throw unknownInputs(named, datasets);
  const known = datasets.find(({ id, name }) => name === named || String(id) === String(named));
  if (known !== undefined) return known;
  const path = npzPath(bench, String(named));
  if (path === undefined) throw unknownInputs(named, datasets);
  return (await oneAfterAnother(bench, `${project.id} inputs ${path}`, path, () =>
    datasetAt(bench, project.id, path),
  )) as DatasetRecord;
}

/** Real samples before made-up ones, the oldest first; a data set whose code a person has yet to write is left out. */
function usualInputs(datasets: readonly DatasetRecord[]): DatasetRecord | undefined {
  const whole = datasets.filter(({ templatePath }) => templatePath === null);
  return whole.find(({ datasetType }) => !isMadeUp(datasetType)) ?? whole[0];
}

/** The real path of a folder or an .npz file; undefined for anything else. */
function npzPath(bench: Bench, named: string): string | undefined {
  try {
    const path = bench.access.realPath(named);
    return statSync(path).isDirectory() || extname(path).toLowerCase() === '.npz' ? path : undefined;
  } catch (thrown) {
    if (thrown instanceof RequestError && thrown.refusal !== 'access-denied') return undefined;
    throw thrown;
  }
}

async function datasetAt(bench: Bench, projectId: number, path: string): Promise<DatasetRecord> {
  const stored = bench.storedPath(path);
  const known = (await bench.store.list('dataset', { projectId })).find(
    ({ datasetType, parameters }) => datasetType === 'npz' && parameters['path'] === stored,
  );
  return (
    known ??
    addDataset(bench, {
      projectId,
      name: basename(path, '.npz').slice(0, longestName),
      location: path,
      description: { datasetType: 'npz', parameters: {}, transforms: [], filter: null, metric: null },
    })
  );
}

function unknownInputs(named: unknown, datasets: readonly DatasetRecord[]): RequestError {
  const names = datasets.slice(0, 5).map(({ name }) => JSON.stringify(name));
  const known =
    names.length === 0 ? 'The project has no data set yet.' : `Data sets of the project: ${names.join(', ')}.`;
  return requestErrors.refused(
    'inputs',
    `The inputs ${JSON.stringify(named).slice(0, 200)} are no data set of the project, no folder of .npz files and no .npz file.`,
    `Give another "inputs", or leave it out of the request and of the settings of the project. ${known}`,
  );
}
