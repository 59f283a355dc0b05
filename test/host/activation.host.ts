// The extension in a real extension host: it activates, offers its API, registers what its manifest declares, and says nothing.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';

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
