// Restricted Mode in a real extension host: what runs or stops something is greyed out, and refuses whoever calls it all the same.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { jobsMethod, partsMethod } from '../../src/protocol/facts';
import type { BenchmarkNode } from '../../src/vscode/tree/nodes';
import { webviewHtml } from '../../src/vscode/panels/webviewHtml';
import { accept, runPressing } from './pressing';
import { BenchOfTest } from './servedPanel';
import { suiteIn } from './workspaces';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly enablement?: string }[];
    readonly menus: Readonly<Record<string, readonly { command?: string; when?: string; group?: string }[]>>;
  };
}

const waiting = [
  ...['optimization', 'benchmark', 'profiling', 'sensitivity'].flatMap((noun) => [`${noun}.run`, `${noun}.cancel`]),
  ...['job.cancel', 'config.run', 'config.prune', 'script.run'],
].map((name) => `compressorBench.${name}`);

function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('compressor-bench.compressor-bench');
  assert.ok(found);
  return found;
}

suiteIn(['bench', 'untrusted'], 'what needs trust', () => {
  test('is greyed out in menus and the palette without it, and has no icon in rows', () => {
    const { commands, menus } = (extension().packageJSON as Manifest).contributes;
    assert.deepEqual(
      commands.flatMap(({ command, enablement }) => (enablement === 'isWorkspaceTrusted' ? [command] : [])).sort(),
      [...waiting].sort(),
    );
    for (const { command = '', group = '', when = '' } of menus['view/item/context'] ?? []) {
      if (waiting.includes(command) && group.startsWith('inline')) assert.match(when, /&& isWorkspaceTrusted$/);
    }
  });

  test('is known to pages', () => {
    const webview = { cspSource: '', asWebviewUri: (uri: vscode.Uri) => uri } as vscode.Webview;
    const html = webviewHtml(webview, extension().extensionUri, { bundle: 'profiling', subject: null, title: '' });
    assert.match(html, new RegExp(`data-trusted="${String(vscode.workspace.isTrusted)}"`));
  });
});

suiteIn(['untrusted'], 'a folder that is not trusted', () => {
  let bench: BenchOfTest;

  suiteSetup(async () => {
    await extension().activate();
    bench = new BenchOfTest();
  });
  suiteTeardown(() => bench.dispose());

  const jobs = async (): Promise<number> => (await bench.connection.ask(jobsMethod, null)).jobs.length;

  test('has nothing run in it, by whatever way it is asked', async () => {
    const before = await jobs();
    const { benchmarks } = await bench.connection.ask(partsMethod, { id: 1 });
    const [facts] = benchmarks;
    assert.ok(facts);
    const node: BenchmarkNode = { kind: 'benchmark', bench: bench.connection, facts };
    await vscode.commands.executeCommand('compressorBench.benchmark.run', node);
    await assert.rejects(
      bench.connection.change('benchmark/execute', { request_id: 'a', benchmark_id: facts.id }),
      /looking/,
    );
    assert.equal(await jobs(), before);
  });

  test('takes something new, and nobody is asked whether to run it', async () => {
    const before = await jobs();
    const id = await runPressing(accept, 'benchmark.new');
    assert.equal(typeof id, 'number');
    try {
      assert.equal(await jobs(), before);
    } finally {
      await bench.connection.change('benchmark/delete', { id, name: await nameOf(Number(id)) });
    }
  });

  async function nameOf(id: number): Promise<string> {
    const { benchmarks } = await bench.connection.ask(partsMethod, { id: 1 });
    return benchmarks.find((one) => one.id === id)?.name ?? '';
  }
});
