// The editor of model files in a real extension host: opening and closing leaves nothing, files that change, what pages may ask.
import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { RpcPeer } from '../../src/processes/rpc';
import { compareMethod, graphFactsMethod, modelChangedEvent, sceneMethod } from '../../src/protocol/panels/graph';
import { Benches, benchEntryPath } from '../../src/vscode/bench/benches';
import { ComparedModels } from '../../src/vscode/editors/comparedModels';
import { GraphPage } from '../../src/vscode/editors/graphPage';
import { benchProcesses } from './benchProcesses';
import { channelPair } from './channelPair';
import { until } from './servedPanel';

const viewType = 'compressorBench.graph';

function extensionPath(): string {
  const extension = vscode.extensions.getExtension('compressor-bench.compressor-bench');
  assert.ok(extension);
  return extension.extensionPath;
}

/** A state of a workspace that keeps nothing. */
const noState: vscode.Memento = { keys: () => [], get: () => undefined, update: () => Promise.resolve() };

function graphTabs(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputCustom && input.viewType === viewType);
}

suite('editor of model files', () => {
  let folder: string;
  let uri: vscode.Uri;

  suiteSetup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'compressor-bench-graph-'));
    // Outside of the workspace, and a name in which patterns would see more than a name.
    uri = vscode.Uri.file(join(folder, 'we[ir]d {a,b}.onnx'));
    await copyFile(join(extensionPath(), 'media', 'examples', 'mnist', 'mnist_resnet.onnx'), uri.fsPath);
  });

  suiteTeardown(() => rm(folder, { recursive: true, force: true }));

  test('is the one that opens them', async () => {
    await vscode.commands.executeCommand('vscode.open', uri);
    await until(() => graphTabs().length === 1, 'the editor is open');
    await vscode.window.tabGroups.close(graphTabs());
  });

  test('leaves no process and no tab behind, opened and closed 20 times', async () => {
    const before = benchProcesses().length;
    for (let turn = 0; turn < 20; turn++) {
      await vscode.commands.executeCommand('compressorBench.model.openGraph', uri);
      await until(() => graphTabs().length === 1, 'the editor is open');
      await vscode.window.tabGroups.close(graphTabs());
    }
    assert.equal(graphTabs().length, 0);
    // The bench of a trusted folder stays; it may have been started by this.
    const most = Math.max(before, vscode.workspace.isTrusted && vscode.workspace.workspaceFolders ? 1 : 0);
    await until(() => benchProcesses().length <= most, 'the processes are gone');
  });

  test('answers its page about its own file alone, and tells it when that changes', async () => {
    const log = vscode.window.createOutputChannel('graph test', { log: true });
    const benches = new Benches(benchEntryPath(extensionPath()), log);
    const [host, webview] = channelPair();
    const page = new GraphPage(benches, new RpcPeer(host), uri, new ComparedModels(noState));
    try {
      const peer = new RpcPeer(webview);
      const changed: string[] = [];
      peer.onEvent(modelChangedEvent, ({ path }) => changed.push(path));
      const scene = await peer.request(sceneMethod, { path: uri.fsPath, expanded: [] });
      assert.ok(scene.nodes.length > 3);
      const other = join(extensionPath(), 'package.json');
      await assert.rejects(peer.request(graphFactsMethod, { path: other }), /not open in it/);
      await copyFile(join(extensionPath(), 'media', 'examples', 'mnist', 'mnist_resnet.onnx'), uri.fsPath);
      await until(() => changed.includes(uri.fsPath), 'the page was told');
      const twin = join(folder, 'twin.onnx');
      const example = join(extensionPath(), 'media', 'examples', 'mnist', 'mnist_resnet.onnx');
      await copyFile(example, twin);
      page.allow(twin);
      await peer.request(compareMethod, { path: uri.fsPath, otherPath: twin });
      await copyFile(example, twin);
      await until(() => changed.includes(twin), 'the page was told of the other model, too');
    } finally {
      page.dispose();
      benches.dispose();
      log.dispose();
    }
  });
});
