// DATASET.yaml: the `dataloader` section of a tuning config (SYSTEMS §2.5), read and checked with positions.
import { dirname } from 'node:path';
import type { DictionaryEntry, ValueOf } from '../dictionary/entry';
import { givesBoxes } from '../dictionary/detectionLoaders';
import { filterEntries } from '../dictionary/filters';
import { loaderEntries } from '../dictionary/loaders';
import { metricEntries } from '../dictionary/metrics';
import { transformEntries } from '../dictionary/transforms';
import { checkChosen, isNull, namedAlone } from './checkChosen';
import { checkPostprocess } from './checkPostprocess';
import { checkEntries, loaderNoun, reportUnknown, typeText, valueOf } from './checkParameters';
import type { CheckContext, PlacedEntry } from './checkParameters';
import { configErrors } from './configErrors';
import { ProblemList } from './configProblem';
import type { ConfigProblem, TextPosition } from './configProblem';
import { readConfigText } from './configText';
import { datasetKeys } from './datasetKeys';
import { parseYamlTree } from './yamlTree';
import type { MapTreeEntry, YamlTree } from './yamlTree';

/** What happens to a last batch that is not full: it is kept short (rollover), or left out. */
export type LastBatch = 'rollover' | 'discard';

/** A checked DATASET.yaml; paths are absolute, defaults filled in. */
export interface DatasetConfig {
  /** The file itself. */
  readonly path: string;
  readonly dataset: PlacedEntry;
  /** In the order they are applied. */
  readonly transforms: readonly PlacedEntry[];
  readonly batchSize: number;
  readonly lastBatch: LastBatch;
  readonly shuffle: boolean;
  /** Which samples are read; absent: all. */
  readonly filter?: PlacedEntry;
  /** What is done to outputs before the metric sees them, in this order. */
  readonly postprocess: readonly PlacedEntry[];
  readonly metric?: PlacedEntry;
}

/**
 * Reads and checks a DATASET.yaml.
 *
 * @throws ConfigError with every problem found; FileError when the file cannot be read
 */
export function readDatasetFile(path: string): DatasetConfig {
  return parseDatasetFile(readConfigText(path), path);
}

/**
 * Checks the text of a DATASET.yaml; relative paths in it are resolved against the folder of `path`.
 *
 * @throws ConfigError with every problem found
 */
export function parseDatasetFile(text: string, path: string): DatasetConfig {
  const { config, problems } = checkDatasetText(text, path);
  if (config === undefined) throw configErrors.invalid(path, problems);
  return config;
}

/** As `parseDatasetFile`, but answers the problems instead of throwing. Either there is a config, or problems. */
export function checkDatasetText(
  text: string,
  path: string,
): { config?: DatasetConfig; problems: readonly ConfigProblem[] } {
  const { tree, problems: yamlProblems } = parseYamlTree(text);
  if (yamlProblems.length > 0) return { problems: yamlProblems };
  const context: CheckContext = { problems: new ProblemList(), folder: dirname(path) };
  const start = { path: '', position: { line: 1, column: 1 } };
  const config = checkDatasetTree(tree, path, start, context);
  const problems = context.problems.problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return config === undefined || problems.length > 0 ? { problems } : { config, problems };
}

/** Where the description of a data set stands: keys down to it (empty for a whole file), and its first place. */
export interface DatasetPlace {
  readonly path: string;
  readonly position: TextPosition;
}

/**
 * Checks the tree of a data set, whole or inside another file.
 *
 * @param file the file it stands in
 * @param refusedMetric why the metric is named elsewhere; absent where it belongs here
 */
export function checkDatasetTree(
  tree: YamlTree | undefined,
  file: string,
  place: DatasetPlace,
  context: CheckContext,
  refusedMetric?: string,
): DatasetConfig | undefined {
  if (tree?.kind !== 'map') {
    const subject = place.path === '' ? 'The file' : 'This';
    context.problems.add(place.path, tree?.position ?? place.position, `${subject} does not describe a data set.`, {
      expected: 'keys such as "dataset: {ImageFolder: {root: pictures}}"',
    });
    return undefined;
  }
  const keys = new DatasetKeys(new Map(tree.entries.map((entry) => [entry.key, entry])), place.path);
  for (const { key, keyPosition } of tree.entries) {
    if (Object.hasOwn(datasetKeys, key)) continue;
    reportUnknown(key, 'key', Object.keys(datasetKeys), { path: keys.pathOf(key), position: keyPosition }, context);
  }
  checkDistributed(keys, context);
  const dataset = checkOne(keys, 'dataset', loaderNoun, loaderEntries, context);
  const metric = checkMetric(keys, refusedMetric, context);
  const transforms = checkTransforms(keys, context);
  const filter = checkFilter(keys, dataset, context);
  const postprocess = checkSteps(keys, refusedMetric, context);
  if (keys.get('dataset') === undefined) {
    const message = 'The key "dataset" is missing.';
    context.problems.add(place.path, place.position, message, {
      code: 'missing-key',
      missing: 'dataset',
      expected: 'dataset: {<loader>: {…}}',
    });
  }
  if (dataset === undefined) return undefined;
  return {
    path: file,
    dataset,
    ...withLabelShift(transforms, postprocess),
    batchSize: simpleValue(keys, 'batch_size', context),
    lastBatch: simpleValue(keys, 'last_batch', context),
    shuffle: simpleValue(keys, 'shuffle', context),
    ...(filter === undefined ? {} : { filter }),
    ...(metric === undefined ? {} : { metric }),
  };
}

/** Steps after the model on top of a data set: shifts of the label add up, because each transform stands there once. */
export function withLabelShift(
  transforms: readonly PlacedEntry[],
  steps: readonly PlacedEntry[],
): Pick<DatasetConfig, 'transforms' | 'postprocess'> {
  const postprocess = steps.filter(({ name }) => name !== labelShift);
  const shift = steps.find(({ name }) => name === labelShift);
  if (shift === undefined) return { transforms, postprocess };
  const before = transforms.find(({ name }) => name === labelShift);
  if (before === undefined) return { transforms: [...transforms, shift], postprocess };
  const sum = Number(before.parameters['label_shift']) + Number(shift.parameters['label_shift']);
  const merged = { ...before, parameters: { label_shift: sum } };
  return { transforms: transforms.map((each) => (each === before ? merged : each)), postprocess };
}

const labelShift = 'LabelShift';

/** The keys given for a data set, and how their paths begin. */
class DatasetKeys {
  constructor(
    private readonly entries: ReadonlyMap<string, MapTreeEntry>,
    private readonly path: string,
  ) {}

  get(key: string): MapTreeEntry | undefined {
    return this.entries.get(key);
  }

  pathOf(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }
}

function checkMetric(keys: DatasetKeys, refusal: string | undefined, context: CheckContext): PlacedEntry | undefined {
  if (refusal === undefined) return checkOne(keys, 'metric', 'metric', metricEntries, context);
  refuse(keys, 'metric', refusal, context);
  return undefined;
}

/** Steps stand under `transform`, as in config.yaml. */
function checkSteps(keys: DatasetKeys, refusal: string | undefined, context: CheckContext): readonly PlacedEntry[] {
  const found = keys.get('postprocess');
  if (found === undefined || isNull(found.value)) return [];
  if (refusal !== undefined) {
    refuse(keys, 'postprocess', 'Postprocessing is named beside the dataloader, under evaluation.accuracy.', context);
    return [];
  }
  const path = keys.pathOf('postprocess');
  const [entry, ...others] = found.value.kind === 'map' ? found.value.entries : [];
  if (entry?.key !== 'transform' || others.length > 0) {
    const expected = 'postprocess: {transform: {<step>: {parameters}, …}}';
    context.problems.add(path, found.value.position, 'Postprocessing holds the one key "transform".', { expected });
    return [];
  }
  return checkPostprocess(entry.value, { path: `${path}.transform`, position: entry.keyPosition }, context);
}

/** Filters choose pictures by their boxes, so that they are for loaders that know them. */
function checkFilter(
  keys: DatasetKeys,
  dataset: PlacedEntry | undefined,
  context: CheckContext,
): PlacedEntry | undefined {
  const found = keys.get('filter');
  if (found === undefined || isNull(found.value)) return undefined;
  if (dataset !== undefined && !givesBoxes(dataset.name)) {
    const message = `Filters (LabelBalance) choose pictures by their number of boxes; ${dataset.name} gives no boxes.`;
    refuse(keys, 'filter', message, context);
    return undefined;
  }
  return checkChosen(found.value, keys.pathOf('filter'), 'filter', filterEntries, context);
}

function refuse(
  keys: DatasetKeys,
  key: 'metric' | 'postprocess' | 'filter',
  message: string,
  { problems }: CheckContext,
): void {
  const found = keys.get(key);
  if (found === undefined) return;
  problems.add(keys.pathOf(key), found.keyPosition, message, { code: 'refused', expected: `no ${key}` });
}

/** The one entry of `dataset` or `metric`; null is no metric. */
function checkOne(
  keys: DatasetKeys,
  key: 'dataset' | 'metric',
  noun: string,
  entries: readonly DictionaryEntry[],
  context: CheckContext,
): PlacedEntry | undefined {
  const found = keys.get(key);
  if (found === undefined) return undefined;
  if (!isNull(found.value)) return checkChosen(found.value, keys.pathOf(key), noun, entries, context);
  if (key === 'dataset') {
    const expected = namesOf(entries);
    context.problems.add(keys.pathOf(key), found.keyPosition, `There is no ${noun} named.`, { expected });
  }
  return undefined;
}

function checkTransforms(keys: DatasetKeys, context: CheckContext): PlacedEntry[] {
  const found = keys.get('transform');
  if (found === undefined || isNull(found.value)) return [];
  const map = namedAlone(found.value);
  const path = keys.pathOf('transform');
  if (map === undefined) {
    context.problems.add(path, found.value.position, 'Transforms are a map, applied in the order written.', {
      expected: '{<transform>: {parameters}, …}',
    });
    return [];
  }
  return checkEntries(map, path, 'transform', transformEntries, context);
}

/** A key of the original that cannot be followed: saying so beats ignoring it. */
function checkDistributed(keys: DatasetKeys, { problems }: CheckContext): void {
  const distributed = keys.get('distributed');
  if (distributed === undefined || (distributed.value.kind === 'scalar' && distributed.value.value === false)) return;
  const message = 'Data is read by one process; distributed loading does not exist here.';
  problems.add(keys.pathOf('distributed'), distributed.keyPosition, message, { code: 'refused', expected: 'false' });
}

/** The value of a scalar key of the root, or its default; `valueOf` has checked it against the type. */
function simpleValue<Key extends 'batch_size' | 'last_batch' | 'shuffle'>(
  keys: DatasetKeys,
  key: Key,
  { problems, folder }: CheckContext,
): ValueOf<(typeof datasetKeys)[Key]['type']> {
  type Value = ValueOf<(typeof datasetKeys)[Key]['type']>;
  const { type, default: fallback } = datasetKeys[key];
  const found = keys.get(key);
  if (found === undefined || isNull(found.value)) return fallback as Value;
  const value = valueOf(found.value, type, folder);
  if (value === undefined) {
    const given = found.value.kind === 'scalar' ? String(found.value.value).slice(0, 64) : `a ${found.value.kind}`;
    problems.add(keys.pathOf(key), found.value.position, `${key} cannot be ${given}.`, {
      code: 'wrong-value',
      expected: typeText(type),
    });
  }
  return (value ?? fallback) as Value;
}

function namesOf(entries: readonly DictionaryEntry[]): string {
  return `one of ${entries.map(({ name }) => name).join(', ')}`;
}
