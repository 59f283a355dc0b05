// What the benchmark harness adds to a bare loop over `session.run`.
import { fork } from 'node:child_process';
import { resolve } from 'node:path';
import { root } from './commands';
import { printTable, verdict } from './tables';

interface HarnessAnswer {
  readonly bareMs: number;
  readonly harnessMs: number;
  readonly overhead: number;
}

export async function benchHarness(): Promise<void> {
  const rows: string[][] = [];
  for (const [name, iterations] of [
    ['mnist_resnet', 1000],
    ['mnist_resnet_unbalanced', 1000],
  ] as const) {
    const { bareMs, harnessMs, overhead } = await inEngine<HarnessAnswer>({
      kind: 'harness',
      modelPath: resolve(root, `media/examples/mnist/${name}.onnx`),
      iterations,
    });
    rows.push([
      name,
      bareMs.toFixed(4),
      harnessMs.toFixed(4),
      `${(overhead * 100).toFixed(2)} %`,
      '≤ 2 %',
      verdict(overhead, 0.02),
    ]);
  }
  printTable(
    'Harness overhead: latency by our harness against a bare loop over session.run (fastest of 21 turns, each with a fresh load)',
    ['model', 'bare ms', 'harness ms', 'overhead', 'goal', ''],
    rows,
  );
}

/** Runs a task in a child that may load the engine, with its telemetry off. */
export async function inEngine<Answer>(task: object): Promise<Answer> {
  const child = fork(resolve(root, '.test-tools/bench/engine.js'), [], {
    serialization: 'advanced',
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
  });
  return new Promise<Answer>((done, failed) => {
    child.on('message', (message: { answer?: Answer; error?: string }) => {
      if (message.answer === undefined) failed(new Error(message.error ?? 'no answer'));
      else done(message.answer);
    });
    child.on('exit', (code, signal) => failed(new Error(`engine child ended with ${String(code ?? signal)}`)));
    child.send(task);
  });
}
