// The commands on a config in real VS Code: run it, by itself or as its optimization, open the history of that.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { jobsMethod, partsMethod } from '../../src/protocol/facts';
import type { OptimizationFacts } from '../../src/protocol/facts';
import { cancelRunMethod } from '../../src/protocol/runControl';
import { tuningHistoryMethod } from '../../src/protocol/panels/tuningHistory';
import { BenchOfTest, until } from './servedPanel';
import { suiteIn } from './workspaces';

function histories(): readonly vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('.tuningHistory'));
}

function run(name: string, uri: vscode.Uri): Thenable<unknown> {
  return vscode.commands.executeCommand(`compressorBench.config.${name}`, uri);
}

suiteIn(['bench'], 'commands on a config', () => {
  let bench: BenchOfTest;
  /** Of nobody: it lies in the folder. */
  let free: vscode.Uri;

  suiteSetup(async () => {
    bench = new BenchOfTest();
    const { uri } = bench.connection.folder;
    free = vscode.Uri.joinPath(uri, 'free.bench.yaml');
    await vscode.workspace.fs.writeFile(free, new TextEncoder().encode('model:\n  pth: digits.onnx\n'));
  });

  suiteTeardown(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(free);
    bench.dispose();
  });

  const optimizations = async (): Promise<readonly OptimizationFacts[]> =>
    (await bench.connection.ask(partsMethod, { id: 1 })).optimizations;

  async function configOf(id: number): Promise<vscode.Uri> {
    const { uri } = bench.connection.folder;
    const pattern = `.compressor-bench/projects/*/optimizations/${id}-*/config.yaml`;
    const [config] = await vscode.workspace.findFiles(new vscode.RelativePattern(uri, pattern), null);
    assert.ok(config);
    return config;
  }

  test('openHistory opens that of the optimization it belongs to', async () => {
    await run('openHistory', await configOf(2));
    await until(() => histories().length === 1, 'the history is open');
    await vscode.window.tabGroups.close(histories());
  });

  test('openHistory of a config of nobody opens one of its own, which says that there is nothing yet', async () => {
    await run('openHistory', free);
    await until(() => histories().length === 1, 'the history is open');
    const report = await bench.connection.ask(tuningHistoryMethod, { config: free.fsPath });
    assert.deepEqual([report.name, report.isRecord, report.run, report.trials], ['free.bench.yaml', false, null, []]);
    await vscode.window.tabGroups.close(histories());
  });

  test('run of a config with mistakes begins nothing', async () => {
    // Its message is not waited for: nobody closes it here.
    await run('run', free);
    const { jobs } = await bench.connection.ask(jobsMethod, null);
    assert.equal(
      jobs.some(({ title }) => title === 'free.bench.yaml'),
      false,
    );
    assert.equal(histories().length, 0);
  });

  test('dataset.preview takes the file that it is given, and the one in the active editor', async () => {
    const { uri } = bench.connection.folder;
    const data = vscode.Uri.joinPath(uri, 'made.dataset.bench.yaml');
    await vscode.workspace.fs.writeFile(data, new TextEncoder().encode('dataset:\n  dummy: {shape: [4, 2]}\n'));
    const previews = (): readonly string[] =>
      vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).map(({ label }) => label);
    const isShown = (): boolean => previews().includes('Preview of made.dataset.bench.yaml');
    try {
      await vscode.commands.executeCommand('compressorBench.dataset.preview', data);
      await until(isShown, 'its page is open');
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await vscode.window.showTextDocument(data);
      await vscode.commands.executeCommand('compressorBench.dataset.preview');
      await until(isShown, 'its page is open again');
    } finally {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await vscode.workspace.fs.delete(data);
    }
  });

  test('script.addTypes puts the types beside a script and names them in it, and nowhere else', async () => {
    const { uri } = bench.connection.folder;
    const script = vscode.Uri.joinPath(uri, 'own.ts');
    const types = vscode.Uri.joinPath(uri, 'compressor-bench.d.ts');
    const text = "import { OrtEngine } from 'compressor-bench/pipeline';\n";
    await vscode.workspace.fs.writeFile(script, new TextEncoder().encode(text));
    try {
      const document = await vscode.workspace.openTextDocument(script);
      for (let times = 0; times < 2; times++) {
        await vscode.commands.executeCommand('compressorBench.script.addTypes', script);
        assert.equal(document.getText(), `/// <reference path="./compressor-bench.d.ts" />\n${text}`);
      }
      assert.match(new TextDecoder().decode(await vscode.workspace.fs.readFile(types)), /class OrtEngine/);
      await document.save();
      await vscode.workspace.fs.delete(types);
      await vscode.commands.executeCommand('compressorBench.script.addTypes', free);
      await assert.rejects(Promise.resolve(vscode.workspace.fs.stat(types)));
    } finally {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await vscode.workspace.fs.delete(script);
    }
  });

  test('prune of what is no recipe begins nothing', async () => {
    const before = vscode.tasks.taskExecutions.length;
    await run('prune', free);
    assert.equal(vscode.tasks.taskExecutions.length, before);
  });

  test('run of a config of nobody is a job of the bench, whose history opens', async () => {
    const first = vscode.Uri.file((await configOf(1)).fsPath);
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(first));
    const own = vscode.Uri.joinPath(first, '..', 'own.bench.yaml');
    await vscode.workspace.fs.writeFile(own, new TextEncoder().encode(text));
    try {
      await run('run', own);
      await until(() => histories().length === 1, 'the history is open');
      const job = async (): Promise<string | undefined> =>
        (await bench.connection.ask(jobsMethod, null)).jobs.find(({ title }) => title === 'own.bench.yaml')?.run.state;
      await until(async () => (await job()) !== undefined, 'it is among the jobs');
      const { run: found } = await bench.connection.ask(tuningHistoryMethod, { config: own.fsPath });
      assert.ok(found);
      await bench.connection.ask(cancelRunMethod, { folder: found.folder });
      assert.equal(await job(), 'cancelled');
    } finally {
      await vscode.window.tabGroups.close(histories());
      await vscode.workspace.fs.delete(own);
    }
  });

  test('run of the config of an optimization is a run of that', async () => {
    const [first] = await optimizations();
    assert.ok(first);
    const added = await bench.connection.change('optimization/add', {
      ...{ project_id: 1, name: 'from its config', model_id: first.modelId, dataset_id: first.datasetId },
      ...{ precision_id: 3, optimization_type_id: 1, batch_size: 1, sampling_size: 10 },
    });
    const { optimization_id: id } = added as { readonly optimization_id: number };
    try {
      await run('run', await configOf(id));
      const isThere = async (): Promise<boolean> =>
        (await bench.connection.ask(jobsMethod, null)).jobs.some(({ title }) => title === 'from its config');
      await until(isThere, 'there is a run');
      await until(async () => ['success', 'error'].includes(await stateOf(id)), 'it has ended', 600);
      assert.equal(await stateOf(id), 'success');
    } finally {
      await bench.connection.change('optimization/delete', { id, name: 'from its config' });
    }
  });

  async function stateOf(id: number): Promise<string> {
    return (await optimizations()).find((one) => one.id === id)?.run?.state ?? 'none';
  }
});
