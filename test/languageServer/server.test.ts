// The real process over its real pipes: what an editor asks, and how it ends.
import { execFileSync, fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { StreamMessageReader, StreamMessageWriter, createProtocolConnection } from 'vscode-languageserver/node';
import type {
  CodeAction,
  CodeLens,
  CompletionList,
  Hover,
  ProtocolConnection,
  PublishDiagnosticsParams,
} from 'vscode-languageserver/node';
import { dutiesNotification, schemaRequest, validateRequest } from '../../src/protocol/languageServer';
import { temporaryFolder } from '../support/temporaryFolder';

const entry = join(import.meta.dirname, '..', '..', 'dist', 'languageServer.js');
const model = join(import.meta.dirname, '..', '..', 'media', 'examples', 'mnist', 'mnist_resnet.onnx');

describe('the language server', () => {
  const folder = temporaryFolder();
  let child: ChildProcess;
  let connection: ProtocolConnection;
  let waiting: ((params: PublishDiagnosticsParams) => void)[];

  beforeAll(() => {
    execFileSync(process.execPath, [join(import.meta.dirname, '..', '..', 'src', 'build', 'build.mjs')]);
  });

  beforeEach(async () => {
    child = fork(entry, ['--stdio'], { stdio: ['pipe', 'pipe', 'inherit', 'ipc'], execArgv: [] });
    connection = createProtocolConnection(
      new StreamMessageReader(child.stdout!),
      new StreamMessageWriter(child.stdin!),
    );
    waiting = [];
    connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      for (const resolve of waiting.splice(0)) resolve(params);
    });
    connection.listen();
    await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
    await connection.sendNotification('initialized', {});
  });

  afterEach(() => {
    connection.dispose();
    child.kill();
  });

  function published(): Promise<PublishDiagnosticsParams> {
    return new Promise((resolve) => waiting.push(resolve));
  }

  async function open(name: string, text: string): Promise<{ uri: string; found: PublishDiagnosticsParams }> {
    const uri = pathToFileURL(join(folder.path, name)).href;
    const next = published();
    await connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'yaml', version: 1, text },
    });
    return { uri, found: await next };
  }

  it('reports, mends, explains, completes and links', async () => {
    copyFileSync(model, join(folder.path, 'net.onnx'));
    const { uri, found } = await open(
      'a.bench.yaml',
      'model:\n  path: net.onnx\nquantization:\n  approach: dynamic\n  quant_format: qdqq\n  optype_wise:\n    \n',
    );
    expect(found.diagnostics).toMatchObject([
      {
        message: expect.stringContaining('Did you mean qdq?') as string,
        range: { start: { line: 4, character: 16 }, end: { line: 4, character: 20 } },
      },
    ]);
    const place = { textDocument: { uri }, range: found.diagnostics[0]?.range, context: { diagnostics: [] } };
    const actions = await connection.sendRequest<CodeAction[]>('textDocument/codeAction', place);
    expect(actions[0]).toMatchObject({ title: 'Change to qdq', isPreferred: true });
    const at = (line: number, character: number): object => ({ textDocument: { uri }, position: { line, character } });
    const hover = await connection.sendRequest<Hover>('textDocument/hover', at(3, 4));
    expect(JSON.stringify(hover.contents)).toContain('Approach');
    const list = await connection.sendRequest<CompletionList>('textDocument/completion', at(6, 4));
    expect(list.items.map(({ label }) => label)).toContain('Conv');
    const links = await connection.sendRequest<object[]>('textDocument/documentLink', { textDocument: { uri } });
    expect(links).toMatchObject([{ target: pathToFileURL(join(folder.path, 'net.onnx')).href }]);
    const lenses = await connection.sendRequest<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
    expect(lenses.map(({ command }) => command?.command)).toEqual([
      'compressorBench.config.run',
      'compressorBench.config.validate',
      'compressorBench.config.openHistory',
    ]);
    expect(await connection.sendRequest(validateRequest, { uri })).toEqual({ errors: 1, warnings: 0 });
  });

  it('opens the module that a quick fix makes', async () => {
    const { uri, found } = await open('own.dataset.bench.yaml', 'dataset:\n  custom:\n    path: own.ts\n');
    const place = { textDocument: { uri }, range: found.diagnostics[0]?.range, context: { diagnostics: [] } };
    const actions = await connection.sendRequest<CodeAction[]>('textDocument/codeAction', place);
    const href = pathToFileURL(join(folder.path, 'own.ts')).href;
    expect(actions.find(({ title }) => title === 'Create own.ts from a template')?.command).toMatchObject({
      command: 'vscode.open',
      arguments: [href],
    });
  });

  it('follows what is typed, and a file that ceases to be ours', async () => {
    const { uri } = await open(
      'any.yaml',
      '# compressor-bench: tuning\nquantization: {calibration: {dataloader: {dataset: {dummy_v2: {input_shape: [1]}}}}}\nfoo: 1\n',
    );
    const change = (version: number, line: number, from: number, to: number, text: string): Promise<void> =>
      connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ range: { start: { line, character: from }, end: { line, character: to } }, text }],
      });
    let next = published();
    await change(2, 2, 0, 6, 'model: {name: a}');
    expect((await next).diagnostics).toEqual([]);
    next = published();
    await change(3, 2, 0, 5, 'mdoel');
    expect((await next).diagnostics).toHaveLength(1);
    next = published();
    await change(4, 0, 0, 1, '//');
    expect((await next).diagnostics).toEqual([]);
  });

  it('leaves to another extension what that does', async () => {
    await connection.sendNotification(dutiesNotification, { yamlProblems: false, completion: false, hover: false });
    const { uri, found } = await open('b.bench.yaml', 'quantization: {approach: dynamic\n');
    expect(found.diagnostics).toEqual([]);
    const at = { textDocument: { uri }, position: { line: 0, character: 2 } };
    expect(await connection.sendRequest('textDocument/hover', at)).toBeNull();
    expect(await connection.sendRequest('textDocument/completion', at)).toMatchObject({ items: [] });
    expect(await connection.sendRequest(schemaRequest, { kind: 'tuning' })).toContain('"$schema"');
  });

  it('survives a model that is none, and one of zeros', async () => {
    writeFileSync(join(folder.path, 'bad.onnx'), Buffer.alloc(1 << 20));
    const text = 'model: {path: bad.onnx}\nquantization:\n  approach: dynamic\n  op_wise:\n    \n';
    const { uri } = await open('c.bench.yaml', text);
    const at = { textDocument: { uri }, position: { line: 4, character: 4 } };
    expect(await connection.sendRequest('textDocument/completion', at)).toMatchObject({ items: [] });
  });

  it('ends when it is asked to, and when its parent is gone', async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await connection.sendRequest('shutdown');
    await connection.sendNotification('exit');
    expect(await ended).toBe(0);
    const other = fork(entry, ['--stdio'], { stdio: ['pipe', 'pipe', 'inherit', 'ipc'], execArgv: [] });
    const alone = new Promise((resolve) => other.once('exit', resolve));
    other.disconnect();
    expect(await alone).toBe(0);
  });
});
