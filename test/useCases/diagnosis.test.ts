// Diagnoses as clients ask for them: of a model that an optimization made, through bench, queue and job processes.
import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Bench } from '../../src/bench/bench';
import { diagnosisOf, diagnosisSubject } from '../../src/bench/diagnosis/diagnosisRun';
import { openBench } from '../../src/bench/openBench';
import { queueBundles } from '../processes/bundle';
import { call, follow } from '../support/benchCalls';
import type { Answer } from '../support/benchCalls';
import { failureOf } from '../support/failureOf';
import { copyDigits, mnistProject } from '../support/mnistBench';
import type { MnistProject } from '../support/mnistBench';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
const digits = join(place.path, 'digits');
let bench: Bench;
let second: Bench;
let project: MnistProject;
let optimizationId: number;
let modelId: number;
const bundles = queueBundles();

beforeAll(async () => {
  copyDigits(digits);
  bench = await openBench(place.path, bundles);
  second = await openBench(place.path, bundles);
  project = await mnistProject(bench, digits);
  optimizationId = await optimized();
  const { optimized_model: model } = await call(bench, 'optimization', { id: optimizationId });
  modelId = Number((model as Answer)['id']);
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
});

/** An optimization that was run, on few digits; size does not depend on the clock. */
async function optimized(): Promise<number> {
  const { optimization_id: id } = await call(bench, 'optimization/add', {
    project_id: project.projectId,
    name: 'int8',
    dataset_id: project.datasetId,
    optimization_type_id: 1,
    precision_id: 3,
    sampling_size: 10,
    objective: 'modelsize',
    exit_policy: { max_trials: 2 },
  });
  const path = String((await call(bench, 'optimization', { id }))['config_path']);
  const config = parse(readFileSync(path, 'utf8')) as { evaluation: { accuracy: object } };
  const accuracy = { ...config.evaluation.accuracy, iteration: 60 };
  writeFileSync(path, stringify({ ...config, evaluation: { accuracy, performance: { warmup: 0, iteration: 6 } } }));
  await follow(bench, 'optimization/execute', { request_id: 'optimize', optimization_id: id });
  return Number(id);
}

async function list(of: Bench = bench, model = modelId): Promise<Answer[]> {
  const answer = await call(of, 'diagnosis/op_list', { project_id: project.projectId, model_id: model });
  return answer as unknown as Answer[];
}

function ask(path: string, more: Answer = {}): Promise<Answer> {
  return call(bench, `diagnosis/${path}`, { project_id: project.projectId, model_id: modelId, ...more });
}

/** Folder of the run that made the model. */
async function runFolder(): Promise<string> {
  const model = await bench.get('model', modelId);
  return dirname(bench.absolutePath(model.path));
}

/** Folders of diagnoses in it. */
async function attempts(): Promise<string[]> {
  const folder = await runFolder();
  return readdirSync(folder)
    .filter((name) => /^diagnosis(-\d+)?$/.test(name))
    .map((name) => join(folder, name));
}

describe('the ops of an optimized model', () => {
  it('need no job where the tuning diagnosed the model itself', async () => {
    expect((await list()).length).toBeGreaterThan(5);
    expect(await attempts()).toEqual([]);
  });

  it('are diagnosed by one job otherwise, whoever and how many ask', async () => {
    const path = join(await runFolder(), 'diagnosis.json');
    const ofTuning = JSON.parse(readFileSync(path, 'utf8')) as Answer;
    writeFileSync(path, JSON.stringify({ ...ofTuning, int8Sha256: 'of another model', ops: [] }));
    const [one, other, third] = await Promise.all([list(), list(), list(second)]);
    expect(one.length).toBeGreaterThan(5);
    expect(other).toEqual(one);
    expect(third).toEqual(one);
    expect(await list()).toEqual(one);
    expect(await attempts()).toHaveLength(1);
  });

  it('come with the error of their output and its float range, the largest error first', async () => {
    const ops = await list();
    const errors = ops.map((op) => op['MSE']).filter((mse) => mse !== null);
    expect(errors).toEqual([...errors].sort((a, b) => Number(b) - Number(a)));
    const conv = ops.find((op) => op['op_type'] === 'Conv');
    expect(conv).toMatchObject({ precision: 'int8', MSE: expect.any(Number) as number });
    expect(Number(conv?.['Activation Min'])).toBeLessThan(Number(conv?.['Activation Max']));
  });

  it('show how they compute', async () => {
    const conv = (await list()).find((op) => op['op_type'] === 'Conv')?.['OP name'];
    const details = await ask('op_details', { op_name: conv });
    expect(details).toMatchObject({
      'OP name': conv,
      Pattern: { precision: 'int8' },
      Weights: { dtype: 'int8', granularity: expect.stringMatching(/^per_(channel|tensor)$/) as string },
      Activation: { dtype: expect.stringMatching(/int8$/) as string },
    });
    expect((details['Pattern'] as { sequence: string[] }).sequence[0]).toBe('Conv');
  });

  it('show histograms whose values clients can count', async () => {
    const conv = (await list()).find((op) => op['op_type'] === 'Conv')?.['OP name'];
    for (const type of ['weights', 'activation']) {
      const [histogram] = (await ask('histogram', { op_name: conv, type })) as unknown as {
        name: string;
        histograms: { data: number[]; counts: number[]; series: string; min: number; max: number }[];
      }[];
      expect(histogram?.name).toBe(`${String(conv)} ${type} histogram`);
      expect(histogram?.histograms.map(({ series }) => series)).toEqual(['float', 'int8']);
      for (const { data, counts, min, max } of histogram?.histograms ?? []) {
        expect(data.every((value) => value >= min && value <= max)).toBe(true);
        const filled = counts.filter((count) => count > 0).length;
        expect(new Set(data).size).toBe(filled);
      }
    }
  });

  it('are none where there is no such op, or the model is the one the project began with', async () => {
    expect(await ask('op_details', { op_name: 'none of these' })).toEqual({});
    expect(await ask('histogram', { op_name: 'none of these', type: 'weights' })).toEqual([]);
    expect(await list(bench, project.modelId)).toEqual([]);
    expect(await ask('op_details', { op_name: 'x', model_id: project.modelId })).toEqual({});
  });

  it('are asked for by a type of histogram that there is', async () => {
    expect((await failureOf(ask('histogram', { op_name: 'x', type: 'colours' }))).message).toBe(
      'Could not parse value',
    );
    expect((await failureOf(ask('histogram', { op_name: 'x' }))).message).toBe('Could not find required parameter.');
  });
});

describe('a diagnosis as a whole', () => {
  it('tells the times of both models and what keeps the quantized one from being faster', async () => {
    const summary = await call(bench, 'diagnosis', { project_id: project.projectId, model_id: modelId });
    expect(Number(summary['float_time'])).toBeGreaterThan(0);
    expect(Number(summary['int8_time'])).toBeGreaterThan(0);
    expect(summary['findings']).toBeInstanceOf(Array);
  });

  it('that is still under way when nobody waits any longer goes on, and is there for the next question', async () => {
    for (const folder of await attempts()) rmSync(folder, { recursive: true });
    const subject = await diagnosisSubject(bench, project.projectId, modelId);
    if (subject === undefined) throw new Error('there is nothing to diagnose');
    const failure = await failureOf(diagnosisOf(bench, subject, 1));
    expect(failure.message).toBe('The diagnosis of the model is still under way.');
    expect((await list()).length).toBeGreaterThan(5);
    expect(await attempts()).toHaveLength(1);
  });

  it('that somebody cancels is not begun anew by those who wait for it', async () => {
    for (const folder of await attempts()) rmSync(folder, { recursive: true });
    const watching = bench.queue.watch(({ type, run }) => {
      if (type === 'started') void bench.queue.cancel(run.folder);
    });
    expect((await failureOf(list())).message).toBe('The diagnosis of the model was cancelled.');
    watching[Symbol.dispose]();
    expect(await attempts()).toHaveLength(1);
  });

  it('that failed is tried again by the next question', async () => {
    for (const folder of await attempts()) rmSync(folder, { recursive: true });
    const hidden = `${digits}-away`;
    renameSync(digits, hidden);
    try {
      expect((await failureOf(list())).message).toMatch(/^The model could not be diagnosed: .*digits/);
    } finally {
      renameSync(hidden, digits);
    }
    expect((await list()).length).toBeGreaterThan(5);
    expect(await attempts()).toHaveLength(2);
  });
});

describe('what all ops may be', () => {
  it('is what configs accept and leaves something to quantize', async () => {
    expect(await call(bench, 'diagnosis/model_wise_params', { optimization_id: optimizationId })).toEqual({
      weight: {
        granularity: ['per_channel', 'per_tensor'],
        scheme: ['asym', 'sym'],
        dtype: ['int8', 'uint8'],
        algorithm: ['minmax'],
      },
      activation: {
        granularity: ['per_channel', 'per_tensor'],
        scheme: ['asym', 'sym'],
        dtype: ['int8', 'uint8'],
        algorithm: ['minmax', 'kl', 'entropy', 'percentile'],
      },
    });
  });
});

describe('an optimization that is generated from a diagnosis', () => {
  const generate = (more: Answer): Promise<unknown> =>
    call(bench, 'diagnosis/generate_optimization', {
      project_id: project.projectId,
      optimization_id: optimizationId,
      optimization_name: 'without the worst',
      ...more,
    });

  it('is like the one that was diagnosed but for what was asked of its ops', async () => {
    const name = String((await list())[0]?.['OP name']);
    const id = await generate({
      op_wise: { [name]: { pattern: { precision: 'fp32' } } },
      model_wise: { weight: { granularity: 'per_tensor' } },
    });
    expect(id).toEqual(expect.any(Number));
    const [source, made] = [
      await call(bench, 'optimization', { id: optimizationId }),
      await call(bench, 'optimization', { id }),
    ];
    for (const key of ['precision', 'optimization_type', 'dataset', 'batch_size', 'sampling_size']) {
      expect(made[key]).toEqual(source[key]);
    }
    expect(made).toMatchObject({ name: 'without the worst', status: null });
    const config = parse(readFileSync(String(made['config_path']), 'utf8')) as { quantization: Answer };
    expect(config.quantization).toMatchObject({
      model_wise: { weight: { granularity: ['per_tensor'] } },
    });
    const options = Object.values(config.quantization['op_wise'] as Answer);
    expect(options).toEqual([{ weight: { dtype: ['fp32'] }, activation: { dtype: ['fp32'] } }]);
  });

  it('may keep all ops float but those that it names', async () => {
    const name = String((await list()).find((op) => op['op_type'] === 'Conv')?.['OP name']);
    const id = await generate({
      optimization_name: 'one op',
      op_wise: { [name]: { weight: { dtype: 'int8' }, activation: { dtype: 'uint8' } } },
      model_wise: { weight: { dtype: 'fp32' } },
    });
    expect(id).toEqual(expect.any(Number));
  });

  it.each([
    ['nothing is asked for', {}, /^Neither op_wise nor model_wise/],
    ['both are empty', { op_wise: {}, model_wise: {} }, /^Neither op_wise nor model_wise/],
    [
      'an op that there is not',
      { op_wise: { 'no such op': { pattern: { precision: 'fp32' } } } },
      /has no op "no such op"/,
    ],
    ['options that are none', { op_wise: { x: 'fp32' } }, /^Could not parse value/],
    [
      'a type that there is not',
      { model_wise: { weight: { dtype: 'int3' } } },
      /^This makes no config that can be run/,
    ],
    [
      'a type for all ops that quantizes none',
      { model_wise: { weight: { dtype: 'bfloat16' } } },
      /^With bf16 for the weight of all ops nothing of the model could be quantized/,
    ],
    [
      'a floating precision of all ops',
      { model_wise: { pattern: { precision: 'fp16' } } },
      /^With fp16 for the weight of all ops/,
    ],
    [
      'no name',
      { optimization_name: '', model_wise: { weight: { dtype: 'int8' } } },
      /^Could not find required parameter/,
    ],
    ['another project', { project_id: 99, model_wise: { weight: { dtype: 'int8' } } }, /is not of the project 99/],
  ])('is refused: %s', async (_, more, message) => {
    const before = (await bench.store.list('optimization')).length;
    expect((await failureOf(generate(more))).message).toMatch(message);
    expect(await bench.store.list('optimization')).toHaveLength(before);
  });
});
