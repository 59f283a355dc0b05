// From a letter typed in a config of 300 lines to its diagnostics: the real language server over its real pipes.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { StreamMessageReader, StreamMessageWriter, createProtocolConnection } from 'vscode-languageserver/node';
import type { PublishDiagnosticsParams } from 'vscode-languageserver/node';
import { printTable, verdict } from './tables';

const goalMs = 50;
const letters = 60;
/** The first ones are typed while the server's code is still being compiled. */
const warmUp = 20;

/** Milliseconds of each letter, sorted. */
export async function typingTimes(): Promise<number[]> {
  const entry = join(import.meta.dirname, '..', '..', 'dist', 'languageServer.js');
  const child = fork(entry, ['--stdio'], { stdio: ['pipe', 'pipe', 'inherit', 'ipc'], execArgv: [] });
  if (child.stdout === null || child.stdin === null) throw new Error('the language server has no pipes');
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  let told: (version: number | undefined) => void = () => undefined;
  connection.onNotification('textDocument/publishDiagnostics', ({ version }: PublishDiagnosticsParams) =>
    told(version),
  );
  connection.listen();
  try {
    await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
    const uri = 'file:///typing/a.bench.yaml';
    const text = longConfig();
    await connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'yaml', version: 1, text },
    });
    const line = text.split('\n').findIndex((each) => each.includes('strategy'));
    const times: number[] = [];
    for (let version = 2; version < letters + 2; version++) {
      const start = performance.now();
      const published = new Promise<void>((resolve) => {
        told = (shown) => {
          if (shown === version) resolve();
        };
      });
      const at = { line, character: 12 };
      await connection.sendNotification('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ range: { start: at, end: at }, text: 'x' }],
      });
      await published;
      times.push(performance.now() - start);
    }
    return times.slice(warmUp).toSorted((a, b) => a - b);
  } finally {
    connection.dispose();
    child.kill();
  }
}

/** Measures and prints. */
export async function benchTyping(): Promise<void> {
  const times = await typingTimes();
  const median = times[Math.floor(times.length / 2)] ?? NaN;
  const worst = times.at(-1) ?? NaN;
  const lines = longConfig().split('\n').length;
  printTable(
    `Typing in a config of ${lines} lines, to its diagnostics (${times.length} letters, ms)`,
    ['', 'ms', 'goal', ''],
    [
      ['median', median.toFixed(1), `≤ ${goalMs}`, verdict(median, goalMs)],
      ['slowest', worst.toFixed(1), '', ''],
    ],
  );
}

function longConfig(): string {
  const ops = Array.from(
    { length: 95 },
    (_, index) => `    'layer${index}/.*':\n      weight: {dtype: fp32}\n      activation: {dtype: [fp32]}`,
  );
  return `quantization:\n  approach: dynamic\n  op_wise:\n${ops.join('\n')}\ntuning:\n  strategy: \n  random_seed: 1\n`;
}
