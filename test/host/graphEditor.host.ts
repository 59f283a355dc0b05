// The editor of model files in a real extension host: opening and closing leaves nothing, files that change, what pages may ask.
import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { readModel } from '../../src/onnx/readModel';
import { writeModel } from '../../src/onnx/writeModel';
import { RpcPeer } from '../../src/processes/rpc';
import { partsMethod } from '../../src/protocol/facts';
import { compareMethod, graphFactsMethod, modelChangedEvent, sceneMethod } from '../../src/protocol/panels/graph';
import { Benches, benchEntryPath } from '../../src/vscode/bench/benches';
import { ComparedModels } from '../../src/vscode/editors/comparedModels';
import { compareGraphs } from '../../src/vscode/editors/graphCommands';
import type { GraphBegin, GraphEditors } from '../../src/vscode/editors/graphEditor';
import { GraphPage } from '../../src/vscode/editors/graphPage';
import type { Services } from '../../src/vscode/services';
import { benchProcesses } from './benchProcesses';
import { channelPair } from './channelPair';
import { BenchOfTest, until } from './servedPanel';
import { suiteIn } from './workspaces';

const viewType = 'compressorBench.graph';

function extensionPath(): string {
  const extension = vscode.extensions.getExtension('compressor-bench.compressor-bench');
  assert.ok(extension);
  return extension.extensionPath;
}

function example(): string {
  return join(extensionPath(), 'media', 'examples', 'mnist', 'mnist_resnet.onnx');
}

/** The state of a workspace, which outlives windows. */
function workspaceState(): vscode.Memento {
  const kept = new Map<string, unknown>();
  return {
    keys: () => [...kept.keys()],
    get: (key: string) => kept.get(key) as undefined,
    update: (key, value: unknown) => {
      kept.set(key, value);
      return Promise.resolve();
    },
  };
}

/** A page of the editor without the page: the answering end, and the one that asks. */
class PageOfTest implements vscode.Disposable {
  readonly peer: RpcPeer;
  readonly page: GraphPage;
  /** Paths of the models that the page was told of. */
  readonly changed: string[] = [];
  private readonly log = vscode.window.createOutputChannel('graph test', { log: true });
  private readonly benches = new Benches(benchEntryPath(extensionPath()), this.log);

  constructor(uri: vscode.Uri, state = workspaceState()) {
    const [host, webview] = channelPair();
    this.page = new GraphPage(this.benches, new RpcPeer(host), uri, new ComparedModels(state));
    this.peer = new RpcPeer(webview);
    this.peer.onEvent(modelChangedEvent, ({ path }) => this.changed.push(path));
  }

  dispose(): void {
    for (const one of [this.page, this.benches, this.log]) one.dispose();
  }
}

function graphTabs(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputCustom && input.viewType === viewType);
}

/** Writes the model anew until the page is told: the editor does not say when it has begun to watch a folder. */
async function changedUntilTold(path: string, told: readonly string[]): Promise<void> {
  for (let change = 0; change < 10 && !told.includes(path); change++) {
    await copyFile(example(), path);
    for (let wait = 0; wait < 40 && !told.includes(path); wait++) await sleep(50);
  }
  assert.ok(told.includes(path), `the page was told that ${path} has changed`);
}

suite('editor of model files', () => {
  let folder: string;
  let uri: vscode.Uri;

  suiteSetup(async () => {
    folder = await mkdtemp(join(tmpdir(), 'compressor-bench-graph-'));
    // Outside of the workspace, and a name in which patterns would see more than a name.
    uri = vscode.Uri.file(join(folder, 'we[ir]d {a,b}.onnx'));
    await copyFile(example(), uri.fsPath);
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
    const opened = new PageOfTest(uri);
    try {
      const { peer, page, changed } = opened;
      const scene = await peer.request(sceneMethod, { path: uri.fsPath, expanded: [] });
      assert.ok(scene.nodes.length > 3);
      const other = join(extensionPath(), 'package.json');
      await assert.rejects(peer.request(graphFactsMethod, { path: other }), /not open in it/);
      await changedUntilTold(uri.fsPath, changed);
      const twin = join(folder, 'twin.onnx');
      await copyFile(example(), twin);
      page.allow(twin);
      await peer.request(compareMethod, { path: uri.fsPath, otherPath: twin });
      await changedUntilTold(twin, changed);
    } finally {
      opened.dispose();
    }
  });

  test('compares with a model that a person named, after a reload of the window too, and with no other', async () => {
    const otherPath = join(folder, 'other.onnx');
    await copyFile(example(), otherPath);
    const state = workspaceState();
    const compare = (opened: PageOfTest): Promise<unknown> =>
      opened.peer.request(compareMethod, { path: uri.fsPath, otherPath });
    const before = new PageOfTest(uri, state);
    try {
      await assert.rejects(compare(before), /not open in it/);
      before.page.allow(otherPath);
      assert.ok(await compare(before));
    } finally {
      before.dispose();
    }
    const after = new PageOfTest(uri, state);
    try {
      assert.ok(await compare(after));
    } finally {
      after.dispose();
    }
  });

  test('tells its page when a file with weights of the model changes, and of no other file beside it', async () => {
    const apart = vscode.Uri.file(join(folder, 'apart', 'net.onnx'));
    await mkdir(join(folder, 'apart'));
    const model = readModel(example());
    const { proto, tensors } = model;
    await writeModel(apart.fsPath, proto, { tensors, externalData: 'always' }).finally(() => model.close());
    const opened = new PageOfTest(apart);
    try {
      const { dataFiles } = await opened.peer.request(graphFactsMethod, { path: apart.fsPath });
      const [weights] = dataFiles;
      assert.ok(weights);
      // A watcher needs a moment before it sees anything.
      await sleep(1000);
      await writeFile(join(folder, 'apart', 'beside.txt'), '');
      await sleep(1500);
      assert.deepEqual(opened.changed, []);
      await writeFile(weights, await readFile(weights));
      await until(() => opened.changed.length > 0, 'the page was told');
    } finally {
      opened.dispose();
    }
  });
});

suiteIn(['bench'], 'comparing graphs', () => {
  interface Shown {
    readonly path: string;
    readonly compareWith: string | undefined;
  }

  /** What the command shows, handed these things. */
  async function shownFor(given: unknown, several?: unknown): Promise<readonly Shown[]> {
    const shown: Shown[] = [];
    const editors = {
      show: (uri: vscode.Uri, { compareWith }: GraphBegin = {}) => {
        shown.push({ path: uri.fsPath, compareWith: compareWith?.fsPath });
        return Promise.resolve();
      },
    };
    await compareGraphs({} as Services, editors as unknown as GraphEditors, given, several);
    return shown;
  }

  test('takes an optimization, its model, or two files', async () => {
    const bench = new BenchOfTest();
    try {
      const { connection } = bench;
      const { models, optimizations } = await connection.ask(partsMethod, { id: 1 });
      const made = models.find(({ madeByOptimizationId }) => madeByOptimizationId === 2);
      const float = models.find(({ madeByOptimizationId }) => madeByOptimizationId === null);
      const optimization = optimizations.find(({ id }) => id === 2);
      assert.ok(made && float && optimization);
      const both = [{ path: made.path, compareWith: float.path }];
      assert.deepEqual(await shownFor({ kind: 'optimization', bench: connection, facts: optimization }), both);
      assert.deepEqual(await shownFor({ kind: 'model', bench: connection, facts: made }), both);
      const files = [vscode.Uri.file(float.path), vscode.Uri.file(made.path)];
      assert.deepEqual(await shownFor(files[0], files), [{ path: float.path, compareWith: made.path }]);
      await vscode.commands.executeCommand('compressorBench.model.compareGraph', files[0], files);
      await until(() => graphTabs().length === 1, 'the editor is open');
      await vscode.window.tabGroups.close(graphTabs());
    } finally {
      bench.dispose();
    }
  });
});
