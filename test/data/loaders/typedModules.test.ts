// Loaders and metrics in TypeScript, in a real job: what they may use, and what is said of their mistakes.
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newDatasetFiles } from '../../../src/config/ownCode/newDataset';
import { runJob } from '../../../src/jobs/runJob';
import { DataType } from '../../../src/onnx/dataTypes';
import { encodeModel } from '../../../src/onnx/writeModel';
import type { EvaluateResult, JobOutcome } from '../../../src/protocol/jobs';
import { bundlesForTest } from '../../processes/bundle';
import { identityModel } from '../../runtime/smallModels';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();
let entryPath = '';

beforeAll(async () => {
  const beside = { scriptLoader: 'src/scriptLoader.ts', typeStripper: 'amaro' };
  entryPath = join(await bundlesForTest({ job: 'src/job.ts', ...beside }), 'job.js');
}, 120_000);
afterAll(() => rmSync(dirname(entryPath), { recursive: true, force: true }));

const helper = 'export const rows: readonly number[] = [0, 1, 1, 0];\n';

const loader = `import { rows } from './rows.ts';
import type { Tensor } from 'compressor-bench/pipeline';

interface Item {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly annotation: number;
}

export default class Rows {
  readonly length: number = rows.length;
  get(index: number): Item {
    const label = rows[index] ?? 0;
    return { inputs: { x: { type: 'float32', dims: [2], data: Float32Array.of(1 - label, label) } }, annotation: label };
  }
}
`;

const metric = `interface Output { readonly data: Float32Array }

export class Metric {
  private sum: number = 0;
  update(outputs: Readonly<Record<string, Output>>, labels: readonly unknown[]): void {
    const [output] = Object.values(outputs);
    labels.forEach((label, row) => { this.sum += output!.data[2 * row + Number(label)]!; });
  }
  result(): number { return this.sum; }
}
`;

async function evaluate(files: Readonly<Record<string, string>>, dataset: string): Promise<JobOutcome<EvaluateResult>> {
  for (const [name, text] of Object.entries({ 'rows.ts': helper, 'loader.ts': loader, ...files })) {
    writeFileSync(join(folder.path, name), text);
  }
  const modelPath = join(folder.path, 'model.onnx');
  writeFileSync(modelPath, encodeModel(identityModel(DataType.float32, ['n', 2])));
  const datasetPath = folder.write('DATASET.yaml', dataset);
  const spec = { verb: 'evaluate', modelPath, datasetPath, dimensions: {}, threads: 1 } as const;
  return runJob<'evaluate'>(spec, { entryPath }).outcome;
}

const failureOf = (outcome: JobOutcome<EvaluateResult>): object =>
  outcome.state === 'error' ? outcome.failure : outcome;

describe('modules in TypeScript', () => {
  it('read data and judge it', async () => {
    const outcome = await evaluate(
      { 'metric.mts': metric },
      'dataset: {custom: {path: loader.ts}}\nbatch_size: 2\nmetric: {custom: {path: metric.mts}}\n',
    );
    expect(outcome).toMatchObject({ state: 'success', result: { metric: 'custom', value: 4, samples: 4 } });
  });

  it('run as they are begun', async () => {
    const inputs = [{ name: 'x', type: 'float32', dims: [2] }];
    const { module, dataset } = newDatasetFiles({ name: 'begun', kind: 'both', language: 'typescript', inputs });
    const outcome = await evaluate({ [module.name]: module.text }, dataset.text);
    expect(outcome).toMatchObject({ state: 'success', result: { metric: 'custom', samples: 100 } });
  });

  it('are told the line of what is no TypeScript, of what types alone cannot say, and of what they throw', async () => {
    const path = (name: string): string => join(folder.path, name);
    const only = (name: string): string => `dataset: {custom: {path: ${name}}}\nmetric: topk\n`;
    const kinds = 'const one: number = 1;\n\n  enum Kind { one }\nexport default { length: one, get() {} };\n';
    expect(failureOf(await evaluate({ 'kinds.ts': kinds }, only('kinds.ts')))).toMatchObject({
      code: 'data-module-failed',
      place: `${path('kinds.ts')}:3:3`,
      message: expect.stringContaining('enum is not supported') as string,
    });
    const broken = 'export default class Loader {{ const\n';
    expect(failureOf(await evaluate({ 'broken.ts': broken }, only('broken.ts')))).toMatchObject({
      place: `${path('broken.ts')}:1:30`,
    });
    const throwing = `export default class Loader {\n  length: number = 1;\n  get(index: number): never { throw new Error('no ' + index); }\n}\n`;
    expect(failureOf(await evaluate({ 'throwing.ts': throwing }, only('throwing.ts')))).toMatchObject({
      place: expect.stringMatching(/throwing\.ts:3:37$/) as string,
      message: expect.stringContaining('giving item 0: Error: no 0.') as string,
    });
  });
});
