// Help for config.yaml inside real VS Code: mistakes, completion, hovers, quick fixes, lenses and links for files of ours,
// and nothing at all for others.
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';

const text = [
  'model:',
  '  path: net.onnx',
  'quantization:',
  '  approach: dynamic',
  '  quant_format: qdqq',
  '  optype_wise:',
  '    ',
  'tuning:',
  '  exit_policy:',
  '    timeout: 600',
  'evaluation: {accuracy: {dataloader: {dataset: {dummy_v2: {input_shape: [1, 28, 28]}}}}}',
  '',
].join('\n');

async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const end = Date.now() + 30_000;
  while (Date.now() < end) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${what} did not come`);
}

function ours(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Compressor Bench');
}

suite('config.yaml', () => {
  let folder: string;
  let uri: vscode.Uri;
  let document: vscode.TextDocument;

  suiteSetup(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bench-yaml-'));
    const extension = vscode.extensions.getExtension('compressor-bench.compressor-bench');
    assert.ok(extension);
    const examples = join(extension.extensionPath, 'media', 'examples', 'mnist');
    copyFileSync(join(examples, 'mnist_resnet.onnx'), join(folder, 'net.onnx'));
    mkdirSync(join(folder, 'pics'));
    writeFileSync(join(folder, 'a.bench.yaml'), text);
    writeFileSync(join(folder, 'other.yaml'), 'model:\n  nam: [1\n');
    uri = vscode.Uri.file(join(folder, 'a.bench.yaml'));
    document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
  });

  suiteTeardown(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(folder, { recursive: true, force: true });
  });

  test('is checked as it is opened, with the word that is wrong underlined', async () => {
    const [found] = await until('a diagnostic', () => (ours(uri).length > 0 ? ours(uri) : undefined));
    assert.match(found?.message ?? '', /Did you mean qdq\?/);
    assert.equal(found && document.getText(found.range), 'qdqq');
  });

  test('has a quick fix, which mends it', async () => {
    const range = ours(uri)[0]?.range;
    assert.ok(range);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      uri,
      range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const fix = actions.find(({ title }) => title === 'Change to qdq');
    assert.ok(fix?.edit, actions.map(({ title }) => title).join());
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.match(document.getText(), /quant_format: qdq\n/);
    await vscode.workspace.applyEdit(replaced(uri, document, 'quant_format: qdq', 'quant_format: default'));
    await until('no diagnostic', () => (ours(uri).length === 0 ? true : undefined));
  });

  test('opens a module that a quick fix makes where the files are, be that another machine', async () => {
    const datasetUri = vscode.Uri.file(join(folder, 'own.dataset.bench.yaml'));
    writeFileSync(datasetUri.fsPath, 'dataset: {custom: {path: nope.mjs}}\n');
    await vscode.workspace.openTextDocument(datasetUri);
    const [found] = await until('a diagnostic', () => (ours(datasetUri).length > 0 ? ours(datasetUri) : undefined));
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      datasetUri,
      found?.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const fix = actions.find(({ title }) => title === 'Create nope.mjs from a template');
    const [target] = (fix?.command?.arguments ?? []) as readonly vscode.Uri[];
    assert.ok(target instanceof vscode.Uri);
    assert.equal(target.fsPath, join(folder, 'nope.mjs'));
  });

  test('is completed with op types of the model itself', async () => {
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      uri,
      new vscode.Position(6, 4),
    );
    const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    assert.ok(labels.includes('Conv'), labels.slice(0, 20).join());
  });

  test('is explained, with default and unit', async () => {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      uri,
      new vscode.Position(9, 6),
    );
    const shown = hovers.flatMap(({ contents }) =>
      contents.map((one) => (one instanceof vscode.MarkdownString ? one.value : '')),
    );
    assert.equal(hovers.length, 1);
    assert.match(shown.join(), /Time limit/);
    assert.match(shown.join(), /Unit: s/);
  });

  test('has lenses and a link to its model', async () => {
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 10);
    assert.deepEqual(
      lenses.map(({ command }) => command?.command),
      [
        ...(vscode.workspace.isTrusted ? ['compressorBench.config.run'] : []),
        'compressorBench.config.validate',
        'compressorBench.config.openHistory',
      ],
    );
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>('vscode.executeLinkProvider', uri);
    assert.deepEqual(
      links.map(({ target }) => target?.fsPath),
      [join(folder, 'net.onnx')],
    );
  });

  test('is ours by a modeline, from the letter on that completes it', async () => {
    const other = vscode.Uri.file(join(folder, 'other.yaml'));
    const opened = await vscode.workspace.openTextDocument(other);
    await vscode.window.showTextDocument(opened);
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(ours(other), []);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      other,
      new vscode.Position(0, 2),
    );
    assert.deepEqual(hovers, []);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(other, new vscode.Position(0, 0), '# compressor-bench: tuning\n');
    await vscode.workspace.applyEdit(edit);
    await until('a diagnostic', () => (ours(other).length > 0 ? true : undefined));
    const back = new vscode.WorkspaceEdit();
    back.delete(other, new vscode.Range(0, 0, 1, 0));
    await vscode.workspace.applyEdit(back);
    await until('no diagnostic', () => (ours(other).length === 0 ? true : undefined));
  });
});

function replaced(uri: vscode.Uri, document: vscode.TextDocument, from: string, to: string): vscode.WorkspaceEdit {
  const start = document.getText().indexOf(from);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(uri, new vscode.Range(document.positionAt(start), document.positionAt(start + from.length)), to);
  return edit;
}
