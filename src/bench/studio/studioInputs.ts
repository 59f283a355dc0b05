// The samples that an analysis of a client of Studio's kind runs on: what the client names as `inputs`, in what it sends or in
// the settings of its project (SYSTEMS §6.1), else what the project has.
import { statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { isMadeUp } from '../../dictionary/madeUpData';
import type { DatasetRecord, ProjectRecord, SensitivityRecord } from '../../store/records';
import type { Bench } from '../bench';
import { addDataset } from '../dataset/datasetAdd';
import type { NamedDescription } from '../dataset/datasetConfig';
import { longestName } from '../project/project';
import { RequestError, requestErrors } from '../requestErrors';
import { oneAfterAnother } from './oneAfterAnother';

/** What an analysis runs on; neither: seeded random numbers. */
export interface RunInputs {
  /** A data set of the project. */
  readonly dataset?: DatasetRecord;
  /** Files that become one once an analysis has run on them: those that cannot be read, or fit no model, never do. */
  readonly tried?: NamedDescription;
}

/**
 * The data set that is named, by its name or id; a folder of .npz files, one sample each, as the original had them, or one
 * .npz file. Where nothing is named the oldest data set with real samples.
 *
 * @param sent `inputs` of the request
 * @throws RequestError for a name of nothing, and for a path that may not be named
 */
export async function inputsFor(bench: Bench, project: ProjectRecord, sent: unknown): Promise<RunInputs> {
  const named = sent ?? project.studioConfig?.['inputs'] ?? '';
  const datasets = await bench.store.list('dataset', { projectId: project.id });
  if (named === '') return inputsOf(usualInputs(datasets));
  if (typeof named !== 'string' && typeof named !== 'number') throw unknownInputs(named, datasets);
  const known = datasets.find(({ id, name }) => name === named || String(id) === String(named));
  if (known !== undefined) return { dataset: known };
  const path = npzPath(bench, String(named));
  if (path === undefined) throw unknownInputs(named, datasets);
  const tried = describedFiles(bench, path);
  return inputsOf(
    datasets.find((dataset) => isSame(dataset, tried)),
    tried,
  );
}

function inputsOf(dataset: DatasetRecord | undefined, tried?: NamedDescription): RunInputs {
  if (dataset !== undefined) return { dataset };
  return tried === undefined ? {} : { tried };
}

/** Makes files that an analysis has run on a data set of its project, and the one of the analysis. */
export async function keepInputs(
  bench: Bench,
  { id, projectId }: SensitivityRecord,
  tried: NamedDescription,
): Promise<void> {
  const { name, ...description } = tried;
  // Two analyses may have run on the same.
  const { dataset } = await oneAfterAnother(bench, `${projectId} inputs ${name}`, JSON.stringify(tried), async () => {
    const known = (await bench.store.list('dataset', { projectId })).find((each) => isSame(each, tried));
    return { dataset: known ?? (await addDataset(bench, { projectId, name, description })) };
  });
  await bench.store.edit('sensitivity', id, () => ({ datasetId: dataset.id }));
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

function describedFiles(bench: Bench, path: string): NamedDescription {
  const name = basename(path, '.npz').slice(0, longestName);
  const parameters = { path: bench.storedPath(path) };
  return { name, datasetType: 'npz', parameters, transforms: [], filter: null, metric: null };
}

function isSame(dataset: DatasetRecord, { datasetType, parameters }: NamedDescription): boolean {
  return dataset.datasetType === datasetType && dataset.parameters['path'] === parameters['path'];
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
