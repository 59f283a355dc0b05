// `compressor-bench sensitivities …`: what pruning the layers of a project's models would cost, found by jobs and kept.
import { readFileSync } from 'node:fs';
import { fileErrorOf } from '../../files/fileErrors';
import { valueAt } from '../../protocol/panels/sensitivity';
import { timeInTurns } from '../../sparsity/timeInTurns';
import type { Command, CommandGroup } from '../command';
import { counted, shortName } from '../formats';
import { plain, printLine, printNote, table } from '../terminal';
import { usageError } from '../usageError';
import { Answer } from './answer';
import { benchCommand, word } from './benchCommand';
import type { BenchDoor } from './benchDoor';
import { deleteCommand } from './deletion';
import { logCommand, textCommand } from './fileAnswers';
import { runCommand } from './followRun';
import { idOf } from './identify';
import { listCommand } from './listing';
import { addToProject, changePart, modelOption } from './parts';
import { changedOptions, newOptions, settingsIn } from './sensitivityOptions';
import { durationText, nameAndId, printFacts, stateCell } from './show';

const kind = 'sensitivity';

const listSensitivities = listCommand({
  kind,
  summary: 'List the sensitivity analyses of a project.',
  header: ['id', 'name', 'model', 'data set', 'kind', 'method', 'state', 'last run', 'took'],
  row: (one) => [
    one.at('id').text(),
    one.at('name').text(),
    one.at('model', 'name').text('gone'),
    dataText(one),
    one.at('kind').text(),
    isSent(one) ? sentText : one.at('method').text(),
    stateCell(one),
    one.at('last_run_at').text(),
    durationText(one.at('duration')),
  ],
  addition: ['NAME'],
});

const sentText = 'sent by a client';

/** Whether the points are not those of a run: nothing that a run is told says where they come from. */
function isSent(analysis: Answer): boolean {
  return analysis.at('is_edited').value === true;
}

function dataText(analysis: Answer): string {
  if (isSent(analysis) || analysis.at('method').value === 'approx') return '–';
  return analysis.at('dataset_id').isThere ? analysis.at('dataset', 'name').text('gone') : 'random';
}

const showSensitivity = benchCommand(
  {
    name: 'sensitivities show',
    positionals: 'SENSITIVITY',
    minPositionals: 1,
    summary: 'Show a sensitivity analysis: settings, state, and what pruning costs layer by layer.',
  },
  async (door, parsed) => {
    door.print(await door.call(kind, { id: await idOf(door, kind, word(parsed, 0)) }), printAnalysis);
  },
);

function printAnalysis(analysis: Answer, door: BenchDoor): void {
  const id = analysis.at('id').text();
  printFacts(`${analysis.at('name').text()} (sensitivity analysis ${id})`, [
    ['state', stateCell(analysis)],
    ['failure', analysis.at('failure').textIfAny],
    ['model', nameAndId(analysis.at('model'))],
    ['data set', dataText(analysis)],
    ['kind', `${analysis.at('kind').text()}, ${isSent(analysis) ? sentText : analysis.at('method').text()}`],
    ['sizes', sizesText(analysis)],
    ['client calls it', analysis.at('analysis_id').textIfAny],
    ['edited', analysis.at('edited_at').textIfAny],
    ['last run', analysis.at('last_run_at').textIfAny],
    ['took', analysis.at('duration').isThere ? durationText(analysis.at('duration')) : undefined],
  ]);
  const layers = analysis.at('layers').items;
  if (layers.length > 0) printLayers(analysis, layers);
  for (const note of analysis.at('notes').items) printNote(`note: ${note.text()}`);
  if (layers.length === 0 && !analysis.at('state').isThere) door.next('sensitivities', 'run', id);
  else if (analysis.at('state').value === 'error') door.next('sensitivities', 'log', id);
}

/** Of open dimensions, as they were given. */
function sizesText(analysis: Answer): string | undefined {
  const sizes = analysis.at('dims').entries.map(([name, size]) => `${name} = ${size.text()}`);
  return sizes.length === 0 ? undefined : sizes.join(', ');
}

/** Sparsities in percent that a curve of a thousand points is shown at. */
const shownPercents = [20, 40, 60, 80, 90, 95, 99];

function printLayers(analysis: Answer, layers: readonly Answer[]): void {
  const isPercent = analysis.at('sparsity_unit').value === 'percent';
  const figure = figureOf(analysis);
  const sparsities = isPercent ? shownPercents : sparsitiesIn(layers);
  const rows = layers.map((layer) => [
    shortName(plain(layer.at('label').text(layer.at('id').text()))),
    layer.at('op_type').text(''),
    figureText(layer.at('baseline', figure).number),
    ...sparsities.map((sparsity) =>
      figureText(isPercent ? figureBetween(layer, figure, sparsity) : figureAt(layer, figure, sparsity)),
    ),
  ]);
  const titles = sparsities.map((sparsity) => (isPercent ? `${sparsity} %` : String(sparsity)));
  printLine();
  printLine(`${counted(layers.length, 'layer')}: ${headlines[figure]}`);
  printLine(table(rows, ['layer', 'type', 'dense', ...titles]));
}

type Figure = 'loss' | 'flops' | 'timing';

const headlines: Readonly<Record<Figure, string>> = {
  loss: 'loss by sparsity',
  flops: 'operations that are left, by sparsity',
  timing: 'milliseconds by sparsity',
};

function figureOf(analysis: Answer): Figure {
  if (analysis.at('kind').value === 'loss') return 'loss';
  return analysis.at('sparsity_unit').value === 'fraction' ? 'timing' : 'flops';
}

/** Those of all layers; a client may have sent different ones for each. */
function sparsitiesIn(layers: readonly Answer[]): readonly number[] {
  const all = layers.flatMap((layer) => layer.at('sparse').items.flatMap((point) => point.at('sparsity').number ?? []));
  return [...new Set(all)].sort((one, other) => one - other).slice(0, mostColumns);
}

const mostColumns = 12;

/** The first point at least as sparse; for a curve that ends before, none. */
function pointAt(layer: Answer, sparsity: number): Answer {
  const points = layer.at('sparse').items;
  const found = points.find((point) => (point.at('sparsity').number ?? -1) >= sparsity);
  return found ?? points.at(-1) ?? layer.at('sparse', 'none');
}

function figureAt(layer: Answer, figure: Figure, sparsity: number): number | undefined {
  const point = pointAt(layer, sparsity);
  if (figure !== 'timing') return point.at(figure).number;
  const [timingMs = null, denseTimingMs = null] = ['timing', 'dense_timing'].map((key) => point.at(key).number);
  return timeInTurns(layer.at('baseline', figure).number ?? null, { timingMs, denseTimingMs }) ?? undefined;
}

/** A small layer has few points: between two of them a curve is straight. */
function figureBetween(layer: Answer, figure: Figure, percent: number): number | undefined {
  const points = [layer.at('baseline'), ...layer.at('sparse').items].map((point) => ({
    sparsityFraction: (point.at('sparsity').number ?? 0) / 100,
    value: point.at(figure).number ?? null,
  }));
  return points.length > 1 ? (valueAt(points, percent / 100) ?? undefined) : undefined;
}

function figureText(number: number | undefined): string {
  return number === undefined ? '–' : number === 0 ? '0' : Number(number.toPrecision(3)).toString();
}

const addSensitivity = benchCommand(
  {
    name: 'sensitivities add',
    positionals: 'PROJECT NAME',
    minPositionals: 2,
    summary: 'Add a sensitivity analysis of a model to a project.',
    details: [
      'What kinds and methods find out, see "compressor-bench sensitivity --help".',
      '',
      'Examples:',
      '  compressor-bench sensitivities add 1 "Where to prune" --kind loss --method one-shot --dataset validation',
      '  compressor-bench sensitivities add 1 "What it saves" --kind perf --method measured --levels 0.5,0.9',
    ].join('\n'),
    options: [modelOption, ...newOptions],
  },
  async (door, parsed) => {
    const dataset = parsed.text('dataset');
    const projectId = await idOf(door, 'project', word(parsed, 0));
    return addToProject(door, kind, {
      dataset_id: dataset === undefined ? undefined : await idOf(door, 'dataset', dataset, projectId),
      ...settingsIn(door),
    });
  },
);

const editSensitivity = benchCommand(
  {
    name: 'sensitivities edit',
    positionals: 'SENSITIVITY [FILE.json]',
    minPositionals: 1,
    maxPositionals: 2,
    summary: 'Change an analysis that was never run, or cancelled; or put points of your own in place of those found.',
    details: [
      'What is not named stays. FILE.json holds layers as "sensitivities show --json" prints them: a list of',
      '{id, baseline, sparse}, or an object with that list as "layers". They count until the analysis is run again, and it is',
      'marked as edited.',
      '',
      'Examples:',
      '  compressor-bench sensitivities edit 1 --samples 20 --levels 0.5,0.7,0.9',
      '  compressor-bench sensitivities edit 1 points.json',
    ].join('\n'),
    options: changedOptions,
  },
  async (door, parsed) => {
    const path = parsed.positionals[1];
    const hasData = parsed.text('dataset') !== undefined;
    const isRandom = parsed.flag('random');
    if (hasData && isRandom) throw usageError('Give --dataset or --random, not both.', 'sensitivities edit');
    const settings: Readonly<Record<string, unknown>> = {
      ...settingsIn(door),
      ...(isRandom ? { dataset_id: null } : {}),
    };
    if (path === undefined) return changePart(door, kind, settings);
    if (hasData || Object.values(settings).some((value) => value !== undefined)) {
      throw usageError('Give points or settings, not both.', 'sensitivities edit');
    }
    return editPoints(door, path);
  },
);

async function editPoints(door: BenchDoor, path: string): Promise<undefined> {
  const id = await idOf(door, kind, word(door.parsed, 0));
  door.print(await door.call('sensitivity/edit', { id, layers: layersIn(path) }), () => {
    printLine(`Sensitivity analysis ${id} is edited.`);
    door.next('sensitivities', 'show', id);
  });
}

function layersIn(path: string): unknown {
  const text = readText(path);
  try {
    const value: unknown = JSON.parse(text);
    return new Answer(value).at('layers').value ?? value;
  } catch {
    throw usageError(`${path} is not JSON.`, 'sensitivities edit');
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw fileErrorOf(thrown, path, 'read');
  }
}

const verbs: readonly Command[] = [
  listSensitivities,
  showSensitivity,
  addSensitivity,
  editSensitivity,
  runCommand({ kind, summary: 'Run a sensitivity analysis and show what it found.', show: printAnalysis }),
  textCommand({
    kind,
    name: 'sensitivities csv',
    path: 'sensitivity/results/csv',
    summary: 'Print the points of every layer as CSV.',
  }),
  logCommand({
    kind,
    name: 'sensitivities log',
    path: 'sensitivity/output.log',
    summary: 'Print the log of the newest run.',
  }),
  deleteCommand(kind, 'Delete a sensitivity analysis with its results; a run under way is stopped.'),
];

export const sensitivitiesGroup: CommandGroup = {
  name: 'sensitivities',
  summary: 'What pruning would cost, layer by layer: add, run, show, csv …',
  details: [
    'SENSITIVITY is an id or a name that no other analysis has. The command "sensitivity" analyses model files without a',
    'project. Clients of the server that speak as those of Studio did keep their analyses here, too.',
  ].join('\n'),
  verbs,
};
