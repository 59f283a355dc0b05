// The report behind the page of a data set: read in a job, kept until it is asked for anew, refused where nothing may run.
import { mkdirSync, rmdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bench } from '../../src/bench/bench';
import { openBench } from '../../src/bench/openBench';
import { datasetPreview } from '../../src/bench/reports/preview';
import { datasetPreviewMethod } from '../../src/protocol/panels/preview';
import type { Progress } from '../../src/protocol/progress';
import { queueBundles } from '../processes/bundle';
import { call } from '../support/benchCalls';
import { failureOf } from '../support/failureOf';
import { copyDigits, mnistProject } from '../support/mnistBench';
import type { MnistProject } from '../support/mnistBench';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
const digits = join(place.path, 'digits');
const context = { signal: new AbortController().signal, onProgress: () => undefined };
const bundles = queueBundles();
let bench: Bench;
let project: MnistProject;

beforeAll(async () => {
  copyDigits(digits);
  bench = await openBench(place.path, bundles);
  project = await mnistProject(bench, digits);
});
afterAll(() => bench[Symbol.asyncDispose]());

const question = (id: number, turn = 0): Parameters<typeof datasetPreview>[1] => ({
  id,
  samples: 2,
  checksAll: false,
  turn,
});

describe('the preview of a data set', () => {
  it('has samples with pictures, and is read again in another turn only', async () => {
    const report = await datasetPreview(bench, question(project.datasetId), context);
    expect(report).toMatchObject({ name: 'Test digits', failure: null, preview: { loader: 'MNIST', problem: null } });
    const [sample] = report.preview?.samples ?? [];
    expect(sample?.steps[0]?.picture).toMatchObject({ width: 28, height: 28 });
    expect(await datasetPreview(bench, question(project.datasetId), context)).toBe(report);
    const again = await datasetPreview(bench, question(project.datasetId, 1), context);
    expect(again).not.toBe(report);
    expect(again.preview).toEqual(report.preview);
  });

  it('is that of a file, too, which is read again when it was changed', async () => {
    const file = place.write('made.dataset.bench.yaml', 'dataset:\n  dummy: {shape: [4, 2]}\n');
    const asked = { file, samples: 2, checksAll: false, turn: 0 };
    const report = await datasetPreview(bench, asked, context);
    expect(report).toMatchObject({ name: 'made.dataset.bench.yaml', origin: place.path, preview: { length: 4 } });
    expect(await datasetPreview(bench, asked, context)).toBe(report);
    place.write('made.dataset.bench.yaml', 'dataset:\n  dummy: {shape: [5, 2]}\n');
    utimesSync(file, 1000, 1000);
    expect((await datasetPreview(bench, asked, context)).preview?.length).toBe(5);
  });

  it('tells how far it is to everybody who waits, and ends with the first who gives it up', async () => {
    place.write(
      'never.mjs',
      'export default class { length = 3; get(i) { return i < 1 ? [[0], 0] : new Promise(() => {}); } }',
    );
    const file = place.write('never.dataset.bench.yaml', 'dataset:\n  custom: {path: never.mjs}\n');
    const asked = { file, samples: 3, checksAll: false, turn: 0 };
    const leaving = new AbortController();
    const told: Progress[] = [];
    const first = failureOf(datasetPreview(bench, asked, { ...context, signal: leaving.signal }));
    const second = failureOf(
      datasetPreview(bench, asked, {
        ...context,
        onProgress: (progress) => {
          told.push(progress);
          if (progress.done === 1) leaving.abort();
        },
      }),
    );
    expect((await first).code).toBe('preview-cancelled');
    expect((await second).message).toBe('Reading the data set was stopped.');
    expect(told.at(-1)).toMatchObject({ phase: 'reading', done: 1, total: 3, unit: 'samples' });
  });

  it('says why a data set cannot be opened', async () => {
    const lost = join(place.path, 'lost');
    mkdirSync(lost);
    const { dataset_id: id } = await call(bench, 'dataset/add', {
      ...{ project_id: project.projectId, name: 'lost', transform: [], metric: '' },
      dataloader: { name: 'ImageFolder', params: { root: lost } },
    });
    rmdirSync(lost);
    const report = await datasetPreview(bench, question(Number(id)), context);
    expect(report).toMatchObject({ name: 'lost', preview: null });
    expect(report.failure?.message).toContain(lost);
  });

  it('is refused for what is not there, and where nothing may run', async () => {
    expect((await failureOf(datasetPreview(bench, question(999), context))).code).toBe('request-not-found');
    const looking = await openBench(place.path, { ...bundles, isLookingOnly: true });
    try {
      const refusal = await failureOf(datasetPreview(looking, question(project.datasetId), context));
      expect(refusal.code).toBe('queue-looking-only');
    } finally {
      await looking[Symbol.asyncDispose]();
    }
  });

  it.each([
    [{ id: 0, samples: 1, checksAll: false, turn: 0 }],
    [{ samples: 1, checksAll: false, turn: 0 }],
    [{ file: 1, samples: 1, checksAll: false, turn: 0 }],
    [{ id: 1, samples: 51, checksAll: false, turn: 0 }],
    [{ id: 1, samples: 1, checksAll: 'yes', turn: 0 }],
    [{ id: 1, samples: 1, checksAll: true, turn: -1 }],
  ])('takes no other parameters than those of a page: %j', (parameters) => {
    expect(() => datasetPreviewMethod.params(parameters)).toThrow();
  });
});
