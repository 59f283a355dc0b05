// `compressor-bench profilings …`: where the time of a project's models goes, measured as jobs and kept.
import type { Command, CommandGroup } from '../command';
import { formatMicroseconds, formatPercent } from '../formats';
import { printLine, printNote, table } from '../terminal';
import type { Answer } from './answer';
import { benchCommand, word } from './benchCommand';
import type { BenchDoor } from './benchDoor';
import { deleteCommand } from './deletion';
import { downloadCommand } from './downloads';
import { logCommand, textCommand } from './fileAnswers';
import { runCommand } from './followRun';
import { idOf } from './identify';
import { listCommand } from './listing';
import { addToProject, changePart, datasetOption, modelOption, newDatasetOption } from './parts';
import { durationText, nameAndId, printFacts, stateCell } from './show';

const kind = 'profiling';

const listProfilings = listCommand({
  kind,
  summary: 'List the profilings of a project.',
  header: ['id', 'name', 'model', 'data set', 'threads', 'state', 'last run', 'took'],
  row: (one) => [
    one.at('id').text(),
    one.at('name').text(),
    one.at('model', 'name').text('gone'),
    one.at('dataset', 'name').text('gone'),
    one.at('num_threads').text(),
    stateCell(one),
    one.at('last_run_at').text(),
    durationText(one.at('duration')),
  ],
  addition: ['NAME'],
});

const showProfiling = benchCommand(
  {
    name: 'profilings show',
    positionals: 'PROFILING',
    minPositionals: 1,
    summary: 'Show a profiling: settings, state, and the time by operator type.',
  },
  async (door, parsed) => {
    door.print(await door.call(kind, { id: await idOf(door, kind, word(parsed, 0)) }), printProfiling);
  },
);

/** Rows shown to people; CSV and JSON have all. */
const shownRows = 20;

function printProfiling(profiling: Answer, door: BenchDoor): void {
  const id = profiling.at('id').text();
  printFacts(`${profiling.at('name').text()} (profiling ${id})`, [
    ['state', stateCell(profiling)],
    ['failure', profiling.at('failure').textIfAny],
    ['model', nameAndId(profiling.at('model'))],
    ['data set', nameAndId(profiling.at('dataset'))],
    ['threads', profiling.at('num_threads').text()],
    ['last run', profiling.at('last_run_at').textIfAny],
    ['took', profiling.at('duration').isThere ? durationText(profiling.at('duration')) : undefined],
    ['trace', profiling.at('trace_path').textIfAny],
  ]);
  const rows = profiling.at('results').items;
  if (rows.length > 0) printTimes(rows);
  for (const warning of profiling.at('warnings').items) printNote(`warning: ${warning.text()}`);
  if (!profiling.at('state').isThere) door.next('profilings', 'run', id);
  else if (profiling.at('state').value === 'error') door.next('profilings', 'log', id);
  else if (rows.length > 0) door.next('profilings', 'csv', id, '-o', 'FILE.csv');
}

function printTimes(rows: readonly Answer[]): void {
  const time = (row: Answer): number => row.at('total_execution_time').number ?? 0;
  const all = rows.reduce((sum, row) => sum + time(row), 0);
  const sorted = rows.toSorted((a, b) => time(b) - time(a));
  printLine();
  printLine(
    table(
      sorted
        .slice(0, shownRows)
        .map((row) => [
          row.at('node_name').text(),
          formatMicroseconds(time(row)),
          all > 0 ? formatPercent(time(row) / all) : '–',
          row.at('op_run').text(),
          row.at('op_defined').text(),
        ]),
      ['operator type', 'µs in all', 'share', 'executed', 'nodes'],
    ),
  );
  if (sorted.length > shownRows) printNote(`and ${sorted.length - shownRows} more types`);
}

const addProfiling = benchCommand(
  {
    name: 'profilings add',
    positionals: 'PROJECT NAME',
    minPositionals: 2,
    summary: 'Add a profiling of a model to a project.',
    options: [
      modelOption,
      datasetOption,
      {
        name: 'threads',
        type: 'integer',
        value: 'N',
        minimum: 1,
        help: 'threads inside an operator',
        defaultText: '1',
      },
    ],
  },
  (door, parsed) => addToProject(door, kind, { num_threads: parsed.number('threads') ?? 1 }),
);

const editProfiling = benchCommand(
  {
    name: 'profilings edit',
    positionals: 'PROFILING',
    minPositionals: 1,
    summary: 'Change a profiling that was never run, or cancelled; what is not named stays.',
    options: [
      newDatasetOption,
      { name: 'threads', type: 'integer', value: 'N', minimum: 1, help: 'threads inside an operator' },
    ],
  },
  (door, parsed) => changePart(door, kind, { num_threads: parsed.number('threads') }),
);

const verbs: readonly Command[] = [
  listProfilings,
  showProfiling,
  addProfiling,
  editProfiling,
  runCommand({ kind, summary: 'Run a profiling and show where the time goes.', show: printProfiling }),
  textCommand({
    kind,
    name: 'profilings csv',
    path: 'profiling/results/csv',
    summary: 'Print the time by operator type as CSV.',
  }),
  downloadCommand({
    kind,
    name: 'profilings trace',
    path: 'profiling/trace',
    summary: "Keep the engine's own record, for trace viewers such as ui.perfetto.dev.",
  }),
  textCommand({
    kind,
    name: 'profilings config',
    path: 'profiling/config.yaml',
    summary: 'Print what a profiling measures, as a config.yaml.',
  }),
  logCommand({
    kind,
    name: 'profilings log',
    path: 'profiling/output.log',
    summary: 'Print the log of the newest run.',
  }),
  deleteCommand(kind, 'Delete a profiling with its results; a run under way is stopped.'),
];

export const profilingsGroup: CommandGroup = {
  name: 'profilings',
  summary: 'Where the time of models goes, by operator type: add, edit, run, show, csv …',
  details: [
    'PROFILING is an id or a name that no other profiling has. The command "profile" looks into model files without a',
    'project.',
  ].join('\n'),
  verbs,
};
