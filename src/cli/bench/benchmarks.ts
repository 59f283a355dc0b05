// `compressor-bench benchmarks …`: accuracy or performance of a project's models, measured as jobs and compared.
import type { Command, CommandGroup } from '../command';
import type { OptionSpec, ParsedCommand } from '../options';

import { benchCommand, word } from './benchCommand';
import { compareBenchmarks } from './benchmarkComparison';
import { accuracyOf, performanceOf, printBenchmark } from './benchmarkView';
import { deleteCommand } from './deletion';
import { logCommand, textCommand } from './fileAnswers';
import { runCommand } from './followRun';
import { idOf } from './identify';
import { listCommand } from './listing';
import { addToProject, changePart, datasetOption, modelOption, newDatasetOption } from './parts';
import { stateCell } from './show';

const kind = 'benchmark';
const modes = ['performance', 'accuracy'] as const;

const listBenchmarks = listCommand({
  kind,
  summary: 'List the benchmarks of a project.',
  header: ['id', 'name', 'model', 'mode', 'data set', 'batch', 'state', 'last run', 'accuracy', 'samples/s'],
  row: (one) => [
    one.at('id').text(),
    one.at('name').text(),
    one.at('model', 'name').text('gone'),
    one.at('mode').text(),
    one.at('dataset', 'name').text('gone'),
    one.at('batch_size').text(),
    stateCell(one),
    one.at('last_run_at').text(),
    accuracyOf(one),
    performanceOf(one),
  ],
  addition: ['NAME'],
});

const showBenchmark = benchCommand(
  {
    name: 'benchmarks show',
    positionals: 'BENCHMARK',
    minPositionals: 1,
    summary: 'Show a benchmark: settings, state, what was measured.',
  },
  async (door, parsed) => {
    door.print(await door.call(kind, { id: await idOf(door, kind, word(parsed, 0)) }), printBenchmark);
  },
);

/** Settings that may be edited. */
const settingOptions: readonly OptionSpec[] = [
  { name: 'mode', type: 'text', choices: modes, help: 'what is measured' },
  { name: 'batch', type: 'integer', value: 'N', minimum: 1, help: 'samples in one run' },
  { name: 'cores', type: 'integer', value: 'N', minimum: 1, help: 'cores of each instance' },
  { name: 'instances', type: 'integer', value: 'N', minimum: 1, help: 'processes that measure at once' },
];

const settingDefaults: Readonly<Record<string, string>> = {
  mode: 'performance',
  batch: '100',
  cores: '4, or as many as there are',
  instances: 'as many as there are cores for',
};

const addBenchmark = benchCommand(
  {
    name: 'benchmarks add',
    positionals: 'PROJECT NAME',
    minPositionals: 2,
    summary: 'Add a benchmark of a model to a project.',
    details: [
      'Example:',
      '  compressor-bench benchmarks add mnist "int8 speed" --model int8 --mode performance --batch 1',
    ].join('\n'),
    options: [
      modelOption,
      datasetOption,
      ...settingOptions.map((option) => ({ ...option, defaultText: settingDefaults[option.name] ?? '' })),
      {
        name: 'iterations',
        type: 'integer',
        value: 'N',
        minimum: -1,
        help: 'runs that count; -1: all samples once',
        defaultText: '-1',
      },
      {
        name: 'warmup',
        type: 'integer',
        value: 'N',
        minimum: 0,
        help: 'runs before them that do not',
        defaultText: '10',
      },
    ],
  },
  (door, parsed) =>
    addToProject(door, kind, {
      ...settingsOf(parsed),
      iterations: parsed.number('iterations'),
      warmup_iterations: parsed.number('warmup'),
    }),
);

const editBenchmark = benchCommand(
  {
    name: 'benchmarks edit',
    positionals: 'BENCHMARK',
    minPositionals: 1,
    summary: 'Change a benchmark that was never run, or cancelled; what is not named stays.',
    options: [newDatasetOption, ...settingOptions],
  },
  (door, parsed) => changePart(door, kind, settingsOf(parsed)),
);

function settingsOf(parsed: ParsedCommand): Readonly<Record<string, unknown>> {
  return {
    mode: parsed.text('mode'),
    batch_size: parsed.number('batch'),
    cores_per_instance: parsed.number('cores'),
    number_of_instance: parsed.number('instances'),
  };
}

const verbs: readonly Command[] = [
  listBenchmarks,
  showBenchmark,
  addBenchmark,
  editBenchmark,
  runCommand({ kind, summary: 'Run a benchmark and show what it measured.', show: printBenchmark }),
  compareBenchmarks,
  textCommand({
    kind,
    name: 'benchmarks config',
    path: 'benchmark/config.yaml',
    summary: 'Print what a benchmark measures, as a config.yaml.',
  }),
  logCommand({
    kind,
    name: 'benchmarks log',
    path: 'benchmark/output.log',
    summary: 'Print the log of the newest run.',
  }),
  deleteCommand(kind, 'Delete a benchmark with its results; a run under way is stopped.'),
];

export const benchmarksGroup: CommandGroup = {
  name: 'benchmarks',
  summary: 'Accuracy or performance of models, measured and compared: add, edit, run, compare …',
  details: [
    'BENCHMARK is an id or a name that no other benchmark has. What was run is no longer edited: add another one.',
    'The command "benchmark" measures model files without a project.',
  ].join('\n'),
  verbs,
};
