// What optimizations, benchmarks and profilings have in common: the options for model and data, adding, changing.
import type { RunnableKind } from '../../store/records';
import type { OptionSpec } from '../options';
import { printLine } from '../terminal';
import { usageError } from '../usageError';
import { word } from './benchCommand';
import type { BenchDoor } from './benchDoor';
import { doorErrors, groupOf } from './doorErrors';
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
async function newDatasetOf(door: BenchDoor, kind: RunnableKind, id: number): Promise<number | undefined> {
  const word = door.parsed.text('dataset');
  return word === undefined ? undefined : idOf(door, 'dataset', word, await projectOf(door, kind, id));
}

/** The project of a thing, in which names of parts are looked for; undefined for an unknown one. */
export async function projectOf(door: BenchDoor, kind: RunnableKind, id: number): Promise<number | undefined> {
  return (await door.bench.store.find(kind, id))?.projectId;
}

/** Adds what the words PROJECT and NAME and the options name; `rest` is what this kind takes besides, and its own choice of data. */
export async function addToProject(
  door: BenchDoor,
  kind: RunnableKind,
  rest: Readonly<Record<string, unknown>>,
): Promise<undefined> {
  const projectId = await idOf(door, 'project', word(door.parsed, 0));
  const answer = await door.call(`${kind}/add`, {
    project_id: projectId,
    name: word(door.parsed, 1),
    model_id: await modelOf(door, projectId),
    ...('dataset_id' in rest ? {} : { dataset_id: await datasetOf(door, projectId) }),
    ...rest,
  });
  door.print(answer, () => {
    const id = answer.at(`${kind}_id`).text();
    printLine(`${titles[kind]} ${id} is ready.`);
    door.next(groupOf(kind), 'run', id);
  });
}

/** Changes what the first word names: its data, if `--dataset` is there, and the given parameters. */
export async function changePart(
  door: BenchDoor,
  kind: RunnableKind,
  parameters: Readonly<Record<string, unknown>>,
): Promise<undefined> {
  const id = await idOf(door, kind, word(door.parsed, 0));
  const changes = { dataset_id: await newDatasetOf(door, kind, id), ...parameters };
  if (Object.values(changes).every((value) => value === undefined)) {
    throw usageError('Say what is to change.', door.parsed.spec.name);
  }
  door.print(await door.call(`${kind}/edit`, { id, ...changes }), () => {
    printLine(`${titles[kind]} ${id} is changed.`);
    door.next(groupOf(kind), 'run', id);
  });
}

const titles: Readonly<Record<RunnableKind, string>> = {
  optimization: 'Optimization',
  benchmark: 'Benchmark',
  profiling: 'Profiling',
  sensitivity: 'Sensitivity analysis',
};
