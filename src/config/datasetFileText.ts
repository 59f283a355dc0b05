// The text of a DATASET.yaml that describes a checked data set, for jobs that are given a file.
import type { ChosenEntry } from '../dictionary/entry';
import type { DatasetConfig } from './datasetFile';

/**
 * A DATASET.yaml of the same data, with absolute paths and every default written out; JSON is YAML.
 *
 * @param metric what is measured; without it the metric of the data set itself, if it has one
 */
export function datasetFileText(config: DatasetConfig, metric: ChosenEntry | undefined = config.metric): string {
  const file = {
    dataset: named([config.dataset]),
    transform: named(config.transforms),
    batch_size: config.batchSize,
    last_batch: config.lastBatch,
    shuffle: config.shuffle,
    ...(config.filter === undefined ? {} : { filter: named([config.filter]) }),
    ...(config.postprocess.length === 0 ? {} : { postprocess: { transform: named(config.postprocess) } }),
    ...(metric === undefined ? {} : { metric: named([metric]) }),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

function named(entries: readonly ChosenEntry[]): Record<string, unknown> {
  return Object.fromEntries(entries.map(({ name, parameters }) => [name, parameters]));
}
