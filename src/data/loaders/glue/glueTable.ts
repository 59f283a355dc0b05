// The tables of the tasks of GLUE: which columns hold what, and the quirks of each (SYSTEMS §5.1).
import { dirname } from 'node:path';
import type { GlueTaskName } from '../../../dictionary/glueTasks';
import { dataErrors } from '../../dataErrors';
import { readDataText } from '../dataText';

/** One sample of a task. */
export interface GlueRow {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  readonly pair: string | undefined;
  /** Index of a class, or a number (sts-b). */
  readonly label: number;
}

interface TaskTable {
  /** Column of the first text, and of the second where there are two. */
  readonly text: number;
  readonly pair?: number;
  /** −1: the last column, whatever their number (the rows of mnli have one of several lengths). */
  readonly label: number;
  /** In the order in which models number them; absent: the label is a number. */
  readonly classes?: readonly string[];
  /** The file that `evaluate` reads, where it is not dev.tsv. */
  readonly dev?: string;
  readonly hasNoHeader?: true;
  /** The published file has broken rows, which everyone leaves out. */
  readonly leavesOutBroken?: true;
}

const no = ['0', '1'];
const entailment = ['entailment', 'not_entailment'];

const tables: Readonly<Record<GlueTaskName, TaskTable>> = {
  mrpc: { text: 3, pair: 4, label: 0, classes: no },
  qqp: { text: 3, pair: 4, label: 5, classes: no, leavesOutBroken: true },
  qnli: { text: 1, pair: 2, label: -1, classes: entailment },
  rte: { text: 1, pair: 2, label: -1, classes: entailment },
  'sts-b': { text: 7, pair: 8, label: -1 },
  cola: { text: 3, label: 1, classes: no, hasNoHeader: true },
  mnli: { text: 8, pair: 9, label: -1, classes: ['contradiction', 'entailment', 'neutral'], dev: 'dev_matched.tsv' },
  wnli: { text: 1, pair: 2, label: -1, classes: no },
  'sst-2': { text: 0, label: 1, classes: no },
};

/** RoBERTa was trained with the last two classes of mnli the other way round. */
const robertaClasses: Partial<Record<GlueTaskName, readonly string[]>> = {
  mnli: ['contradiction', 'neutral', 'entailment'],
};

/** qqp has 64 MB; no task has more. */
const mostBytes = 512 * 1024 * 1024;

/** The file of a task that is read. */
export function glueFile(task: GlueTaskName, evaluate: boolean): string {
  return evaluate ? (tables[task].dev ?? 'dev.tsv') : 'train.tsv';
}

/**
 * Reads a table. Quotes are letters like all others: the published files have unpaired ones. Rows without the text of the
 * task are left out where the published file has such, and counted.
 *
 * @throws DataError for a row that cannot be used, with its line; FileError for a file that cannot be read
 */
export async function readGlueTable(
  path: string,
  task: GlueTaskName,
  isRoberta: boolean,
): Promise<{ rows: readonly GlueRow[]; leftOut: number }> {
  const table = tables[task];
  const classes = (isRoberta ? robertaClasses[task] : undefined) ?? table.classes;
  const lines = (await readDataText(path, mostBytes)).split(/\r\n|\r|\n/);
  const rows: GlueRow[] = [];
  let leftOut = 0;
  for (const [index, line] of lines.entries()) {
    if (line === '' || (index === 0 && table.hasNoHeader !== true)) continue;
    const cells = line.split('\t');
    if (cells.length < columnsOf(table)) {
      if (table.leavesOutBroken !== true) throw tooShort({ path, line: index + 1 }, task, table, cells);
      leftOut++;
      continue;
    }
    const label = labelOf(cells.at(table.label) ?? '', classes, { path, line: index + 1 });
    const pair = table.pair === undefined ? undefined : cells[table.pair];
    rows.push({ line: index + 1, text: cells[table.text] ?? '', pair, label });
  }
  if (rows.length === 0) {
    throw dataErrors.noSamples(
      dirname(path),
      `${path} has no row of the task ${task}`,
      'Check data_dir, file and task.',
    );
  }
  return { rows, leftOut };
}

/** A label in the last column stands behind the texts. */
function columnsOf({ text, pair, label }: TaskTable): number {
  const last = Math.max(text, pair ?? 0);
  return Math.max(last, label < 0 ? last + 1 : label) + 1;
}

function tooShort(
  { path, line }: { path: string; line: number },
  task: string,
  table: TaskTable,
  cells: readonly string[],
): Error {
  const problem = `it has ${cells.length} ${cells.length === 1 ? 'column' : 'columns separated by tabs'}; rows of ${task} have at least ${columnsOf(table)}`;
  return dataErrors.badRow(path, line, problem, 'Correct the line, or set task to the one this file belongs to.');
}

function labelOf(
  text: string,
  classes: readonly string[] | undefined,
  { path, line }: { path: string; line: number },
): number {
  const number = Number(text);
  if (classes === undefined) {
    if (text.trim() !== '' && Number.isFinite(number)) return number;
    throw dataErrors.badRow(path, line, `the label "${text.slice(0, 64)}" is no number`, 'Correct the last column.');
  }
  const label = classes.indexOf(text.trim());
  if (label >= 0) return label;
  const nextStep = 'Correct the line, or set task to the one this file belongs to.';
  throw dataErrors.badRow(path, line, `the label "${text.slice(0, 64)}" is none of ${classes.join(', ')}`, nextStep);
}
