// What a data set of the bench says, checked as a DATASET.yaml is, and as the text of one for jobs.
import { join } from 'node:path';
import { ProblemList } from '../../config/configProblem';
import type { ConfigProblem } from '../../config/configProblem';
import { checkDatasetTree } from '../../config/datasetFile';
import type { DatasetConfig } from '../../config/datasetFile';
import { datasetFileText } from '../../config/datasetFileText';
import { entryOf, mapOf, treeOfValue } from '../../config/valueTree';
import type { MapTreeEntry } from '../../config/yamlTree';
import { entryNamed } from '../../dictionary/entry';
import type { DictionaryEntry } from '../../dictionary/entry';
import { loaderEntries } from '../../dictionary/loaders';
import { metricEntries } from '../../dictionary/metrics';
import type { DatasetRecord } from '../../store/records';
import type { Bench } from '../bench';
import { requestErrors } from '../requestErrors';

/** The part of a record that says what data it is. */
export type DatasetDescription = Pick<DatasetRecord, 'datasetType' | 'parameters' | 'transforms' | 'filter' | 'metric'>;

/** Parameters the data set of a user's own code may have that are paths, though its module takes any. */
const customPaths: ReadonlySet<string> = new Set(['root']);

/** The same with what people call it. */
export type NamedDescription = DatasetDescription & Pick<DatasetRecord, 'name'>;

/** How a data set is used. */
export interface DatasetUse {
  /** Samples in one run of the model; absent: 1. */
  readonly batchSize?: number;
  /** False leaves the metric out. */
  readonly withMetric?: boolean;
}

/**
 * The text of a DATASET.yaml of the same data: absolute paths, every default written out.
 *
 * @throws RequestError when the record (edited by hand, or of another version) does not describe a data set
 */
export function datasetYaml(
  bench: Bench,
  record: NamedDescription,
  { batchSize, withMetric = true }: DatasetUse = {},
): string {
  const { metric, ...config } = datasetConfigOf(bench, record);
  return datasetFileText({
    ...config,
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(withMetric && metric !== undefined ? { metric } : {}),
  });
}

/**
 * A data set checked: loader, transforms and metric with absolute paths and every default filled in.
 *
 * @throws RequestError when the record does not describe a data set
 */
export function datasetConfigOf(bench: Bench, record: NamedDescription): DatasetConfig {
  return checkDescription(bench, record, `The data set ${JSON.stringify(record.name)}`);
}

/** @param subject begins the sentence of a refusal; absent for data that a request is about */
export function checkDescription(bench: Bench, description: DatasetDescription, subject?: string): DatasetConfig {
  const entries = entriesOf(bench, description);
  if (entries === undefined) {
    throw requestErrors.refused(
      'dataset',
      `${subject ?? 'The data set'} has too many values, or too many levels of them.`,
    );
  }
  checkOnce(description, subject);
  const problems = new ProblemList();
  const place = { path: '', position: { line: 1, column: 1 } };
  const file = join(bench.workspace, 'dataset.yaml');
  const config = checkDatasetTree(mapOf(entries), file, place, { problems, folder: bench.workspace });
  const [problem] = problems.problems;
  if (problem !== undefined || config === undefined) throw refusalOf(problem, subject);
  return config;
}

/** A file names each transform once, as a map does; a second one would take the place of the first. */
function checkOnce({ transforms }: DatasetDescription, subject: string | undefined): void {
  const names = transforms.map(({ name }) => name);
  const doubled = names.find((name, index) => names.indexOf(name) !== index);
  if (doubled === undefined) return;
  const message = `The transform ${JSON.stringify(doubled.slice(0, 64))} is named twice; each is applied once.`;
  throw requestErrors.refused('dataset', subject === undefined ? message : `${subject}: ${message}`);
}

/** The keys of a DATASET.yaml; undefined when they hold more than can be meant. */
function entriesOf(bench: Bench, description: DatasetDescription): MapTreeEntry[] | undefined {
  const { datasetType, parameters, transforms, filter, metric } = description;
  const trees = {
    dataset: treeOfValue(Object.fromEntries([[datasetType, absoluteCustomPaths(bench, datasetType, parameters)]])),
    filter: filter === null ? undefined : treeOfValue(Object.fromEntries([[filter.name, filter.params]])),
    metric: metric === null ? undefined : treeOfValue(Object.fromEntries([[metric.name, metric.param]])),
  };
  const steps = transforms.map(({ name, params }) => ({ name, params: treeOfValue(params) }));
  if (trees.dataset === undefined) return undefined;
  const entries = [entryOf('dataset', trees.dataset)];
  const transformEntries: MapTreeEntry[] = [];
  for (const { name, params } of steps) {
    if (params === undefined) return undefined;
    transformEntries.push(entryOf(name, params));
  }
  if (transformEntries.length > 0) entries.push(entryOf('transform', mapOf(transformEntries)));
  for (const key of ['filter', 'metric'] as const) {
    const tree = trees[key];
    if (tree !== undefined) entries.push(entryOf(key, tree));
    else if (description[key] !== null) return undefined;
  }
  return entries;
}

/** A user's module is given its parameters as they are: paths among them have to be absolute. */
function absoluteCustomPaths(
  bench: Bench,
  loader: string,
  parameters: DatasetDescription['parameters'],
): DatasetDescription['parameters'] {
  if (loader !== 'custom') return parameters;
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) =>
      customPaths.has(name) && typeof value === 'string' ? [name, bench.absolutePath(value)] : [name, value],
    ),
  );
}

/** The names of a loader's parameters that are paths; the first is where its data lies. */
export function pathParametersOf(loader: string): readonly string[] {
  const names = pathNames(loaderEntries, loader);
  return loader === 'custom' ? [...names, ...customPaths] : names;
}

/** The same of a metric. */
export function metricPathsOf(metric: string): readonly string[] {
  return pathNames(metricEntries, metric);
}

function pathNames(entries: readonly DictionaryEntry[], wanted: string): readonly string[] {
  const parameters = entryNamed(entries, wanted)?.parameters ?? [];
  return parameters.filter(({ type }) => type.kind === 'path').map(({ name }) => name);
}

function refusalOf(problem: ConfigProblem | undefined, subject: string | undefined): Error {
  const { path = '', message = 'This does not describe a data set.', suggestion, expected } = problem ?? {};
  const place = path.length > 120 ? `${path.slice(0, 120)}…` : path;
  const sentence = [
    `${subject === undefined ? '' : `${subject}: `}${place === '' ? '' : `${place}: `}${message}`,
    ...(suggestion === undefined ? [] : [`Did you mean ${suggestion}?`]),
    ...(suggestion !== undefined || expected === undefined ? [] : [`Expected ${expected}.`]),
  ].join(' ');
  return requestErrors.refused('dataset', sentence, 'Name what the dictionaries list, with the parameters they list.');
}
