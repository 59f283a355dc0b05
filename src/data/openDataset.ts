// Opens what a DATASET.yaml describes: its loader with the transforms applied, ready to be read in batches.
import type { LastBatch } from '../config/datasetFile';
import { readDatasetFile } from '../config/datasetFile';
import type { DatasetConfig } from '../config/datasetFile';
import { isMadeUp } from '../dictionary/madeUpData';
import type { ChosenEntry } from '../dictionary/entry';
import type { DataItem, DataLoader } from './contracts';
import { dataErrors } from './dataErrors';
import { withBoxCount } from './loaders/detection/labelBalance';
import { openSource } from './loaders/registry';
import { shuffled } from './loaders/shuffled';
import type { Source } from './loaders/sources';
import { buildTransforms } from './transforms/registry';
import type { StepListener } from './transforms/registry';
import type { Sample } from './transforms/sample';

/** A data set that is being read. Whoever opened it closes it. */
export interface OpenedDataset {
  /** The loader, as the dictionary has it. */
  readonly loaderName: string;
  /** Items with transforms applied; pictures are one input called `image`. */
  readonly loader: DataLoader;
  readonly batchSize: number;
  readonly lastBatch: LastBatch;
  /** The metric the file names, with checked parameters. */
  readonly metric?: ChosenEntry;
  /** What is done to the outputs before it. */
  readonly postprocess: readonly ChosenEntry[];
  /** What a person should know about the data, as sentences: how many pictures are missing. */
  readonly notes: readonly string[];
  /** Its samples are made up. */
  readonly isRandom: boolean;
  close(): Promise<void>;
}

/** What reading it is called in "stopped while …". */
export function loadingActivity({ loaderName }: Pick<OpenedDataset, 'loaderName'>, path: string): string {
  return `loading inputs from ${path} (its loader ${loaderName})`;
}

/**
 * Reads the file and opens the data it names.
 *
 * @throws ConfigError for mistakes in the file, DataError for mistakes in the data, FileError for what cannot be read
 */
export async function openDataset(path: string, onStep?: StepListener): Promise<OpenedDataset> {
  return openDatasetConfig(readDatasetFile(path), onStep);
}

/**
 * Opens the data of a checked description.
 *
 * @param onStep told of each sample on its way through the transforms; nothing where a loader's items need none
 * @throws DataError for mistakes in the data, FileError for what cannot be read
 */
export async function openDatasetConfig(config: DatasetConfig, onStep?: StepListener): Promise<OpenedDataset> {
  const source = filtered(await openSource(config.dataset, config.path), config);
  const close = async (): Promise<void> => {
    if (source.kind === 'pictures') source.close?.();
    else await source.loader.close?.();
  };
  try {
    return {
      loaderName: config.dataset.name,
      loader: {
        ...withinLength(inOrder(withTransforms(source, config, onStep), config)),
        label: `the loader ${config.dataset.name} of ${config.path}`,
      },
      batchSize: config.batchSize,
      lastBatch: config.lastBatch,
      ...(config.metric === undefined ? {} : { metric: config.metric }),
      isRandom: isMadeUp(config.dataset.name),
      postprocess: config.postprocess,
      notes: source.notes ?? [],
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** `checkFilter` lets a filter pass for loaders of boxes alone. */
function filtered(source: Source, { filter, path }: DatasetConfig): Source {
  if (filter === undefined || source.kind !== 'pictures') return source;
  return withBoxCount(source, Number(filter.parameters['size']), { file: path, line: filter.line });
}

function withTransforms(
  source: Source,
  { dataset, transforms, path }: DatasetConfig,
  onStep: StepListener | undefined,
): DataLoader {
  const transformed = buildTransforms(transforms, onStep);
  const apply = (sample: Sample): Sample => {
    onStep?.(dataset.name, sample);
    return transformed(sample);
  };
  if (source.kind === 'pictures') {
    return {
      length: source.length,
      ...(source.known === undefined ? {} : { known: source.known }),
      get: async (index) => {
        const { id, image, label } = apply(await source.get(index));
        return { id, inputs: { image }, annotation: label };
      },
    };
  }
  const [first] = transforms;
  if (first === undefined) return source.loader;
  const { loader } = source;
  return {
    ...(loader.length === undefined ? {} : { length: loader.length }),
    ...(loader.endless === undefined ? {} : { endless: loader.endless }),
    ...(loader.fill === undefined ? {} : { fill: loader.fill }),
    get: async (index) => {
      const { id, inputs, annotation } = await loader.get(index);
      const [name, ...others] = Object.keys(inputs);
      const image = name === undefined ? undefined : inputs[name];
      if (name === undefined || image === undefined || others.length > 0) {
        throw dataErrors.transformsOnSeveralInputs(path, first.line, Object.keys(inputs));
      }
      const sample = apply({ id, image, label: annotation });
      return { id, inputs: { [name]: sample.image }, annotation: sample.label } satisfies DataItem;
    },
  };
}

/** Loaders may count on an index below their length. */
function withinLength(loader: DataLoader): DataLoader {
  const { length } = loader;
  if (length === undefined) return loader;
  const get = (index: number): Promise<DataItem> | DataItem => {
    if (index >= length) throw dataErrors.end(index);
    return loader.get(index);
  };
  return { ...loader, get };
}

function inOrder(loader: DataLoader, { shuffle, path, dataset }: DatasetConfig): DataLoader {
  if (!shuffle) return loader;
  const { length } = loader;
  if (length === undefined) {
    const problem = 'shuffle needs a data set of known length';
    throw dataErrors.parameters(path, dataset.line, problem, 'Take out shuffle, or give the loader a length.');
  }
  return shuffled({ ...loader, length });
}
