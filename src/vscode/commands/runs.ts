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
import { partNouns } from '../tree/rowText';
import { canEdit } from '../tree/runText';
import { explain, isTrusted } from './explaining';
import { showLog } from './readOnlyTexts';

/** As titles have them. */
export const runnableTitles: Readonly<Record<RunnableNode['kind'], string>> = {
  optimization: 'Optimization',
  benchmark: 'Benchmark',
  profiling: 'Profiling',
  sensitivity: 'Sensitivity Analysis',
};

/** Runs asked for in this window, by the id of the request, until they end. */
const awaited = new Map<string, RunnableNode>();

/** Puts runs at the end of the queue, in order; `more`: what is said besides of what is to be done. */
export async function startRuns(
  nodes: readonly RunnableNode[],
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  if (nodes.length === 0 || !isTrusted()) return;
  for (const node of nodes) {
    const { bench, kind, facts } = node;
    const requestId = randomUUID();
    awaited.set(requestId, node);
    try {
      await bench.change(`${kind}/execute`, { ...more, request_id: requestId, [`${kind}_id`]: facts.id });
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
  const node = type === 'ended' && run.requestId !== null ? awaited.get(run.requestId) : undefined;
  if (node === undefined || run.requestId === null) return;
  awaited.delete(run.requestId);
  const told = toldEnds(node.bench.folder);
  const name = `The ${partNouns[node.kind]} "${node.facts.name}"`;
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
