// A window with two folders: each has a bench of its own, the tree names both, and commands ask which is meant.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { projectsMethod } from '../../src/protocol/facts';
import { Benches, benchEntryPath } from '../../src/vscode/bench/benches';
import { BenchTree } from '../../src/vscode/tree/benchTree';
import { accept, leave, next, runPressing } from './pressing';
import { suiteIn } from './workspaces';

suiteIn(['folders'], 'a window with two folders', () => {
  let benches: Benches;
  let log: vscode.LogOutputChannel;

  suiteSetup(async () => {
    const extension = vscode.extensions.getExtension('compressor-bench.compressor-bench');
    assert.ok(extension);
    await extension.activate();
    log = vscode.window.createOutputChannel('folders test', { log: true });
    benches = new Benches(benchEntryPath(extension.extensionPath), log);
  });

  suiteTeardown(() => {
    benches.dispose();
    log.dispose();
  });

  async function projects(): Promise<readonly (readonly string[])[]> {
    const answers = await Promise.all(benches.all.map((bench) => bench.ask(projectsMethod, null)));
    return answers.map((answer) => answer.projects.map(({ name }) => name));
  }

  test('a command that makes something asks where, and does nothing when it is left', async () => {
    assert.equal(await runPressing(leave, 'example.add', 'mnist_resnet'), undefined);
    assert.deepEqual(await projects(), [[], []]);
  });

  test('it makes it in the folder that is chosen', async () => {
    assert.equal(typeof (await runPressing([next, accept], 'example.add', 'mnist_resnet')), 'number');
    assert.deepEqual(await projects(), [[], ['mnist_resnet']]);
  });

  test('the tree has a row for each folder', async () => {
    const tree = new BenchTree({ all: benches.all }, { find: () => undefined, ask: () => Promise.resolve([]) });
    try {
      const folders = await tree.getChildren();
      assert.deepEqual(
        folders.map((node) => tree.getTreeItem(node).label),
        ['first', 'second'],
      );
      const [first, second] = await Promise.all(folders.map((node) => tree.getChildren(node)));
      assert.deepEqual([first?.length, second?.length], [0, 1]);
    } finally {
      tree.dispose();
    }
  });
});
