// The commands in a real extension host: each is there and answers, whatever the folder; the wizards work by Enter alone.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { partsMethod } from '../../src/protocol/facts';
import { accept, leave, runPressing } from './pressing';
import { BenchOfTest, until } from './servedPanel';
import { suiteIn } from './workspaces';

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('compressor-bench.compressor-bench');
  assert.ok(found, 'the extension is not there');
  return found;
}

function run(name: string, ...words: readonly unknown[]): Thenable<unknown> {
  return vscode.commands.executeCommand(`compressorBench.${name}`, ...words);
}

function profilingFolders(): string[] {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder);
  const projects = join(folder.uri.fsPath, '.compressor-bench', 'projects');
  return readdirSync(projects).flatMap((project) => readdirSync(join(projects, project, 'profilings')));
}

/** Commands that ask in quick inputs, or explain: leaving them ends them. */
const asking = [
  ...['project.new', 'project.editNotes', 'project.delete', 'example.add'],
  ...['dataset.new', 'dataset.newCustom', 'dataset.open', 'dataset.delete'],
  ...['new', 'edit', 'cancel', 'delete'].map((verb) => `sensitivity.${verb}`),
  ...['new', 'cancel', 'edit', 'delete', 'openLog'].flatMap((verb) =>
    ['optimization', 'benchmark', 'profiling'].map((noun) => `${noun}.${verb}`),
  ),
  // The only profiling would be run.
  ...['optimization.run', 'benchmark.run'],
  ...['optimization.openConfig', 'optimization.pinBenchmark', 'optimization.export'],
  ...['benchmark.pin', 'benchmark.export', 'profiling.export', 'sensitivity.export'],
  ...['model.quantize', 'model.benchmark', 'model.sensitivity', 'model.export', 'job.cancel', 'job.openLog'],
];

suite('commands', () => {
  suiteSetup(async () => {
    await extension().activate();
  });

  for (const name of asking) {
    test(`${name} answers when it is left`, async () => {
      assert.equal(await runPressing(leave, name), undefined);
    });
  }

  test('log.show, settings.open and walkthrough.open show something', async () => {
    for (const name of ['log.show', 'settings.open', 'walkthrough.open']) await run(name);
    assert.ok(vscode.window.tabGroups.all.some(({ tabs }) => tabs.length > 0));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  test('diagnostics.copy gathers versions, and no path of the home folder', async () => {
    const text = String(await run('diagnostics.copy'));
    assert.match(text, /- ONNX Runtime: \d+\.\d+/);
    const { HOME } = process.env;
    if (HOME !== undefined && HOME.length > 1) assert.ok(!text.includes(`${HOME}/`));
  });

  test('bench.openFolder answers', async () => {
    await run('bench.openFolder');
  });
});

suiteIn(['empty', 'untrusted'], 'commands where nothing can be run', () => {
  test('profiling.run explains', async () => {
    await extension().activate();
    assert.equal(await run('profiling.run'), undefined);
  });
});

suiteIn(['bench'], 'commands about what there is one of', () => {
  suiteSetup(async () => {
    await extension().activate();
  });

  teardown(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  // Nothing is pressed: a question would leave the command waiting.
  for (const name of ['dataset.open', 'profiling.openLog', 'sensitivity.openLog']) {
    test(`${name} takes it without asking`, async () => {
      await run(name);
      assert.equal(vscode.window.activeTextEditor?.document.uri.scheme, 'compressor-bench');
    });
  }

  for (const name of ['dataset.preview', 'profiling.show', 'sensitivity.show']) {
    test(`${name} shows it without asking`, async () => {
      await run(name);
      const tab = (): vscode.Tab | undefined => vscode.window.tabGroups.activeTabGroup.activeTab;
      await until(() => tab()?.input instanceof vscode.TabInputWebview, 'its page is open');
    });
  }

  test('profiling.delete asks all the same, and deletes nothing when it is left', async () => {
    const before = new Set(profilingFolders());
    assert.equal(await runPressing(leave, 'profiling.delete'), undefined);
    assert.deepEqual(new Set(profilingFolders()), before);
  });
});

suiteIn(['bench'], 'commands about a model that is quantized already', () => {
  let bench: BenchOfTest;

  suiteSetup(() => {
    bench = new BenchOfTest();
  });

  suiteTeardown(() => {
    bench.dispose();
  });

  test('model.quantize explains instead of asking, for its row and for its file alike', async () => {
    const { models } = await bench.connection.ask(partsMethod, { id: 1 });
    const facts = models.find(({ madeByOptimizationId }) => madeByOptimizationId !== null);
    assert.ok(facts);
    // Nothing is pressed: a question would leave the command waiting.
    assert.equal(await run('model.quantize', vscode.Uri.file(facts.path)), undefined);
    assert.equal(await run('model.quantize', { kind: 'model', bench: bench.connection, facts }), undefined);
  });
});

suiteIn(['empty'], 'commands in an empty folder', () => {
  test('the example, an optimization, a benchmark and a profiling are made by Enter alone', async function () {
    this.timeout(120_000);
    await extension().activate();
    await vscode.workspace
      .getConfiguration('compressorBench')
      .update('queue.runNew', 'never', vscode.ConfigurationTarget.Global);
    try {
      assert.equal(typeof (await run('example.add', 'mnist_resnet')), 'number');
      for (const name of ['optimization.new', 'benchmark.new', 'profiling.new']) {
        assert.equal(typeof (await runPressing(accept, name)), 'number', name);
      }
    } finally {
      await vscode.workspace
        .getConfiguration('compressorBench')
        .update('queue.runNew', undefined, vscode.ConfigurationTarget.Global);
      const [folder] = vscode.workspace.workspaceFolders ?? [];
      assert.ok(folder);
      const bench = vscode.Uri.joinPath(folder.uri, '.compressor-bench');
      assert.ok(existsSync(join(bench.fsPath, 'projects')));
      await vscode.workspace.fs.delete(bench, { recursive: true });
    }
  });
});
