// The trees in a real extension host, on the bench of the window and on others: rows, live changes, several folders, problems.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { BenchConnection } from '../../src/vscode/bench/benchConnection';
import { benchEntryPath } from '../../src/vscode/bench/benches';
import { BenchTree } from '../../src/vscode/tree/benchTree';
import { JobsTree } from '../../src/vscode/tree/jobsTree';
import type { JobsChange } from '../../src/vscode/tree/liveJobs';
import type { BenchNode } from '../../src/vscode/tree/nodes';
import { openBenchRow } from '../../src/vscode/tree/openRow';
import { suiteIn } from './workspaces';

const extensionPath = (): string => {
  const extension = vscode.extensions.getExtension('compressor-bench.compressor-bench');
  assert.ok(extension);
  return extension.extensionPath;
};

/** Another process on a bench: the command line. */
async function cli(workspace: string, ...words: string[]): Promise<void> {
  const program = join(extensionPath(), 'dist', 'cli.js');
  await promisify(execFile)(process.execPath, [program, ...words, '--workspace', workspace], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  });
}

function labelOf({ label }: vscode.TreeItem): string {
  return typeof label === 'string' ? label : (label?.label ?? '');
}

/** The tree of some benches, as the sidebar has it. */
class Shown implements vscode.Disposable {
  readonly connections: BenchConnection[];
  readonly tree: BenchTree;
  private readonly log = vscode.window.createOutputChannel('tree test', { log: true });
  private readonly subscriptions: vscode.Disposable;

  constructor(folders: readonly string[]) {
    this.connections = folders.map((path, index) => {
      const folder = { uri: vscode.Uri.file(path), name: basename(path), index };
      const place = {
        folder,
        workspace: path,
        entryPath: benchEntryPath(extensionPath()),
        nodePath: undefined,
        limits: {},
      };
      return new BenchConnection(place, this.log);
    });
    const nothing = { find: () => undefined, ask: () => Promise.resolve([]) };
    this.tree = new BenchTree({ all: this.connections }, nothing);
    this.subscriptions = vscode.Disposable.from(
      ...this.connections.map((bench) => bench.onDidChangeRecords(() => this.tree.refresh())),
    );
  }

  /** Rows below one, each with its label, description and context. */
  async rows(node?: BenchNode): Promise<{ node: BenchNode; item: vscode.TreeItem; text: string }[]> {
    const nodes = await this.tree.getChildren(node);
    return nodes.map((one) => {
      const item = this.tree.getTreeItem(one);
      return { node: one, item, text: `${labelOf(item)} | ${String(item.description ?? '')}` };
    });
  }

  /** The row on a way of labels. */
  async at(...labels: string[]): Promise<BenchNode> {
    let node: BenchNode | undefined;
    for (const label of labels) {
      const found = (await this.rows(node)).find(({ item }) => labelOf(item) === label);
      assert.ok(found, `no row ${label}`);
      node = found.node;
    }
    assert.ok(node);
    return node;
  }

  dispose(): void {
    for (const one of [this.subscriptions, this.tree, ...this.connections, this.log]) one.dispose();
  }
}

/** Resolves with what the tree tells the editor next. */
function nextChange(tree: BenchTree): Promise<BenchNode[] | undefined> {
  return new Promise((resolve) => {
    const subscription = tree.onDidChangeTreeData((nodes) => {
      subscription.dispose();
      resolve(nodes);
    });
  });
}

suiteIn(['bench', 'untrusted'], 'the tree of a bench', () => {
  let shown: Shown;

  setup(() => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    shown = new Shown([folder.uri.fsPath]);
  });
  teardown(() => shown.dispose());

  test('has the project, its groups with counts, and their things with key figures', async () => {
    const [project, ...others] = await shown.rows();
    assert.ok(project);
    assert.equal(others.length, 0);
    assert.equal(project.text, 'mnist_resnet | ');
    assert.equal(project.item.collapsibleState, vscode.TreeItemCollapsibleState.Expanded);
    const groups = await shown.rows(project.node);
    assert.deepEqual(
      groups.map(({ text }) => text),
      ['Models | 2', 'Data Sets | 1', 'Optimizations | 2', 'Benchmarks | 4', 'Profilings | 1', 'Sensitivity | 1'],
    );
    const things = await Promise.all(groups.map(async ({ node }) => shown.rows(node)));
    const [models, , optimizations, benchmarks, profilings] = things;
    assert.match(models?.[1]?.text ?? '', /^int8 \| int8.* · \d+ kB$/);
    assert.match(optimizations?.[1]?.text ?? '', /^int8 \| [\d.]+× speed · [\d.]+ % · [\d.]+× size/);
    assert.match(optimizations?.[0]?.text ?? '', /\| int8/);
    assert.match(benchmarks?.[1]?.text ?? '', /^given accuracy \| [\d.]+ %$/);
    assert.match(benchmarks?.[3]?.text ?? '', /^given speed \| [\d.]+ ms ± [\d.]+ % · [\d,]+\/s$/);
    assert.match(profilings?.[0]?.text ?? '', /^where the time goes \| [\d.]+ ms$/);
    const ids = [...groups, ...things.flat()].map(({ item }) => item.id);
    assert.equal(new Set(ids).size, ids.length);
  });

  test('has icons of states, commands that open, and flags for menus', async () => {
    const optimizations = await shown.rows(await shown.at('mnist_resnet', 'Optimizations'));
    assert.deepEqual(
      optimizations.map(({ item }) => (item.iconPath as vscode.ThemeIcon).id),
      ['circle-large-outline', 'pass'],
    );
    assert.match(
      optimizations[1]?.item.contextValue ?? '',
      /^optimization:canRun:hasLog:hasConfig:hasResult:hasModel:$/,
    );
    assert.deepEqual(optimizations[1]?.item.command, openBenchRow);
    assert.match(String(optimizations[1].item.accessibilityInformation?.label), /^optimization int8, succeeded, /);
  });

  test('tells the whole record when somebody rests on a row, as text', async () => {
    const node = await shown.at('mnist_resnet', 'Optimizations', 'int8');
    const item = shown.tree.getTreeItem(node);
    assert.equal(item.tooltip, undefined);
    const { tooltip } = await shown.tree.resolveTreeItem(item, node);
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.match(tooltip.value, /Model: Input model/);
    assert.deepEqual([tooltip.isTrusted, tooltip.supportHtml], [false, false]);
  });

  test('shows what another process adds and takes away, and tells the editor of that row alone', async () => {
    const { workspace } = shown.connections[0]?.place ?? assert.fail();
    const group = await shown.at('mnist_resnet', 'Benchmarks');
    const before = await shown.rows(group);
    const cliAdds = cli(workspace, 'benchmarks', 'add', '1', 'from outside', '--mode', 'performance');
    await cliAdds;
    const added = nextChange(shown.tree);
    // As the watcher of files does.
    shown.connections[0]?.tellRecordsChanged();
    assert.deepEqual(await added, [group]);
    const after = await shown.rows(group);
    assert.deepEqual(
      after.slice(0, before.length).map(({ node }) => node),
      before.map(({ node }) => node),
    );
    assert.match(after.at(-1)?.text ?? '', /^from outside \| performance · batch \d+$/);
    const gone = nextChange(shown.tree);
    await cli(workspace, 'benchmarks', 'delete', 'from outside', '--yes');
    shown.connections[0]?.tellRecordsChanged();
    assert.deepEqual(await gone, [group]);
    assert.equal((await shown.rows(group)).length, before.length);
  });

  test('asks nothing while it cannot be seen, and catches up then', async () => {
    await shown.at('mnist_resnet', 'Benchmarks');
    const { workspace } = shown.connections[0]?.place ?? assert.fail();
    shown.tree.show(false);
    let isTold = false;
    const subscription = shown.tree.onDidChangeTreeData(() => (isTold = true));
    await cli(workspace, 'profilings', 'add', '1', 'unseen');
    shown.connections[0]?.tellRecordsChanged();
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(isTold, false);
    subscription.dispose();
    const told = nextChange(shown.tree);
    shown.tree.show(true);
    assert.equal((await told)?.length, 1);
    await cli(workspace, 'profilings', 'delete', 'unseen', '--yes');
  });

  test('has the jobs that ended, in the other view', async () => {
    const bench = shown.connections[0] ?? assert.fail();
    const { jobs } = (await bench.ask({ name: 'facts/jobs', params: () => null, result: (value) => value }, null)) as {
      jobs: JobsChange['jobs'];
    };
    const view = new JobsTree({ all: [bench] }, { jobsOf: () => undefined, ask: () => Promise.resolve(jobs) });
    const rows = await view.getChildren();
    assert.ok(rows.length >= 5);
    // Tasks of other suites are among them.
    const item = rows.map((row) => view.getTreeItem(row)).find((one) => labelOf(one) === 'where the time goes');
    assert.ok(item);
    assert.match(String(item.description), / · profiling in mnist_resnet$/);
    assert.match(item.contextValue ?? '', /^job:hasLog:/);
    view.dispose();
  });

  test('is shown by its command', async () => {
    await vscode.commands.executeCommand('compressorBench.bench.focus');
    await vscode.commands.executeCommand('compressorBench.bench.refresh');
    await vscode.commands.executeCommand('compressorBench.jobs.focus');
  });
});

suiteIn(['empty'], 'the tree of several folders', () => {
  const folders: string[] = [];
  let shown: Shown | undefined;

  async function folder(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), 'compressor-bench-tree-'));
    folders.push(path);
    return path;
  }

  teardown(async () => {
    shown?.dispose();
    for (const path of folders.splice(0))
      await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  });

  async function addProject(workspace: string): Promise<void> {
    const model = join(extensionPath(), 'media', 'examples', 'mnist', 'mnist_resnet.onnx');
    await cli(workspace, 'projects', 'add', 'digits', '--model', model);
  }

  test('is empty without a project, so that its welcome is seen', async () => {
    shown = new Shown([await folder(), await folder()]);
    assert.deepEqual(await shown.rows(), []);
    shown.dispose();
    shown = new Shown([]);
    assert.deepEqual(await shown.rows(), []);
  });

  test('names the folders when there are several', async () => {
    const [first, second] = [await folder(), await folder()];
    await addProject(second);
    shown = new Shown([first, second]);
    const rows = await shown.rows();
    assert.deepEqual(
      rows.map(({ item }) => labelOf(item)),
      [basename(first), basename(second)],
    );
    assert.deepEqual(await shown.rows(rows[0]?.node), []);
    assert.deepEqual(
      (await shown.rows(rows[1]?.node)).map(({ text }) => text),
      ['digits | '],
    );
  });

  test('shows what cannot be read as a row with a sentence', async () => {
    const path = await folder();
    await addProject(path);
    const file = join(path, '.compressor-bench', 'projects', '1-digits', 'models', '1.json');
    await writeFile(file, '{');
    const broken = join(path, '.compressor-bench', 'projects', '2-broken');
    await mkdir(broken);
    await writeFile(join(broken, 'project.json'), '{');
    shown = new Shown([path]);
    const rows = await shown.rows();
    assert.deepEqual(
      rows.map(({ text }) => text),
      ['digits | ', '2-broken/project.json | is not JSON.'],
    );
    assert.equal((rows[1]?.item.iconPath as vscode.ThemeIcon).id, 'warning');
    assert.equal(rows[1]?.item.command?.command, 'vscode.open');
    const groups = await shown.rows(rows[0]?.node);
    assert.equal(groups.at(-1)?.text, 'models/1.json | is not JSON.');
  });

  test('says why a bench cannot be opened at all', async () => {
    const path = await folder();
    await mkdir(join(path, '.compressor-bench'));
    await writeFile(join(path, '.compressor-bench', 'bench.json'), '{"schemaVersion": 99}');
    shown = new Shown([path]);
    const [row] = await shown.rows();
    assert.match(row?.text ?? '', /^compressor-bench-tree-\S+ \| .*newer/);
    assert.equal(row?.item.command, undefined);
  });
});
