// A window with two folders: each has a bench of its own, the tree names both, and commands ask which is meant. Beside the
// extension stands another in it, that of Red Hat for YAML.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { projectsMethod } from '../../src/protocol/facts';
import { Benches, benchEntryPath } from '../../src/vscode/bench/benches';
import { BenchTree } from '../../src/vscode/tree/benchTree';
import { accept, leave, next, runPressing } from './pressing';
import { until } from './servedPanel';
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

/** What our extension contributed to the stand-in (yamlStandIn in test/vscodeHost/fixtures.ts). */
type Contributor = readonly [
  scheme: string,
  schemaOf: (uri: string) => string | undefined,
  contentOf: (uri: string) => Promise<string>,
];

suiteIn(['folders'], "beside Red Hat's YAML extension", () => {
  let uri: vscode.Uri;

  suiteSetup(async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    uri = vscode.Uri.joinPath(folder.uri, 'a.bench.yaml');
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode('quantization:\n  quant_format: qdqq\n'));
    await vscode.window.showTextDocument(uri);
  });

  suiteTeardown(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  test('that one is given the schemas of our files, once, and of no others', async () => {
    const extension = vscode.extensions.getExtension<{ contributors: Contributor[] }>('redhat.vscode-yaml');
    assert.ok(extension);
    const { contributors } = await extension.activate();
    await until(() => contributors.length > 0, 'something is contributed');
    const [contributor] = contributors;
    assert.ok(contributor);
    const [, schemaOf, contentOf] = contributor;
    const schema = schemaOf(uri.toString());
    assert.ok(schema);
    assert.equal(schemaOf(uri.toString().replace('a.bench', 'other')), undefined);
    assert.equal(typeof JSON.parse(await contentOf(schema)), 'object');
    assert.equal(contributors.length, 1);
  });

  test('mistakes are ours; completion and explanations are left to it', async () => {
    const found = (): vscode.Diagnostic[] => vscode.languages.getDiagnostics(uri);
    await until(() => found().some(({ message }) => message.includes('Did you mean qdq?')), 'the mistake is shown');
    assert.equal(found().filter(({ message }) => message.includes('qdq')).length, 1);
    const at = new vscode.Position(1, 6);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, at);
    assert.deepEqual(hovers, []);
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      uri,
      new vscode.Position(1, 2),
    );
    assert.deepEqual(
      items.filter(({ label }) => (typeof label === 'string' ? label : label.label) === 'approach'),
      [],
    );
  });
});
