// The extension in a real extension host: it activates, offers its API, registers what its manifest declares, and says nothing.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Benches, benchEntryPath } from '../../src/vscode/bench/benches';
import { benchProcesses } from './benchProcesses';
import { suiteIn } from './workspaces';

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('compressor-bench.compressor-bench');
  assert.ok(found, 'the extension is not there');
  return found;
}

suite('activation', () => {
  test('succeeds, in every kind of folder', async () => {
    await extension().activate();
    assert.equal(extension().isActive, true);
  });

  test('registers every command of the manifest', async () => {
    await extension().activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    const { contributes } = extension().packageJSON as Manifest;
    assert.ok(contributes.commands.length > 20);
    assert.deepEqual(
      contributes.commands.map(({ command }) => command).filter((command) => !registered.has(command)),
      [],
    );
  });
});

suiteIn(['bench'], 'what the extension starts', () => {
  test('ends when the extension is disposed of, and not before it is needed', async () => {
    // A channel of its own: to dispose of one with the name of the extension's would close that one, too.
    const log = vscode.window.createOutputChannel('What the extension starts', { log: true });
    const benches = new Benches(benchEntryPath(extension().extensionPath), log);
    const [bench] = benches.all;
    assert.ok(bench);
    const before = benchProcesses();
    await bench.read('project/list');
    const pid = bench.pid ?? 0;
    assert.equal(before.includes(pid), false);
    assert.ok(benchProcesses().includes(pid));
    benches.dispose();
    log.dispose();
    for (const deadline = Date.now() + 10_000; benchProcesses().includes(pid) && Date.now() < deadline;) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(benchProcesses().includes(pid), false);
    // Nobody would end it.
    await assert.rejects(bench.read('project/list'), { code: 'rpc-closed' });
    assert.equal(bench.pid, undefined);
  });
});
