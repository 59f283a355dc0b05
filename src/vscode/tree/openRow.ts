// What opens when a row is chosen. The editor forgets a command with arguments as soon as its row is drawn again, which
// the rows of running jobs are several times a second: a click in that moment would fail. So the commands of rows have
// no arguments, and act on the row that is selected.
import { setTimeout as pause } from 'node:timers/promises';
import { commands } from 'vscode';
import type { Command, TreeView } from 'vscode';
import type { PartKind } from '../../protocol/facts';
import type { Disposes } from '../disposing';
import type { BenchNode, JobNode, PartNode, ProblemNode } from './nodes';

/** What shows a thing of a kind: a command without `compressorBench.`. */
export const openCommands: Readonly<Record<PartKind, string>> = {
  model: 'model.openGraph',
  dataset: 'dataset.open',
  optimization: 'optimization.showHistory',
  benchmark: 'benchmark.compare',
  profiling: 'profiling.show',
  sensitivity: 'sensitivity.show',
};

/** The command that shows the selected row of *Bench*. */
export const openBenchRow: Command = { title: 'Open', command: 'compressorBench.bench.openRow' };

/** What shows a row of *Jobs*: the history of a tuning that has no row of *Bench*, otherwise the log. */
export function jobCommand(row: JobNode | ProblemNode): string | undefined {
  if (row.kind !== 'job') return undefined;
  return row.facts.configPath === null ? 'job.openLog' : 'job.showHistory';
}

/** The command that shows the selected row of *Jobs*. */
export const openJobRow: Command = { title: 'Open', command: 'compressorBench.jobs.openRow' };

/** Whether a row is a thing of a project. */
export function isPart(node: BenchNode): node is PartNode {
  return node.kind !== 'folder' && node.kind !== 'project' && node.kind !== 'group' && node.kind !== 'problem';
}

/** A row is unknown to the editor while its list is asked for again; longer than that nobody waits. */
const waitMs = 50;
const mostWaits = 40;

/** Registers a command of rows; `commandOf` says what shows a row. */
export function registerOpenRow<Node>(
  { command }: Command,
  view: Pick<TreeView<Node>, 'selection'>,
  commandOf: (node: Node) => string | undefined,
): Disposes {
  return commands.registerCommand(command, async () => {
    for (let wait = 0; view.selection.length === 0 && wait < mostWaits; wait++) await pause(waitMs);
    const [node] = view.selection;
    const shown = node === undefined ? undefined : commandOf(node);
    if (shown !== undefined) await commands.executeCommand(`compressorBench.${shown}`, node);
  });
}
