// DATASET.yaml: the `dataloader` section of a tuning config (SYSTEMS §2.5), read and checked with positions.
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DictionaryEntry, ValueOf } from '../dictionary/entry';
import { loaderEntries } from '../dictionary/loaders';
import { metricEntries } from '../dictionary/metrics';
import { transformEntries } from '../dictionary/transforms';
import { fileErrorOf } from '../files/fileErrors';
import { checkEntries, reportUnknown, typeText, valueOf } from './checkParameters';
import type { CheckContext, PlacedEntry } from './checkParameters';
import { configErrors } from './configErrors';
import { ProblemList } from './configProblem';
import type { ConfigProblem } from './configProblem';
import { datasetKeys } from './datasetKeys';
import { parseYamlTree } from './yamlTree';
import type { MapTree, MapTreeEntry, YamlTree } from './yamlTree';

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
  readonly metric?: PlacedEntry;
}

/** More than any person writes; larger files are something else. */
const maximumBytes = 256 * 1024;

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
  const config = checkRoot(tree, path, context);
  const problems = context.problems.problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return config === undefined || problems.length > 0 ? { problems } : { config, problems };
}

function readConfigText(path: string): string {
  let bytes: Buffer;
  try {
    const file = openSync(path, 'r');
    try {
      const { size } = fstatSync(file);
      if (size > maximumBytes) throw configErrors.tooLarge(path, size, maximumBytes);
      bytes = readFileSync(file);
    } finally {
      closeSync(file);
    }
  } catch (thrown) {
    throw fileErrorOf(thrown, path, 'read');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw configErrors.encoding(path);
  }
}

function checkRoot(tree: YamlTree | undefined, path: string, context: CheckContext): DatasetConfig | undefined {
  const start = { line: 1, column: 1 };
  if (tree?.kind !== 'map') {
    context.problems.add('', tree?.position ?? start, 'The file does not describe a data set.', {
      expected: 'keys such as "dataset: {ImageFolder: {root: pictures}}"',
    });
    return undefined;
  }
  const keys = new Map(tree.entries.map((entry) => [entry.key, entry]));
  for (const { key, keyPosition } of tree.entries) {
    if (Object.hasOwn(datasetKeys, key)) continue;
    reportUnknown(key, 'key', Object.keys(datasetKeys), { path: key, position: keyPosition }, context);
  }
  checkRefused(keys, context);
  const dataset = checkOne(keys.get('dataset'), 'dataset', 'dataset loader', loaderEntries, context);
  const metric = checkOne(keys.get('metric'), 'metric', 'metric', metricEntries, context);
  const transforms = checkTransforms(keys.get('transform'), context);
  if (!keys.has('dataset')) {
    context.problems.add('', start, 'The key "dataset" is missing.', { expected: 'dataset: {<loader>: {…}}' });
  }
  if (dataset === undefined) return undefined;
  return {
    path,
    dataset,
    transforms,
    batchSize: simpleValue(keys, 'batch_size', context),
    lastBatch: simpleValue(keys, 'last_batch', context),
    shuffle: simpleValue(keys, 'shuffle', context),
    ...(metric === undefined ? {} : { metric }),
  };
}

/** The one entry of `dataset` or `metric`; also the bare name, for entries that need no parameters. */
function checkOne(
  found: MapTreeEntry | undefined,
  path: string,
  noun: string,
  entries: readonly DictionaryEntry[],
  context: CheckContext,
): PlacedEntry | undefined {
  if (found === undefined || isNull(found.value)) {
    if (found !== undefined && path === 'dataset') {
      context.problems.add(path, found.keyPosition, `There is no ${noun} named.`, { expected: namesOf(entries) });
    }
    return undefined;
  }
  const map = namedAlone(found.value);
  if (map?.entries.length !== 1) {
    context.problems.add(path, found.value.position, `Exactly one ${noun} is named here.`, {
      expected: `{<${noun}>: {parameters}}`,
    });
    return undefined;
  }
  return checkEntries(map, path, noun, entries, context)[0];
}

function checkTransforms(found: MapTreeEntry | undefined, context: CheckContext): PlacedEntry[] {
  if (found === undefined || isNull(found.value)) return [];
  const map = namedAlone(found.value);
  if (map === undefined) {
    context.problems.add('transform', found.value.position, 'Transforms are a map, applied in the order written.', {
      expected: '{<transform>: {parameters}, …}',
    });
    return [];
  }
  return checkEntries(map, 'transform', 'transform', transformEntries, context);
}

/** Keys of the original that cannot be followed: saying so beats ignoring them. */
function checkRefused(keys: ReadonlyMap<string, MapTreeEntry>, { problems }: CheckContext): void {
  const filter = keys.get('filter');
  if (filter !== undefined && !isNull(filter.value)) {
    const loader = keys.get('dataset')?.value;
    const name = loader?.kind === 'map' ? (loader.entries[0]?.key ?? 'the loader') : 'the loader';
    const message = `Filters (LabelBalance) choose pictures by their number of boxes; ${name} gives no boxes.`;
    problems.add('filter', filter.keyPosition, message, { expected: 'no filter' });
  }
  const distributed = keys.get('distributed');
  if (distributed !== undefined && !(distributed.value.kind === 'scalar' && distributed.value.value === false)) {
    const message = 'Data is read by one process; distributed loading does not exist here.';
    problems.add('distributed', distributed.keyPosition, message, { expected: 'false' });
  }
}

/** The value of a scalar key of the root, or its default; `valueOf` has checked it against the type. */
function simpleValue<Key extends 'batch_size' | 'last_batch' | 'shuffle'>(
  keys: ReadonlyMap<string, MapTreeEntry>,
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
    problems.add(key, found.value.position, `${key} cannot be ${given}.`, { expected: typeText(type) });
  }
  return (value ?? fallback) as Value;
}

function namedAlone(tree: YamlTree): MapTree | undefined {
  if (tree.kind === 'map') return tree;
  if (tree.kind !== 'scalar' || typeof tree.value !== 'string') return undefined;
  const { value: key, position } = tree;
  return {
    kind: 'map',
    position,
    entries: [{ key, keyPosition: position, value: { kind: 'scalar', value: null, position } }],
  };
}

function namesOf(entries: readonly DictionaryEntry[]): string {
  return `one of ${entries.map(({ name }) => name).join(', ')}`;
}

function isNull(tree: YamlTree): boolean {
  return tree.kind === 'scalar' && tree.value === null;
}
