// `compressor-bench optimizations …`: what is to be made of a model, run as jobs, with benchmarks pinned to it.
import { defaultTargetSparsity } from '../../protocol/pruning';
import { replacedNames } from '../../protocol/runControl';
import type { TrialRow } from '../../protocol/tuning';
import type { Command, CommandGroup } from '../command';
import { TrialLines } from '../tuneReport';
import type { ParsedCommand } from '../options';
import { printJson, printLine } from '../terminal';
import { usageError } from '../usageError';
import type { Answer } from './answer';
import { benchCommand, word } from './benchCommand';
import type { BenchDoor } from './benchDoor';
import { deleteCommand } from './deletion';
import { logCommand, textCommand } from './fileAnswers';
import { runCommand } from './followRun';
import { idOf } from './identify';
import { listCommand } from './listing';
import { printOptimization } from './optimizationView';
import {
  addOptions,
  editOptions,
  newSearchParameters,
  precisionId,
  precisionNameOf,
  precisionOption,
  pruningParameters,
  refuseSearchOptions,
  searchParameters,
  sizeParameters,
  sparsityOption,
  taskParameters,
  typeId,
  typeOption,
} from './optimizationOptions';
import { optimizationParams, varyOptimization } from './optimizationVariants';
import { addToProject, changePart, datasetOption, modelOption, newDatasetOption, projectOf } from './parts';
import { durationText, printList, sizeText, stateCell } from './show';

const kind = 'optimization';

const listOptimizations = listCommand({
  kind,
  summary: 'List the optimizations of a project.',
  header: ['id', 'name', 'type', 'precision', 'data set', 'state', 'last run', 'took', 'size'],
  row: (one) => [
    one.at('id').text(),
    one.at('name').text(),
    one.at('optimization_type', 'name').text(),
    one.at('precision', 'name').text(),
    one.at('dataset', 'name').text(),
    stateCell(one),
    one.at('last_run_at').text(),
    durationText(one.at('duration')),
    sizeText(one.at('optimized_model', 'size_bytes')),
  ],
  addition: ['NAME', '--dataset', 'DATASET'],
});

const showOptimization = benchCommand(
  {
    name: 'optimizations show',
    positionals: 'OPTIMIZATION',
    minPositionals: 1,
    summary: 'Show an optimization: settings, state, what came of it.',
  },
  async (door, parsed) => {
    door.print(await door.call(kind, { id: await idOf(door, kind, word(parsed, 0)) }), printOptimization);
  },
);

const addOptimization = benchCommand(
  {
    name: 'optimizations add',
    positionals: 'PROJECT NAME',
    minPositionals: 2,
    summary: 'Add an optimization to a project.',
    details: [
      'It writes a config.yaml, which "optimizations run" runs as it then is: changes by hand count.',
      '',
      'Examples:',
      '  compressor-bench optimizations add mnist int8 --dataset digits --max-drop 0.5% --timeout 300',
      '  compressor-bench optimizations add mnist half --dataset digits --precision fp16',
      '  compressor-bench optimizations add mnist sparse --dataset digits --type pruning --sparsity 0.4',
    ].join('\n'),
    options: [
      datasetOption,
      { ...precisionOption, defaultText: 'int8' },
      { ...typeOption, defaultText: 'what leads to the precision; quantization' },
      modelOption,
      { ...sparsityOption, defaultText: String(defaultTargetSparsity) },
      ...addOptions,
    ],
  },
  (door, parsed) => {
    const { searches, prunes, ...task } = taskParameters(parsed);
    if (!searches) refuseSearchOptions(parsed);
    const search = searches ? newSearchParameters(parsed) : {};
    const pruning = pruningParameters(parsed, prunes);
    return addToProject(door, kind, { ...task, ...sizeParameters(parsed), ...search, ...pruning });
  },
);

const editOptimization = benchCommand(
  {
    name: 'optimizations edit',
    positionals: 'OPTIMIZATION',
    minPositionals: 1,
    summary: 'Change an optimization that was never run, or cancelled; what is not named stays.',
    options: [newDatasetOption, precisionOption, typeOption, sparsityOption, ...editOptions],
  },
  (door, parsed) => {
    const search = searchParameters(parsed);
    return changePart(door, kind, {
      precision_id: precisionId(precisionNameOf(parsed)),
      optimization_type_id: typeId(parsed),
      // Whether it prunes the bench knows.
      ...pruningParameters(parsed, true),
      ...sizeParameters(parsed),
      tuning_details: Object.keys(search).length === 0 ? undefined : search,
    });
  },
);

const showPruning = benchCommand(
  {
    name: 'optimizations pruning',
    positionals: '[OPTIMIZATION]',
    minPositionals: 0,
    maxPositionals: 1,
    summary: 'Show how an optimization prunes; without a name, how a new one would.',
  },
  async (door, parsed) => {
    const [named] = parsed.positionals;
    const answer =
      named === undefined
        ? await door.call('pruning/details_wizard')
        : await door.call('optimization/pruning_details', { id: await idOf(door, kind, named) });
    door.print(answer, () => printList(['setting', ''], settingRows(answer.items), 'It does not prune.'));
  },
);

/** A tree of settings line by line, each with the names above it. */
function settingRows(settings: readonly Answer[], above: readonly string[] = []): string[][] {
  return settings.flatMap((setting) => {
    const path = [...above, setting.at('name').text()];
    const children = setting.at('children');
    return children.isThere ? settingRows(children.items, path) : [[path.join('.'), setting.at('value').text()]];
  });
}

const pinBenchmark = benchCommand(
  {
    name: 'optimizations pin',
    positionals: 'OPTIMIZATION',
    minPositionals: 1,
    summary: 'Pin benchmarks of the optimized model to an optimization: its accuracy, its performance.',
    details: 'What is pinned stands for the optimization until another benchmark is, or the benchmark is deleted.',
    options: [
      { name: 'accuracy', type: 'text', value: 'BENCHMARK', help: 'benchmark of the mode accuracy, id or name' },
      { name: 'performance', type: 'text', value: 'BENCHMARK', help: 'benchmark of the mode performance, id or name' },
    ],
  },
  async (door, parsed) => {
    const modes = (['accuracy', 'performance'] as const).filter((mode) => parsed.flag(mode));
    if (modes.length === 0) {
      throw usageError('Say which benchmark: --accuracy BENCHMARK, --performance BENCHMARK.', parsed.spec.name);
    }
    const id = await idOf(door, kind, word(parsed, 0));
    const projectId = await projectOf(door, kind, id);
    const pinned: Record<string, unknown> = {};
    for (const mode of modes) {
      const benchmarkId = await idOf(door, 'benchmark', parsed.text(mode) ?? '', projectId);
      const answer = await door.call(`optimization/pin_${mode}_benchmark`, {
        optimization_id: id,
        benchmark_id: benchmarkId,
      });
      for (const [name, { value }] of answer.entries) pinned[name] = value;
      if (!parsed.flag('json')) printLine(`Benchmark ${benchmarkId} now stands for the ${mode} of optimization ${id}.`);
    }
    if (parsed.flag('json')) printJson(pinned);
  },
);

/** Shows the trials of a search as `tune` does; accuracy is that of the data's own metric. */
async function trialLines(door: BenchDoor, details: Answer): Promise<(row: TrialRow) => void> {
  const dataset = await door.call('dataset', { id: details.at('dataset', 'id').value });
  const lines = new TrialLines([dataset.at('metric', 'name').text('agreement')], 1, true);
  return (row) => lines.show(row);
}

function goesOnWith(parsed: ParsedCommand): Readonly<Record<string, unknown>> {
  const trial = parsed.number('trial');
  if (!parsed.flag('resume')) return trial === undefined ? {} : { trial };
  if (trial !== undefined) throw usageError('--resume and --trial exclude each other.', 'optimizations run');
  return { mode: 'resume' };
}

/** A run that succeeds takes away what was measured of the model before. */
async function whatGoes({ bench }: BenchDoor, id: number): Promise<string | undefined> {
  const { replacedByRun } = await import('../../bench/optimization/replacedByRun');
  const names = replacedNames(await replacedByRun(bench, { id }));
  return names === ''
    ? undefined
    : `when this run has a result, what was measured of the present optimized model goes to .compressor-bench/.trash: ${names}`;
}

const verbs: readonly Command[] = [
  listOptimizations,
  showOptimization,
  addOptimization,
  editOptimization,
  runCommand({
    kind,
    summary: 'Run an optimization and follow its trials.',
    show: printOptimization,
    trials: trialLines,
    options: [
      { name: 'resume', type: 'flag', help: 'go on with the search of the newest run, with the trials it has' },
      {
        name: 'trial',
        type: 'integer',
        value: 'N',
        minimum: 1,
        help: 'make the model of this trial of the newest run the optimized one',
      },
    ],
    request: goesOnWith,
    note: whatGoes,
  }),
  pinBenchmark,
  showPruning,
  optimizationParams,
  varyOptimization,
  textCommand({
    kind,
    name: 'optimizations config',
    path: 'optimization/config.yaml',
    summary: 'Print the config.yaml that an optimization runs.',
  }),
  logCommand({
    kind,
    name: 'optimizations log',
    path: 'optimization/output.log',
    summary: 'Print the log of the newest run.',
  }),
  deleteCommand(kind, 'Delete an optimization with the model it made; a run under way is stopped.'),
];

export const optimizationsGroup: CommandGroup = {
  name: 'optimizations',
  summary: 'Quantization and other optimizations of a project: add, edit, run, pin, config, log …',
  details: [
    'OPTIMIZATION is an id or a name that no other optimization has. What was run is no longer edited: add another one.',
    '',
    'Example:',
    '  compressor-bench optimizations add mnist int8 --dataset digits',
    '  compressor-bench optimizations run int8',
  ].join('\n'),
  verbs,
};
