// What a sensitivity analysis is found with, as options of `add` and `edit`.
import { sensitivityKinds, sensitivityMethods, usualAnalysis } from '../../dictionary/sensitivitySettings';
import type { OptionSpec } from '../options';
import type { BenchDoor } from './benchDoor';

function whole(name: string, minimum: number, help: string): OptionSpec {
  return { name, type: 'integer', value: 'N', minimum, help };
}

const weighedBy: readonly OptionSpec[] = [
  { name: 'kind', type: 'text', choices: sensitivityKinds, help: 'what pruning is weighed by' },
  { name: 'method', type: 'text', choices: sensitivityMethods, help: 'how it is found out' },
];

const sampledBy: readonly OptionSpec[] = [
  { name: 'levels', type: 'text', value: 'A,B', help: 'sparsities as fractions, for one-shot and measured' },
  whole('samples', 1, 'samples for each level of each layer, for one-shot'),
  whole('batch-size', 1, 'samples in one run, for one-shot and measured'),
  whole('threads', 1, 'threads inside an operator, for one-shot and measured'),
  whole('warmup', 0, 'runs before the timed ones, for measured'),
  whole('iterations', 2, 'timed runs of both models for each level, for measured'),
  {
    name: 'dim',
    type: 'text',
    value: 'NAME=N',
    repeatable: true,
    help: 'size of an open dimension, where operations are counted and where the model runs',
  },
];

/** Of `add`. */
const defaults: Readonly<Record<string, string>> = {
  kind: 'loss',
  method: 'approx',
  dataset: 'seeded random inputs',
  levels: '10 or 11 from 0.05 or 0.4 to 0.99',
  samples: String(usualAnalysis.samples),
  'batch-size': String(usualAnalysis.batchSize),
  threads: String(usualAnalysis.threads),
  warmup: String(usualAnalysis.warmupRuns),
  iterations: String(usualAnalysis.iterations),
};

const datasetOption: OptionSpec = {
  name: 'dataset',
  type: 'text',
  value: 'DATASET',
  help: 'data of the project, id or name, for one-shot and measured',
};

/** Of `add`, with what they are when they are left out. */
export const newOptions: readonly OptionSpec[] = [...weighedBy, datasetOption, ...sampledBy].map((option) => {
  const defaultText = defaults[option.name];
  return defaultText === undefined ? option : { ...option, defaultText };
});

/** Of `edit`: what is not named stays. */
export const changedOptions: readonly OptionSpec[] = [
  ...[...weighedBy, datasetOption],
  { name: 'random', type: 'flag', help: 'seeded random inputs in place of data' },
  ...sampledBy,
];

/** What the options name, as parameters of the operations. */
export function settingsIn({ parsed }: BenchDoor): Readonly<Record<string, unknown>> {
  return {
    kind: parsed.text('kind'),
    method: parsed.text('method'),
    levels: parsed.text('levels'),
    samples: parsed.number('samples'),
    batch_size: parsed.number('batch-size'),
    num_threads: parsed.number('threads'),
    warmup_iterations: parsed.number('warmup'),
    iterations: parsed.number('iterations'),
    dims: parsed.texts('dim').length === 0 ? undefined : parsed.texts('dim'),
  };
}
