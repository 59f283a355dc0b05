// Runs from the editor: asking for one, stopping it, telling how it ended where that was asked for here.
import { randomUUID } from 'node:crypto';
import { window } from 'vscode';
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
import { canEdit } from '../tree/runText';
import { explain, isTrusted } from './explaining';
import { showLog } from './readOnlyTexts';
import { mayReplace } from './replacing';

/** As titles have them. */
export const runnableTitles: Readonly<Record<RunnableNode['kind'], string>> = {
  optimization: 'Optimization',
  benchmark: 'Benchmark',
  profiling: 'Profiling',
};

/** Runs asked for in this window, by the id of the request, until they end. */
const awaited = new Map<string, RunnableNode>();

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
    const requestId = randomUUID();
    awaited.set(requestId, node);
    try {
      await bench.change(`${kind}/execute`, { ...wish, request_id: requestId, [`${kind}_id`]: facts.id });
    } catch (thrown) {
      awaited.delete(requestId);
      throw thrown;
    }
  }
}

/** Puts the run of something that was just added at the end of the queue. */
export async function runAdded(
  { bench, facts: { id: projectId } }: ProjectNode,
  kind: RunnableNode['kind'],
  id: number,
): Promise<void> {
  const parts = await bench.ask(partsMethod, { id: projectId });
  await startRuns(partNodes(bench, parts, kind).filter(({ facts }) => facts.id === id));
}

/** Whether something may be edited; says what to do where it was run. */
export function mayEdit(node: RunnableNode): boolean {
  const { kind, facts } = node;
  if (canEdit(facts)) return true;
  explain(`"${facts.name}" was run: its settings belong to its result. Add another ${kind} to try others.`, {
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
  const node = type === 'ended' && run.requestId !== null ? awaited.get(run.requestId) : undefined;
  if (node === undefined || run.requestId === null) return;
  awaited.delete(run.requestId);
  const told = toldEnds(node.bench.folder);
  const name = `The ${node.kind} "${node.facts.name}"`;
  if (run.state === 'error' && told !== 'never') {
    const reason = [run.failure?.message, run.failure?.nextStep].filter((text) => text !== undefined).join(' ');
    void offerLog(services, node, run, window.showErrorMessage(`${name} failed. ${reason}`, openLog));
  } else if (run.state === 'success' && told === 'always') {
    void offerLog(services, node, run, window.showInformationMessage(`${name} is done.`, openLog));
  }
}

const openLog = 'Open Log';

async function offerLog(
  { benches }: Services,
  { bench, facts }: RunnableNode,
  { folder }: RunFacts,
  shown: Thenable<string | undefined>,
): Promise<void> {
  try {
    if ((await shown) === openLog && benches.all.includes(bench)) await showLog(folder, facts.name);
  } catch (thrown) {
    await showThrown(thrown);
  }
}
