// Scripts in a job: TypeScript with the library, what is printed, and what is said of mistakes.
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runJob } from '../../src/jobs/runJob';
import type { JobOutcome, RunResult } from '../../src/protocol/jobs';
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
): Promise<{ outcome: JobOutcome<RunResult>; lines: readonly string[] }> {
  const scriptPath = join(folder.path, name);
  writeFileSync(scriptPath, text);
  const lines: string[] = [];
  const spec = { verb: 'run', scriptPath, words, folder: folder.path } as const;
  const outcome = await runJob<'run'>(spec, { entryPath, onLog: (line) => lines.push(line) }).outcome;
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
});
