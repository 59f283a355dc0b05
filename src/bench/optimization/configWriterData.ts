// The data sections of a config.yaml: what is calibrated on, and what accuracy means for the data set of the bench.
import type { DatasetConfig } from '../../config/datasetFile';
import type { ChosenEntry, DictionaryEntry } from '../../dictionary/entry';
import { loaderEntries } from '../../dictionary/loaders';
import { isEndless, isMadeUp } from '../../dictionary/madeUpData';
import { metricEntries } from '../../dictionary/metrics';
import { transformEntries } from '../../dictionary/transforms';

/** Data as it is written into a config. */
export interface DataPlace {
  /** Checked, with absolute paths. */
  readonly dataset: DatasetConfig;
  /** Makes an absolute path one of the config. */
  readonly pathText: (path: string) => string;
}

/**
 * The metric of the data set where there are labels to hold answers against; else how often the answers are those of the
 * float model. Single samples are evaluated, as the originals do: latency is then that of one answer.
 *
 * @param samplingSize how many samples of data without an end are looked at
 */
export function accuracyOf(data: DataPlace, samplingSize: number): object {
  const { dataset } = data.dataset;
  return {
    metric: metricOf(metricFor(data.dataset), data.pathText),
    ...(isEndless(dataset.name) ? { iteration: samplingSize } : {}),
    dataloader: dataloaderOf(data, 1),
  };
}

/** The metric of a data set that can be measured on it. */
export function metricFor({ dataset, metric }: DatasetConfig): ChosenEntry {
  const isMeasurable = metric !== undefined && (needsNoLabels(metric) || hasLabels(dataset));
  return isMeasurable ? metric : { name: 'agreement', parameters: {} };
}

/** A user's own code is taken at its word. */
function needsNoLabels({ name, parameters }: ChosenEntry): boolean {
  return ['agreement', 'Loss', 'custom'].includes(name) || parameters['compare_label'] === false;
}

/** Whether samples come with what a person says they are; a user's own code is taken at its word. */
function hasLabels({ name, parameters }: ChosenEntry): boolean {
  if (name === 'images' || isMadeUp(name)) return false;
  if (name === 'npz' || name === 'npy') return parameters['labels'] !== undefined;
  return true;
}

/** A data loader as it stands in a config. */
export function dataloaderOf({ dataset: config, pathText }: DataPlace, batchSize: number): object {
  const { dataset, transforms, lastBatch, shuffle } = config;
  return {
    batch_size: batchSize,
    ...(lastBatch === 'rollover' ? {} : { last_batch: lastBatch }),
    ...(shuffle ? { shuffle } : {}),
    dataset: named([withPaths(dataset, loaderEntries, pathText)], loaderEntries),
    ...(transforms.length > 0 ? { transform: named(transforms, transformEntries) } : {}),
  };
}

/** The paths among the parameters of an entry; further ones of a user's module are its own business. */
function withPaths(
  { name, parameters }: ChosenEntry,
  entries: readonly DictionaryEntry[],
  pathText: DataPlace['pathText'],
): ChosenEntry {
  const entry = entries.find((each) => each.name === name);
  const paths = new Set((entry?.parameters ?? []).filter(({ type }) => type.kind === 'path').map((each) => each.name));
  const written = Object.entries(parameters).map(([key, value]) => [
    key,
    paths.has(key) && typeof value === 'string' ? pathText(value) : value,
  ]);
  return { name, parameters: Object.fromEntries(written) as Record<string, unknown> };
}

/** A metric as it stands in a config; with its defaults, since what is measured is to be seen. */
export function metricOf(metric: ChosenEntry, pathText: DataPlace['pathText']): object {
  const { name, parameters } = withPaths(metric, metricEntries, pathText);
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return { [name]: Object.fromEntries(given) };
}

/** Entries by name, without what is the default anyway. */
function named(chosen: readonly ChosenEntry[], entries: readonly DictionaryEntry[]): object {
  return Object.fromEntries(
    chosen.map(({ name, parameters }) => {
      const known = entries.find((entry) => entry.name === name)?.parameters ?? [];
      const isDefault = (key: string, value: unknown): boolean =>
        value === undefined ||
        JSON.stringify(value) === JSON.stringify(known.find((each) => each.name === key)?.default);
      return [name, Object.fromEntries(Object.entries(parameters).filter(([key, value]) => !isDefault(key, value)))];
    }),
  );
}
