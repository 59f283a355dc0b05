// How a run of an optimization is taken into the store: once, whatever interrupts it, and never half.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Bench } from '../../src/bench/bench';
import { finishRun } from '../../src/bench/runs/finishRun';
import { openBench } from '../../src/bench/openBench';
import { finishOptimization } from '../../src/bench/optimization/optimizationFinish';
import { recordRun } from '../../src/jobs/runRecord';
import { readRunSummary } from '../../src/files/runLog';
import type { JobOutcome } from '../../src/protocol/jobs';
import type { RunSummary } from '../../src/protocol/runs';
import type { StoppedBy } from '../../src/protocol/tuning';
import type { OptimizationRecord } from '../../src/store/records';
import type { Store } from '../../src/store/store';
import { call } from '../support/benchCalls';
import { mnistProject } from '../support/mnistBench';
import type { MnistProject } from '../support/mnistBench';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
let bench: Bench;
let project: MnistProject;
let id: number;

beforeAll(async () => {
  bench = await openBench(place.path);
  project = await mnistProject(bench);
});
afterAll(() => bench[Symbol.asyncDispose]());

beforeEach(async () => {
  const { optimization_id: added } = await call(bench, 'optimization/add', {
    project_id: project.projectId,
    name: 'ÜBER/My  "model".',
    dataset_id: project.datasetId,
    optimization_type_id: 1,
    precision_id: 2,
  });
  id = Number(added);
});

/** A run that left a model. */
async function newRun(): Promise<RunSummary> {
  const folder = await bench.store.createRunFolder('optimization', id);
  recordRun(folder, { state: 'queued', requestId: null });
  recordRun(folder, { state: 'running' });
  writeFileSync(join(folder, 'model.onnx'), `model of ${folder}`);
  const run = readRunSummary(folder);
  if (run === undefined) throw new Error('no run');
  return run;
}

function success(trial: number, stoppedBy: StoppedBy = 'strategy'): JobOutcome<unknown> {
  return { state: 'success', result: { best: { trial, sizeBytes: 1234 }, stoppedBy } };
}

function finish(run: RunSummary, outcome: JobOutcome<unknown>): Promise<void> {
  return finishRun(place.path, run, { kind: 'optimization', id }, outcome);
}

function record(): Promise<OptimizationRecord> {
  return bench.get('optimization', id);
}

async function modelIds(): Promise<readonly number[]> {
  const models = await bench.store.list('model', { projectId: project.projectId });
  return models.filter(({ madeBy }) => madeBy?.optimizationId === id).map((model) => model.id);
}

describe('a run that ended well', () => {
  it('leaves a model named after the optimization, with what the input model says of itself', async () => {
    const run = await newRun();
    await finish(run, success(3));
    const { optimizedModelId } = await record();
    const model = await bench.get('model', optimizedModelId ?? 0);
    expect(model).toMatchObject({
      projectId: project.projectId,
      name: 'über_my_model',
      sizeBytes: 1234,
      precision: 'int8',
      domain: 'Image Recognition',
      inputNodes: ['input'],
      madeBy: { optimizationId: id, run: run.name },
    });
    expect(readFileSync(bench.absolutePath(model.path), 'utf8')).toBe(`model of ${run.folder}`);
  });

  it('is taken in once, also when that is done again', async () => {
    const run = await newRun();
    await finish(run, success(1));
    const before = await record();
    await finish(run, success(1));
    expect(await record()).toEqual(before);
    expect(await modelIds()).toEqual([before.optimizedModelId]);
  });

  it.each([1, 2, 3, 4])(
    'is taken in whole when the %i. change to the store fails and all is done again',
    async (step) => {
      const first = await newRun();
      await finish(first, success(1));
      const [old = 0] = await modelIds();
      await bench.store.create('benchmark', {
        projectId: project.projectId,
        name: 'b',
        modelId: old,
        datasetId: project.datasetId,
        mode: 'accuracy',
        batchSize: 1,
        iterations: -1,
        warmupIterations: 1,
        coresPerInstance: 1,
        numberOfInstances: 1,
      });
      const second = await newRun();
      await expect(finishOptimization(failingStore(bench.store, step), second, id, success(1))).rejects.toThrow('disk');
      await finish(second, success(1));
      const [model, ...others] = await modelIds();
      expect(others).toEqual([]);
      expect(model).not.toBe(old);
      expect((await record()).optimizedModelId).toBe(model);
      const benchmarks = await bench.store.list('benchmark', { projectId: project.projectId });
      expect(benchmarks.filter(({ modelId }) => modelId === old)).toEqual([]);
    },
  );

  it('of a graph optimization leaves the numbers what they are', async () => {
    const { modelId } = await record();
    await bench.store.edit('model', modelId, () => ({ precision: 'int8' }));
    await bench.store.edit('optimization', id, () => ({ optimizationType: 'Graph optimization', precision: 'fp32' }));
    try {
      await finish(await newRun(), success(1));
      const made = await bench.get('model', (await record()).optimizedModelId ?? 0);
      expect(made.precision).toBe('int8');
    } finally {
      await bench.store.edit('model', modelId, () => ({ precision: 'fp32' }));
    }
  });

  it('and found that nothing pays, leaves no model, nor one of before', async () => {
    await finish(await newRun(), success(2));
    await finish(await newRun(), success(0));
    expect((await record()).optimizedModelId).toBeNull();
    expect(await modelIds()).toEqual([]);
  });
});

describe('a run that did not', () => {
  it.each<[string, JobOutcome<unknown>]>([
    ['failed', { state: 'error', failure: { code: 'x', message: 'X.' } }],
    ['was cancelled', { state: 'cancelled' }],
    ['was cancelled before it found anything', success(0, 'cancel')],
  ])('and %s leaves everything as it was', async (_how, outcome) => {
    await finish(await newRun(), success(1));
    const before = await record();
    await finish(await newRun(), outcome);
    expect(await record()).toEqual(before);
    expect(await modelIds()).toEqual([before.optimizedModelId]);
  });

  it('but had found something when it was cancelled, leaves that', async () => {
    const run = await newRun();
    await finish(run, success(4, 'cancel'));
    expect((await bench.get('model', (await record()).optimizedModelId ?? 0)).madeBy?.run).toBe(run.name);
  });
});

it('of an optimization that was deleted meanwhile leaves nothing', async () => {
  const run = await newRun();
  await bench.store.remove('optimization', id);
  await finish(run, success(1));
  expect(await modelIds()).toEqual([]);
});

/** Does as the store, but for the n-th change, which fails. */
function failingStore(store: Store, step: number): Store {
  let changes = 0;
  const failing = new Set<string | symbol>(['create', 'edit', 'remove']);
  return new Proxy(store, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        if (failing.has(key) && ++changes === step) throw new Error('the disk is full');
        return Reflect.apply(value, target, given);
      };
    },
  });
}
