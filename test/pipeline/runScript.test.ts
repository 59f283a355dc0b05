// Scripts in a job: TypeScript with the library, what is printed, and what is said of mistakes.
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runJob } from '../../src/jobs/runJob';
import type { JobLimits, JobOutcome, RunResult } from '../../src/protocol/jobs';
import { bundlesForTest } from '../processes/bundle';
import { temporaryFolder } from '../support/temporaryFolder';
import { twoProducts } from './library/models';

const folder = temporaryFolder();
let entryPath = '';

beforeAll(async () => {
  const library = {
    pipeline: 'src/library.ts',
    engineChild: 'src/engineChild.ts',
    scriptLoader: 'src/scriptLoader.ts',
  };
  entryPath = join(await bundlesForTest({ job: 'src/job.ts', ...library, typeStripper: 'amaro' }), 'job.js');
}, 120_000);
afterAll(() => rmSync(dirname(entryPath), { recursive: true, force: true }));

async function run(
  name: string,
  text: string,
  words: readonly string[] = [],
  limits?: JobLimits,
): Promise<{ outcome: JobOutcome<RunResult>; lines: readonly string[] }> {
  const scriptPath = join(folder.path, name);
  writeFileSync(scriptPath, text);
  const lines: string[] = [];
  const spec = { verb: 'run', scriptPath, words, folder: folder.path } as const;
  const outcome = await runJob<'run'>(spec, {
    entryPath,
    onLog: (line) => lines.push(line),
    ...(limits === undefined ? {} : { limits }),
  }).outcome;
  return { outcome, lines };
}

const failureOf = (outcome: JobOutcome<RunResult>): object => (outcome.state === 'error' ? outcome.failure : outcome);

describe('a script', () => {
  it('runs a pipeline in TypeScript to its end', async () => {
    const path = twoProducts(folder.path);
    const text = `
      import { createPipeline, loadModel, OrtEngine, saveModel } from 'compressor-bench/pipeline';
      import type { DataLoader } from 'compressor-bench/pipeline';
      const loader: DataLoader = {
        length: 2,
        get: (index) => [{ type: 'float32', dims: [1, 2], data: Float32Array.of(index, 1) }, null],
      };
      export default async function main(words: readonly string[]): Promise<void> {
        const engine = new OrtEngine({}, loader);
        const model = loadModel({ modelName: 'two', model: ${JSON.stringify(path)} });
        const made = await createPipeline([{ name: 'DefaultQuantization' }], engine).run(model);
        for (const { model } of await saveModel(made, words[0] ?? '')) console.log('saved', model);
        engine.close();
      }
    `;
    const { outcome, lines } = await run('pipeline.ts', text, ['out']);
    expect(outcome).toMatchObject({ state: 'success' });
    expect(lines).toContain(`saved ${join(folder.path, 'out', 'two.onnx')}`);
  });

  it('is told what is wrong with it, by its line, or by the library', async () => {
    const thrown = await run('throws.mts', 'const one: number = 1;\n\nthrow new Error(`not ${one}`);\n');
    const place = `${join(folder.path, 'throws.mts')}:3`;
    expect(failureOf(thrown.outcome)).toMatchObject({
      code: 'data-module-failed',
      place: expect.stringContaining(place) as string,
    });
    const refused = await run(
      'refused.mjs',
      "import { createPipeline, OrtEngine } from 'compressor-bench/pipeline';\ncreatePipeline([{ name: 'Default' }], new OrtEngine());\n",
    );
    expect(failureOf(refused.outcome)).toMatchObject({ code: 'pipeline-unknown-algorithm' });
    const { outcome } = await run('enum.ts', 'enum Kind { one }\nconsole.log(Kind.one);\n');
    expect(JSON.stringify(outcome)).toContain('enum.ts');
    expect(failureOf((await run('script.py', '')).outcome)).toMatchObject({ code: 'pipeline-script-kind' });
  });

  it('gives its exit code, set or ended with, and what it printed before', async () => {
    const { outcome } = await run('code.mjs', 'process.exitCode = 4;\n');
    expect(outcome).toMatchObject({ state: 'success', result: { exitCode: 4 } });
    const ended = await run('exit.mjs', "console.log('first');\nprocess.stdout.write('last');\nprocess.exit(3);\n");
    expect(ended.outcome).toMatchObject({ state: 'success', result: { exitCode: 3 } });
    expect(ended.lines).toEqual(['first', 'last']);
    expect((await run('plain.mjs', '')).outcome).toMatchObject({ state: 'success', result: { exitCode: 0 } });
  });

  it.each([
    ['an object', '{ drop: 0.01, names: ["a"] }', { drop: 0.01, names: ['a'] }],
    ['nothing', 'undefined', undefined],
    ['what JSON has no form for', '10n', undefined],
  ])('answers with what its default export gives: %s', async (_what, given, result) => {
    const { outcome } = await run('gives.mjs', `export default async () => (${given});\n`);
    expect(outcome.state === 'success' ? outcome.result.result : outcome).toEqual(result);
  });

  it.each([
    [
      'in a timer',
      "setTimeout(() => {\n  throw new Error('late');\n}, 5);\nawait new Promise((done) => setTimeout(done, 60_000));",
      2,
    ],
    [
      'in a promise nobody awaits',
      "Promise.reject(new Error('late'));\nawait new Promise((done) => setTimeout(done, 60_000));",
      1,
    ],
  ])('is told of an error %s by its line', async (_where, text, line) => {
    const { outcome, lines } = await run('late.mjs', text);
    expect(failureOf(outcome)).toMatchObject({
      code: 'data-module-failed',
      message: expect.stringContaining('Error: late.') as string,
      place: expect.stringContaining(`late.mjs:${line}:`) as string,
    });
    expect(lines).toEqual([]);
  });

  it('looks after such errors itself where it listens to them', async () => {
    const text =
      "process.on('uncaughtException', () => console.log('seen'));\nsetTimeout(() => { throw new Error('late'); }, 5);\nawait new Promise((done) => setTimeout(done, 50));";
    expect(await run('listens.mjs', text)).toMatchObject({ outcome: { state: 'success' }, lines: ['seen'] });
  });

  const short: JobLimits = { memoryBytes: 2 ** 31, stallMs: 2_000 };

  it('may wait for its own work longer than a job may stall, but not for nothing, and not in a loop', async () => {
    const waiting = await run('waits.mjs', 'await new Promise((done) => setTimeout(done, 3_000));\n', [], short);
    expect(waiting.outcome).toMatchObject({ state: 'success' });
    const nothing = await run('nothing.mjs', 'await new Promise(() => undefined);\n');
    expect(failureOf(nothing.outcome)).toMatchObject({ code: 'pipeline-script-waits' });
    const loop = await run('loop.mjs', 'for (;;);\n', [], short);
    const message =
      'The job was stopped while running the script loop.mjs: the script computed for 2 s without a pause.';
    expect(failureOf(loop.outcome)).toMatchObject({ code: 'job-stalled', message });
  });

  it('hears of a loader that never answers, and of the line where one fails', async () => {
    const path = twoProducts(folder.path);
    const text = (get: string): string => `
      import { loadModel, OrtEngine } from 'compressor-bench/pipeline';
      const engine = new OrtEngine({}, { length: 2, get: ${get} });
      await engine.setModel(loadModel({ modelName: 'two', model: ${JSON.stringify(path)} }));
      await engine.predict();
    `;
    const silent = await run('silent.mjs', text('() => new Promise(() => undefined)'), [], short);
    expect(failureOf(silent.outcome)).toMatchObject({ code: 'pipeline-loader-late' });
    const failing = await run('failing.mjs', text("() => { throw new Error('no disk'); }"));
    expect(failureOf(failing.outcome)).toMatchObject({
      code: 'pipeline-loader-failed',
      place: expect.stringContaining('failing.mjs:3:') as string,
    });
  });
});
