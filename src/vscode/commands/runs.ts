// Runs from the editor: asking for one, stopping it, telling how it ended where that was asked for here.
import { randomUUID } from 'node:crypto';
import { window } from 'vscode';
import type { RunChange } from '../../protocol/benchChannel';
import type { RunFacts } from '../../protocol/facts';
import { isRunEnd } from '../../protocol/runs';
import { cancelRunMethod } from '../../protocol/runControl';
import type { BenchConnection } from '../bench/benchConnection';
import { showThrown } from '../failures';
import type { Services } from '../services';
import { toldEnds } from '../settings';
import type { RunnableNode } from '../tree/nodes';
import { isTrusted } from './explaining';
import { showLog } from './readOnlyTexts';

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

/** Stops a run, or takes it out of the queue; what it has learnt is kept. */
export async function cancelRun(bench: BenchConnection, run: RunFacts): Promise<void> {
  await bench.ask(cancelRunMethod, { folder: run.folder });
  bench.tellRecordsChanged();
}

/** Whether a run waits or is under way. */
export function isActive(run: RunFacts | null): run is RunFacts {
  return run !== null && !isRunEnd(run.state);
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
    void offerLog(services, node, `${name} failed. ${reason}`, window.showErrorMessage);
  } else if (run.state === 'success' && told === 'always') {
    void offerLog(services, node, `${name} is done.`, window.showInformationMessage);
  }

  async function offerLog(
    { benches }: Services,
    { bench }: RunnableNode,
    text: string,
    show: (text: string, item: string) => Thenable<string | undefined>,
  ): Promise<void> {
    try {
      const chosen = await show(text, 'Open Log');
      if (chosen !== undefined && benches.all.includes(bench)) await showLog(run.folder, name);
    } catch (thrown) {
      await showThrown(thrown);
    }
  }
}
