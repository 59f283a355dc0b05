// A dataloader in config.yaml: the body of a DATASET.yaml, or the path of such a file.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { entryNamed } from '../dictionary/entry';
import { loaderEntries } from '../dictionary/loaders';
import { BenchError } from '../protocol/benchError';
import type { CheckContext, PlacedEntry } from './checkParameters';
import type { Place } from './checkedSection';
import { ConfigError } from './configErrors';
import { problemText } from './configProblem';
import { checkDatasetTree, readDatasetFile } from './datasetFile';
import type { DatasetConfig } from './datasetFile';
import type { YamlTree } from './yamlTree';

const metricElsewhere = 'The metric is named beside the dataloader, under evaluation.accuracy.';

/** What a check of data needs. */
export interface DataContext extends CheckContext {
  /** The file that is checked. */
  readonly file: string;
  /** Report paths of data that do not exist. */
  readonly looksForFiles: boolean;
}

/** The checked data set. Mistakes in a file of its own are reported where the file is named. */
export function checkDataReference(tree: YamlTree, place: Place, context: DataContext): DatasetConfig | undefined {
  const name = tree.kind === 'scalar' && typeof tree.value === 'string' ? tree.value : undefined;
  const isNamed = name !== undefined;
  const dataset = isNamed
    ? readNamed(name, tree, place, context)
    : checkDatasetTree(tree, context.file, place, context, metricElsewhere);
  if (dataset !== undefined && context.looksForFiles) {
    for (const { name, path } of missingPaths(dataset.dataset)) {
      const key = `${isNamed ? place.path : dataset.dataset.path}.${name}`;
      const position = isNamed ? tree.position : dataset.dataset;
      context.problems.add(key, position, `${name} is ${path}, which does not exist.`, {
        code: 'missing-file',
        expected: 'a path that exists',
      });
    }
  }
  return dataset;
}

function missingPaths({ name: loader, parameters }: PlacedEntry): { name: string; path: string }[] {
  return (entryNamed(loaderEntries, loader)?.parameters ?? []).flatMap(({ name, type }) => {
    const path = parameters[name];
    return type.kind === 'path' && typeof path === 'string' && !existsSync(path) ? [{ name, path }] : [];
  });
}

function readNamed(
  name: string,
  { position }: YamlTree,
  { path }: Place,
  { problems, folder }: CheckContext,
): DatasetConfig | undefined {
  if (name.includes('\0') || name.trim() === '') {
    problems.add(path, position, 'This is not the path of a data set file.', { expected: 'a path such as eval.yaml' });
    return undefined;
  }
  try {
    return readDatasetFile(resolve(folder, name));
  } catch (thrown) {
    if (!(thrown instanceof BenchError)) throw thrown;
    if (thrown instanceof ConfigError && thrown.problems.length > 0) {
      for (const problem of thrown.problems) problems.add(path, position, `In ${problemText(name, problem)}`);
    } else {
      problems.add(path, position, thrown.message, { expected: 'the path of a DATASET.yaml, or what stands in one' });
    }
    return undefined;
  }
}
