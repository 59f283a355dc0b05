// The panel of benchmarks side by side in a real extension host: opening and closing leaves nothing, what its page may ask.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { RpcPeer } from '../../src/processes/rpc';
import { partsMethod } from '../../src/protocol/facts';
import type { ProjectParts } from '../../src/protocol/facts';
import { benchmarksReportMethod } from '../../src/protocol/panels/benchmarks';
import { actionMethod, panelChangedEvent } from '../../src/protocol/panels/panel';
import { BenchConnection } from '../../src/vscode/bench/benchConnection';
import { benchEntryPath } from '../../src/vscode/bench/benches';
import { benchmarksPanel } from '../../src/vscode/panels/benchmarksPanel';
import type { BenchmarkNode } from '../../src/vscode/tree/nodes';
import { suiteIn } from './workspaces';
import { benchProcesses } from './benchProcesses';
import { channelPair } from './channelPair';
import { until } from './servedPanel';

function panels(): readonly vscode.Tab[] {
  const isOurs = (input: unknown): boolean =>
    input instanceof vscode.TabInputWebview && input.viewType.endsWith(benchmarksPanel.viewType);
  return vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).filter(({ input }) => isOurs(input));
}

suiteIn(['bench', 'untrusted'], 'panel of benchmarks', () => {
  const log = vscode.window.createOutputChannel('benchmarks test', { log: true });
  let bench: BenchConnection;
  let parts: ProjectParts;

  suiteSetup(async () => {
    const extension = vscode.extensions.getExtension('compressor-bench.compressor-bench');
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(extension !== undefined && folder !== undefined);
    await extension.activate();
    const entryPath = benchEntryPath(extension.extensionPath);
    const place = { folder, workspace: folder.uri.fsPath, entryPath, nodePath: undefined, limits: {} };
    bench = new BenchConnection(place, log);
    parts = await bench.ask(partsMethod, { id: 1 });
  });

  suiteTeardown(() => {
    bench.dispose();
    log.dispose();
  });

  function nodes(): readonly BenchmarkNode[] {
    return parts.benchmarks.map((facts) => ({ kind: 'benchmark', bench, facts }));
  }

  async function compare(chosen: readonly BenchmarkNode[]): Promise<void> {
    await vscode.commands.executeCommand('compressorBench.benchmark.compare', chosen[0], chosen);
    await until(() => panels().length > 0, 'the panel is open');
  }

  test('is one for the same choice, in whatever order', async () => {
    await compare(nodes());
    await compare(nodes().toReversed());
    assert.equal(panels().length, 1);
    await compare(nodes().slice(0, 2));
    await until(() => panels().length === 2, 'another choice has a panel of its own');
    await vscode.window.tabGroups.close(panels());
  });

  test('leaves no process and no tab behind, opened and closed 20 times', async () => {
    await compare(nodes());
    await until(() => benchProcesses().length > 0, 'its bench is there');
    await sleep(500);
    const before = benchProcesses().length;
    for (let turn = 0; turn < 20; turn++) {
      await vscode.window.tabGroups.close(panels());
      await until(() => panels().length === 0, 'the panel is closed');
      await compare(nodes());
    }
    await vscode.window.tabGroups.close(panels());
    await until(() => panels().length === 0, 'the last panel is closed');
    await until(() => benchProcesses().length <= before, 'there are no more processes than before');
  });

  test('leaves no listener behind, served and closed 20 times', () => {
    let listeners = 0;
    const counted = () => {
      listeners++;
      return new vscode.Disposable(() => listeners--);
    };
    const fake = { onDidChangeRecords: counted, onDidChangeRun: counted } as unknown as BenchConnection;
    for (let turn = 0; turn < 20; turn++) serve(fake).dispose();
    assert.equal(listeners, 0);
  });

  test('answers its page, tells it of changes until it is closed, and does nothing it does not know', async () => {
    const { peer, dispose } = serve(bench);
    let changes = 0;
    peer.onEvent({ ...panelChangedEvent, payload: () => null }, () => changes++);
    const ids = parts.benchmarks.map(({ id }) => id);
    const references = { performance: null, accuracy: null };
    const report = await peer.request(benchmarksReportMethod, { projectId: 1, ids, references });
    assert.equal(report.choices.length, parts.benchmarks.length);
    assert.equal(report.accuracy.items.length, 2);
    assert.notEqual(report.accuracy.referenceId, null);
    await assert.rejects(peer.request(actionMethod, { name: 'constructor', value: null }), /does not do/);
    bench.tellRecordsChanged();
    await until(() => changes === 1, 'the page was told');
    dispose();
    bench.tellRecordsChanged();
    await sleep(500);
    assert.equal(changes, 1);
  });

  function serve(served: BenchConnection): { readonly peer: RpcPeer; readonly dispose: () => void } {
    const [host, webview] = channelPair();
    const panel = { title: '' } as vscode.WebviewPanel;
    const subject = { bench: served === bench ? bench.folder.uri.toString() : '', projectId: 1, ids: [] };
    const serving = benchmarksPanel.serve({ peer: new RpcPeer(host), bench: served, subject, panel });
    return { peer: new RpcPeer(webview), dispose: () => serving.dispose() };
  }
});
