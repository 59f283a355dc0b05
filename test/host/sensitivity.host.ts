// Analyses of sensitivity in a real extension host: made, run, cancelled, shown, deleted; recipes that are saved and pruned by.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { partsMethod, projectsMethod } from '../../src/protocol/facts';
import type { SensitivityFacts } from '../../src/protocol/facts';
import { actionMethod, panelChangedEvent } from '../../src/protocol/panels/panel';
import { sensitivityReportMethod, sparsityAllocationMethod } from '../../src/protocol/panels/sensitivity';
import type { AllocationQuestion } from '../../src/protocol/panels/sensitivity';
import { partNode } from '../../src/vscode/panels/panelNodes';
import { sensitivityPanel } from '../../src/vscode/panels/sensitivityPanel';
import { accept, runPressing } from './pressing';
import { BenchOfTest, leavesNoListener, leavesNothing, until } from './servedPanel';
import { suiteIn } from './workspaces';

function run(name: string, ...words: readonly unknown[]): Thenable<unknown> {
  return vscode.commands.executeCommand(`compressorBench.${name}`, ...words);
}

suiteIn(['bench'], 'analyses of sensitivity', () => {
  let bench: BenchOfTest;
  suiteSetup(async () => {
    await vscode.extensions.getExtension('compressor-bench.compressor-bench')?.activate();
    bench = new BenchOfTest();
  });
  suiteTeardown(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    bench.dispose();
  });

  const analyses = async (projectId = 1): Promise<readonly SensitivityFacts[]> =>
    (await bench.connection.ask(partsMethod, { id: projectId })).sensitivities;

  async function stateOf(id: number): Promise<string> {
    return (await analyses()).find((one) => one.id === id)?.run?.state ?? 'none';
  }

  async function remove(id: number): Promise<void> {
    const facts = (await analyses()).find((one) => one.id === id);
    await bench.connection.change('sensitivity/delete', { id, name: facts?.name });
    assert.ok(!(await analyses()).some((one) => one.id === id));
  }

  test('are made by Enter alone, run, and tell their page', async () => {
    const id = Number(await runPressing(accept, 'sensitivity.new'));
    try {
      await until(async () => ['success', 'error'].includes(await stateOf(id)), 'it has ended', 600);
      assert.equal(await stateOf(id), 'success');
      const { page, served } = bench.serve(panel(), id);
      const { findings, dataset, method } = await page.request(sensitivityReportMethod, { id, otherId: 0 });
      assert.deepEqual([dataset?.id, method, findings?.layers.length], [1, 'one-shot', 16]);
      served.dispose();
    } finally {
      await remove(id);
    }
  }).timeout(60_000);

  test('are changed until they are run, then others are made', async () => {
    const parameters = { project_id: 1, name: 'to change', kind: 'loss', method: 'one-shot', samples: 2 };
    const added = (await bench.connection.change('sensitivity/add', parameters)) as { sensitivity_id: number };
    const id = added.sensitivity_id;
    try {
      await runPressing(accept, 'sensitivity.edit', await partNode(bench.connection, 'sensitivity', id));
      const facts = (await analyses()).find((one) => one.id === id);
      assert.deepEqual([facts?.samples, facts?.datasetId, facts?.run], [2, null, null]);
    } finally {
      await remove(id);
    }
  });

  test('are cancelled, and their page hears of it', async () => {
    const parameters = { project_id: 1, name: 'long', kind: 'perf', method: 'measured', iterations: 10_000 };
    const added = (await bench.connection.change('sensitivity/add', parameters)) as { sensitivity_id: number };
    const id = added.sensitivity_id;
    const { page, served } = bench.serve(panel(), id);
    try {
      let changes = 0;
      page.onEvent({ ...panelChangedEvent, payload: () => null }, () => changes++);
      await run('sensitivity.run', await partNode(bench.connection, 'sensitivity', id));
      await until(async () => (await stateOf(id)) === 'running', 'it runs');
      await run('sensitivity.cancel', await partNode(bench.connection, 'sensitivity', id));
      await until(async () => (await stateOf(id)) === 'cancelled', 'it is cancelled');
      await until(() => changes > 0, 'the page was told');
      const report = await page.request(sensitivityReportMethod, { id, otherId: 0 });
      assert.deepEqual([report.findings, report.run?.state], [null, 'cancelled']);
    } finally {
      served.dispose();
      await remove(id);
    }
  });

  test('of a file in the explorer have a project made for it', async () => {
    const file = vscode.Uri.joinPath(bench.connection.folder.uri, 'digits.onnx');
    const id = Number(await runPressing(accept, 'model.sensitivity', file));
    const { projects } = await bench.connection.ask(projectsMethod, null);
    const project = projects.find(({ name }) => name.startsWith('digits'));
    assert.ok(project);
    try {
      assert.deepEqual(
        (await analyses(project.id)).map((one) => [one.id, one.name]),
        [[id, 'Input model loss, one-shot']],
      );
    } finally {
      await bench.connection.change('project/delete', { id: project.id, name: project.name });
    }
  });

  test('share a sparsity out; the recipe is saved, checked and completed, and a model is pruned by it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'compressor-bench-prune-'));
    const { page, served } = bench.serve(panel(), 1);
    const question: AllocationQuestion = {
      ...{ id: 1, otherId: 0, targetFraction: 0.5, lossWeight: 1 },
      overrides: [['fc.weight', 0.3]],
    };
    try {
      const { layers } = await page.request(sparsityAllocationMethod, question);
      assert.deepEqual(
        layers.filter((one) => one.isSetByHand).map((one) => [one.name, one.sparsityFraction]),
        [['fc.weight', 0.3]],
      );
      const recipe = join(folder, 'mine.pruning.yaml');
      await saving(recipe, () => page.request(actionMethod, { name: 'saveRecipe', value: question }));
      assert.match(readFileSync(recipe, 'utf8'), /^ {2}"fc\.weight": 0\.3 # /m);
      await isHelped(vscode.Uri.file(recipe));
      const model = join(folder, 'pruned.onnx');
      const ended = endOfTask();
      await saving(model, () => page.request(actionMethod, { name: 'prune', value: question }));
      assert.equal(await ended, 0);
      assert.ok(existsSync(model));
      assert.equal(readFileSync(join(folder, 'pruned.pruning.yaml'), 'utf8'), readFileSync(recipe, 'utf8'));
    } finally {
      served.dispose();
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
  }).timeout(60_000);

  test('leave nothing behind, opened and closed 20 times', async () => {
    leavesNoListener(bench, panel(), 1);
    const node = await partNode(bench.connection, 'sensitivity', 1);
    await leavesNothing('compressorBench.sensitivity.show', panel().viewType, node);
  });
});

function panel(): ReturnType<typeof sensitivityPanel> {
  const extension = vscode.extensions.getExtension('compressor-bench.compressor-bench');
  assert.ok(extension);
  return sensitivityPanel(join(extension.extensionPath, 'dist', 'cli.js'));
}

/** Does something that asks where to save; the person names a path. */
async function saving(path: string, work: () => Promise<unknown>): Promise<void> {
  const { showSaveDialog } = vscode.window;
  const answered = { showSaveDialog: () => Promise.resolve(vscode.Uri.file(path)) };
  Object.assign(vscode.window, answered);
  try {
    await work();
  } finally {
    Object.assign(vscode.window, { showSaveDialog });
  }
}

/** The exit code of the next pruning. */
function endOfTask(): Promise<number | undefined> {
  return new Promise((resolve) => {
    const watching = vscode.tasks.onDidEndTaskProcess(({ execution: { task }, exitCode }) => {
      if (!task.name.startsWith('prune ')) return;
      watching.dispose();
      resolve(exitCode);
    });
  });
}

/** A recipe has no mistakes as it was written; one is found as it is made; a layer is explained, which takes the model. */
async function isHelped(uri: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  const mistakes = (): readonly vscode.Diagnostic[] =>
    vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Compressor Bench');
  const lines = document.getText().split('\n');
  const line = lines.findIndex((one) => one.startsWith('  "fc.weight": 0.3'));
  const place = new vscode.Position(line, '  "fc.weight": '.length);
  const key = place.with({ character: 4 });
  const edit = async (from: string, to: string): Promise<void> => {
    const change = new vscode.WorkspaceEdit();
    change.replace(uri, new vscode.Range(place, place.translate(0, from.length)), to);
    assert.ok(await vscode.workspace.applyEdit(change));
  };
  await edit('0.3', '1.3');
  await until(() => mistakes().length === 1, `${basename(uri.fsPath)} has a mistake`);
  await edit('1.3', '0.3');
  await until(() => mistakes().length === 0, 'it has none');
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, key);
  const [shown] = hovers.flatMap(({ contents }) => contents);
  assert.match(shown instanceof vscode.MarkdownString ? shown.value : '', /weights/);
  await document.save();
}
