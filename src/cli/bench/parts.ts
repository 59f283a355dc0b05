// The options that name a model or a data set of a project, and the ids behind them.
import type { RunnableKind } from '../../store/records';
import type { OptionSpec } from '../options';
import { usageError } from '../usageError';
import type { BenchDoor } from './benchDoor';
import { doorErrors } from './doorErrors';
import { idOf } from './identify';

export const modelOption: OptionSpec = {
  name: 'model',
  type: 'text',
  value: 'MODEL',
  help: 'model of the project, id or name',
  defaultText: 'its input model',
};

/** Of `edit`, where the data stays unless another is named. */
export const newDatasetOption: OptionSpec = {
  name: 'dataset',
  type: 'text',
  value: 'DATASET',
  help: 'data of the project, id or name',
};

export const datasetOption: OptionSpec = { ...newDatasetOption, defaultText: 'the only one' };

/** The model that `--model` names; without it the one the project began with. */
export async function modelOf(door: BenchDoor, projectId: number): Promise<number | undefined> {
  const word = door.parsed.text('model');
  if (word !== undefined) return idOf(door, 'model', word, projectId);
  const models = await door.bench.store.list('model', { projectId });
  return models.find(({ madeBy }) => madeBy === null)?.id;
}

/** The data that `--dataset` names; without it the only one the project has. */
export async function datasetOf(door: BenchDoor, projectId: number): Promise<number> {
  const word = door.parsed.text('dataset');
  if (word !== undefined) return idOf(door, 'dataset', word, projectId);
  const all = await door.bench.store.list('dataset', { projectId });
  const [one] = all;
  if (one !== undefined && all.length === 1) return one.id;
  throw doorErrors.chooseDataset(all.map(({ id, name }) => `${id} (${name})`));
}

/** The data that `--dataset` gives to a thing of a project; undefined without it. */
export async function newDatasetOf(door: BenchDoor, kind: RunnableKind, id: number): Promise<number | undefined> {
  const word = door.parsed.text('dataset');
  return word === undefined ? undefined : idOf(door, 'dataset', word, await projectOf(door, kind, id));
}

/** The project of a thing, in which names of parts are looked for; undefined for an unknown one. */
export async function projectOf(door: BenchDoor, kind: RunnableKind, id: number): Promise<number | undefined> {
  return (await door.bench.store.find(kind, id))?.projectId;
}

/** Throws a `UsageError` for an `edit` that names nothing. */
export function refuseNoChange({ parsed }: BenchDoor, changes: Readonly<Record<string, unknown>>): void {
  if (Object.values(changes).some((value) => value !== undefined)) return;
  throw usageError('Say what is to change.', parsed.spec.name);
}
