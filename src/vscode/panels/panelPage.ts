// What the panels have in common: questions of a page go to the process of its bench, changes of the bench to the page.
import { Disposable, commands } from 'vscode';
import { coalesce } from '../../processes/coalesce';
import type { RpcPeer } from '../../processes/rpc';
import { runChangeEvent } from '../../protocol/benchChannel';
import type { RunChange } from '../../protocol/benchChannel';
import { failureRecordOf } from '../../protocol/benchError';
import { actionMethod, manageTrustAction, panelChangedEvent } from '../../protocol/panels/panel';
import type { PanelSubject } from '../../protocol/panels/panel';
import type { RpcMethod } from '../../protocol/rpcMessages';
import type { BenchConnection } from '../bench/benchConnection';
import type { Disposes } from '../disposing';
import { showThrown } from '../failures';
import type { OpenPanel } from './panels';

/** Does what a page asks for; what it throws is shown to the person. */
export type PanelActions = Readonly<Record<string, (value: unknown) => Promise<unknown>>>;

/** What a page is served with. */
export interface PageService {
  readonly peer: RpcPeer;
  readonly bench: BenchConnection;
  /** What the page may do in the editor, by name. */
  readonly actions?: PanelActions;
  /** Changes of runs that the page wants to hear of, beside `panelChangedEvent`. */
  readonly hears?: (change: RunChange) => boolean;
}

/** Pages ask again at most this often, however fast things change. */
const askAgainMs = 200;

/** A question of a page that the process of its bench answers. */
export type Forwarded = (peer: RpcPeer, bench: BenchConnection) => void;

/** Lets pages ask a question of the protocol. */
export function forwarding<Params, Result>(method: RpcMethod<Params, Result>): Forwarded {
  return (peer, bench) =>
    peer.handle(method, (params, { signal, onProgress }) => bench.ask(method, params, { signal, onProgress }));
}

/**
 * Lets the page ask for what it shows, which gives the panel its title. The panel of something that was deleted is closed:
 * nothing on it could be done any more.
 */
export function answerReport<Params, Report>(
  { peer, bench, panel }: Pick<OpenPanel<PanelSubject>, 'peer' | 'bench' | 'panel'>,
  method: RpcMethod<Params, Report>,
  titleOf: (report: Report, params: Params) => string,
): void {
  peer.handle(method, async (params, { signal, onProgress }) => {
    try {
      const report = await bench.ask(method, params, { signal, onProgress });
      panel.title = titleOf(report, params);
      return report;
    } catch (thrown) {
      if (failureRecordOf(thrown).code === 'request-not-found') panel.dispose();
      throw thrown;
    }
  });
}

function manageTrust(): Promise<unknown> {
  return Promise.resolve(commands.executeCommand('workbench.trust.manage'));
}

/** Serves a page until what it gives is disposed of. */
export function servePage(service: PageService, questions: readonly Forwarded[]): Disposes {
  const { peer, bench, hears } = service;
  const actions: PanelActions = { ...service.actions, [manageTrustAction]: manageTrust };
  for (const question of questions) question(peer, bench);
  peer.handle(actionMethod, async ({ name, value }) => {
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action === undefined) throw new Error(`The page asked for "${name}", which its panel does not do.`);
    await action(value).catch((thrown: unknown) => {
      // Not awaited: the page waits for the work, not for a person to close the message.
      void showThrown(thrown);
    });
    return null;
  });
  let isOpen = true;
  const changed = coalesce<null>(() => {
    if (isOpen) peer.emit(panelChangedEvent, null);
  }, askAgainMs);
  return Disposable.from(
    bench.onDidChangeRecords(() => changed.push(null)),
    bench.onDidChangeRun((change) => {
      if (hears?.(change) === true) peer.emit(runChangeEvent, change);
    }),
    new Disposable(() => {
      isOpen = false;
    }),
  );
}
