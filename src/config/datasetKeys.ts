// The keys at the top of a DATASET.yaml, as data: the checker and the JSON Schema are both made from it.
import type { ParameterType, ParameterValue } from '../dictionary/entry';

interface DatasetKey {
  /** A few words, as a heading. */
  readonly title: string;
  readonly help: string;
  /** Absent for keys that name dictionary entries. */
  readonly type?: ParameterType;
  readonly default?: ParameterValue;
}

/** Every key, in the order they are usually written. */
export const datasetKeys = {
  dataset: { title: 'Data set', help: 'The loader that gives the samples, with its parameters.' },
  transform: { title: 'Transforms', help: 'What is done to each sample, in this order.' },
  batch_size: {
    title: 'Batch size',
    type: { kind: 'integer', minimum: 1 },
    default: 1,
    help: 'Samples in one run of the model; a model with a fixed batch size takes that instead.',
  },
  last_batch: {
    title: 'Last batch',
    type: { kind: 'string', choices: ['rollover', 'discard'] },
    default: 'rollover',
    help: 'A last batch that is not full is kept short (rollover) or left out (discard).',
  },
  shuffle: {
    title: 'Shuffle',
    type: { kind: 'boolean' },
    default: false,
    help: 'Read the samples in a random order, the same one in every run.',
  },
  metric: { title: 'Metric', help: 'What evaluate measures, with its parameters.' },
  postprocess: {
    title: 'Postprocessing',
    help: 'Under the key transform: what is done to the outputs of the model before the metric sees them.',
  },
  filter: { title: 'Filter', help: 'Which pictures are read, by their boxes: for detection data only.' },
  distributed: { title: 'Distributed', help: 'Known from Neural Compressor; only false works.' },
} as const satisfies Readonly<Record<string, DatasetKey>>;
