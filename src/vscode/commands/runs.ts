// Runs from the editor: asking for one, stopping it, telling how it ended where that was asked for here.
import { randomUUID } from 'node:crypto';
import { commands, window } from 'vscode';
import type { RunChange } from '../../protocol/benchChannel';
import { partsMethod } from '../../protocol/facts';
import type { RunFacts } from '../../protocol/facts';
import { cancelRunMethod } from '../../protocol/runControl';
import type { BenchConnection } from '../bench/benchConnection';
import { showThrown } from '../failures';
import type { Services } from '../services';
import { toldEnds } from '../settings';
import type { ProjectNode, RunnableNode } from '../tree/nodes';
import { partNodes } from '../tree/partNodes';
import { partNouns } from '../tree/rowText';
import { canEdit } from '../tree/runText';
import { explain, isTrusted } from './explaining';
import { showLog } from './readOnlyTexts';
import { mayReplace } from './replacing';

/** As titles have them. */
export const runnableTitles: Readonly<Record<RunnableNode['kind'], string>> = {
  optimization: 'Optimization',
  benchmark: 'Benchmark',
  profiling: 'Profiling',
  sensitivity: 'Sensitivity Analysis',
};

/** A run that was asked for in this window. */
interface AwaitedRun {
  readonly bench: BenchConnection;
  /** The subject of a sentence: `The benchmark "int8 speed"`. */
  readonly subject: string;
  /** What its log is called. */
  readonly name: string;
}

/** By the id of the request, until they end. */
const awaited = new Map<string, AwaitedRun>();

/** Asks for a run whose end is then told; `ask` is handed the id of the request. */
export async function askForRun<Answer>(run: AwaitedRun, ask: (requestId: string) => Promise<Answer>): Promise<Answer> {
  const requestId = randomUUID();
  awaited.set(requestId, run);
  try {
    return await ask(requestId);
  } catch (thrown) {
    awaited.delete(requestId);
    throw thrown;
  }
}

/** What is to be done besides running from the beginning. */
interface RunWish {
  /** Goes on with the search of the newest run. */
  readonly mode?: 'resume';
  /** Makes the model of this trial the optimized one. */
  readonly trial?: number;
}

/** Puts runs at the end of the queue, in order; asks before one that takes away what was measured. */
export async function startRuns(nodes: readonly RunnableNode[], wish: RunWish = {}): Promise<void> {
  if (nodes.length === 0 || !isTrusted()) return;
  for (const node of nodes) {
    if (node.kind === 'optimization' && !(await mayReplace(node, wish.trial))) continue;
    const { bench, kind, facts } = node;
    const run: AwaitedRun = { bench, subject: `The ${partNouns[kind]} "${facts.name}"`, name: facts.name };
    await askForRun(run, (requestId) =>
      bench.change(`${kind}/execute`, { ...wish, request_id: requestId, [`${kind}_id`]: facts.id }),
    );
  }
}

/** Commands that show how something goes on, and what came of it. */
const showing: Partial<Record<RunnableNode['kind'], string>> = {
  optimization: 'optimization.showHistory',
  profiling: 'profiling.show',
  sensitivity: 'sensitivity.show',
};

/** Puts the run of something that was just added at the end of the queue, and shows its page where it has one. */
export async function runAdded(
  { bench, facts: { id: projectId } }: ProjectNode,
  kind: RunnableNode['kind'],
  id: number,
): Promise<void> {
  const parts = await bench.ask(partsMethod, { id: projectId });
  const added = partNodes(bench, parts, kind).filter(({ facts }) => facts.id === id);
  await startRuns(added);
  const show = showing[kind];
  if (show !== undefined) await commands.executeCommand(`compressorBench.${show}`, added[0]);
}

/** Whether something may be edited; says what to do where it was run. */
export function mayEdit(node: RunnableNode): boolean {
  const { kind, facts } = node;
  if (canEdit(facts)) return true;
  explain(`"${facts.name}" was run: its settings belong to its result. Add another ${partNouns[kind]} to try others.`, {
    title: `New ${runnableTitles[kind]}…`,
    command: `compressorBench.${kind}.new`,
    arguments: [node],
  });
  return false;
}

/** Stops a run, or takes it out of the queue; what it has learnt is kept. */
export async function cancelRun(bench: BenchConnection, run: RunFacts): Promise<void> {
  await bench.ask(cancelRunMethod, { folder: run.folder });
  bench.tellRecordsChanged();
}

/** Tells the end of a run that was asked for in this window, as the settings have it. */
export function tellEnd(services: Services, { type, run }: RunChange): void {
  const asked = type === 'ended' && run.requestId !== null ? awaited.get(run.requestId) : undefined;
  if (asked === undefined || run.requestId === null) return;
  awaited.delete(run.requestId);
  const told = toldEnds(asked.bench.folder);
  if (run.state === 'error' && told !== 'never') {
    const reason = [run.failure?.message, run.failure?.nextStep].filter((text) => text !== undefined).join(' ');
    void offerLog(services, asked, run, window.showErrorMessage(`${asked.subject} failed. ${reason}`, openLog));
  } else if (run.state === 'success' && told === 'always') {
    void offerLog(services, asked, run, window.showInformationMessage(`${asked.subject} is done.`, openLog));
  }
}

const openLog = 'Open Log';

async function offerLog(
  { benches }: Services,
  { bench, name }: AwaitedRun,
  { folder }: RunFacts,
  shown: Thenable<string | undefined>,
): Promise<void> {
  try {
    if ((await shown) === openLog && benches.all.includes(bench)) await showLog(folder, name);
  } catch (thrown) {
    await showThrown(thrown);
  }
}
