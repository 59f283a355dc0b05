// For suites of panels: a page's end of a panel without the page, what a panel leaves behind, panels opened by their commands.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { RpcPeer } from '../../src/processes/rpc';
import type { PanelSubject, RecordSubject } from '../../src/protocol/panels/panel';
import type { BenchConnection } from '../../src/vscode/bench/benchConnection';
import { Benches, benchEntryPath } from '../../src/vscode/bench/benches';
import type { PanelKind } from '../../src/vscode/panels/panels';
import { benchProcesses } from './benchProcesses';
import { channelPair } from './channelPair';

/** The bench of the window, over a connection of the test's own. */
export class BenchOfTest implements vscode.Disposable {
  readonly connection: BenchConnection;
  /** Subscriptions to its events that are not disposed of. */
  listeners = 0;
  /** Panels that were closed by what serves them. */
  closed = 0;
  private readonly log = vscode.window.createOutputChannel('panel test', { log: true });
  private readonly benches: Benches;

  constructor() {
    const extension = vscode.extensions.getExtension('compressor-bench.compressor-bench');
    assert.ok(extension);
    this.benches = new Benches(benchEntryPath(extension.extensionPath), this.log);
    const [bench] = this.benches.all;
    assert.ok(bench);
    this.connection = this.counted(bench);
  }

  /** Serves a page about a record; gives the page's end. */
  serve<Subject extends PanelSubject>(
    kind: PanelKind<Subject | RecordSubject>,
    id: number,
  ): { readonly page: RpcPeer; readonly served: vscode.Disposable } {
    const [host, page] = channelPair();
    const subject = { bench: this.connection.folder.uri.toString(), id };
    const dispose = (): void => {
      this.closed++;
    };
    const panel = { title: '', dispose } as unknown as vscode.WebviewPanel;
    const served = kind.serve({ peer: new RpcPeer(host), bench: this.connection, subject, panel });
    return { page: new RpcPeer(page), served: new vscode.Disposable(() => served.dispose()) };
  }

  dispose(): void {
    this.benches.dispose();
    this.log.dispose();
  }

  private counted(bench: BenchConnection): BenchConnection {
    const counting =
      <Value>(event: vscode.Event<Value>): vscode.Event<Value> =>
      (listener, self, disposables) => {
        this.listeners++;
        const subscribed = event(listener, self, disposables);
        return new vscode.Disposable(() => {
          this.listeners--;
          subscribed.dispose();
        });
      };
    const events = {
      onDidChangeRecords: counting(bench.onDidChangeRecords),
      onDidChangeRun: counting(bench.onDidChangeRun),
    };
    return new Proxy(bench, {
      get: (target, key) => {
        if (key in events) return events[key as keyof typeof events];
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }
}

/** Serves a page and lets go of it 20 times: no listener may be left. */
export function leavesNoListener<Subject extends PanelSubject>(
  bench: BenchOfTest,
  kind: PanelKind<Subject | RecordSubject>,
  id: number,
): void {
  const before = bench.listeners;
  for (let turn = 0; turn < 20; turn++) bench.serve(kind, id).served.dispose();
  assert.equal(bench.listeners, before);
}

/** Opens a panel by its command and closes it 20 times: no tab and no further process may be left. */
export async function leavesNothing(command: string, viewType: string, node: unknown): Promise<void> {
  const tabs = (): readonly vscode.Tab[] =>
    vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(viewType));
  let processes = 0;
  for (let turn = 0; turn < 20; turn++) {
    await vscode.commands.executeCommand(command, node);
    await until(() => tabs().length === 1, `${viewType} is open`);
    await vscode.window.tabGroups.close(tabs());
    await until(() => tabs().length === 0, `${viewType} is closed`);
    if (turn === 0) processes = benchProcesses().length;
  }
  await until(() => benchProcesses().length <= Math.max(1, processes), 'no process was left');
}

/** Waits until something is so; fails after a time. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string, turns = 200): Promise<void> {
  for (let turn = 0; turn < turns; turn++) {
    if (await isSo()) return;
    await sleep(50);
  }
  assert.fail(`it never came to be that ${what}`);
}
