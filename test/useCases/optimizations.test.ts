// Optimizations as clients add, show, edit, pin and delete them; nothing is run here.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Bench } from '../../src/bench/bench';
import { openBench } from '../../src/bench/openBench';
import { readTuningConfig } from '../../src/config/tuningFile';
import { recordRun } from '../../src/jobs/runRecord';
import { call, callFile } from '../support/benchCalls';
import type { Answer, Parameters } from '../support/benchCalls';
import { failureOf } from '../support/failureOf';
import { mnistProject } from '../support/mnistBench';
import type { MnistProject } from '../support/mnistBench';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
let bench: Bench;
let project: MnistProject;

beforeAll(async () => {
  bench = await openBench(place.path);
  project = await mnistProject(bench);
});
afterAll(() => bench[Symbol.asyncDispose]());

/** Ids of the dictionaries: type and precision. */
const quantization = { optimization_type_id: 1, precision_id: 2 };
const graphOptimization = { optimization_type_id: 2, precision_id: 1 };
const mixedPrecision = { optimization_type_id: 3, precision_id: 5 };

function request(more: Parameters = {}): Parameters {
  return {
    project_id: project.projectId,
    name: 'My optimization',
    dataset_id: project.datasetId,
    ...quantization,
    ...more,
  };
}

async function added(more: Parameters = {}): Promise<number> {
  return Number((await call(bench, 'optimization/add', request(more)))['optimization_id']);
}

function details(id: number): Promise<Answer> {
  return call(bench, 'optimization', { id });
}

/** Everything in the bench folder, to see that a refusal changed nothing. */
function filesOfBench(): readonly string[] {
  return readdirSync(bench.store.folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.includes('index'))
    .sort();
}

describe('an optimization that is added', () => {
  it('has the defaults of the API', async () => {
    const id = await added();
    const shown = await details(id);
    expect(shown).toMatchObject({
      project_id: project.projectId,
      id,
      name: 'My optimization',
      precision: { id: 2, name: 'int8' },
      optimization_type: { id: 1, name: 'Quantization' },
      dataset: { id: project.datasetId, name: 'Test digits' },
      model_id: project.modelId,
      log_path: null,
      batch_size: 100,
      sampling_size: 100,
      status: null,
      state: null,
      last_run_at: null,
      duration: null,
      optimized_model: null,
      accuracy_benchmark_id: null,
      performance_benchmark_id: null,
      diagnosis_config: null,
      result: null,
    });
    expect(shown['tuning_details']).toMatchObject({
      id,
      strategy: 'basic',
      accuracy_criterion_type: 'relative',
      accuracy_criterion_threshold: 0.1,
      multi_objectives: 'performance',
      exit_policy: { timeout: 0, max_trials: 25 },
      random_seed: 9527,
      modified_at: null,
      tuning_history: null,
    });
    expect(shown['execution_command']).toBe(
      `compressor-bench tune ${String(shown['config_path'])} --workspace ${place.path}`,
    );
  });

  it('has a config.yaml that says the same', async () => {
    const id = await added({
      batch_size: 8,
      sampling_size: 50,
      tuning_strategy: 'mse_v2',
      accuracy_criterion_type: 'absolute',
      accuracy_criterion_threshold: 0.02,
      objective: 'performance, modelsize',
      exit_policy: { timeout: 60, max_trails: 7 },
      random_seed: 3,
    });
    const { content, contentType } = await callFile(bench, 'optimization/config.yaml', { id });
    expect(contentType).toContain('yaml');
    if (!('path' in content)) throw new Error('no file');
    expect(content.path).toBe((await details(id))['config_path']);
    const { tuning, task, accuracy } = readTuningConfig(content.path);
    expect(tuning).toMatchObject({
      strategy: 'mse_v2',
      criterion: { kind: 'absolute', tolerance: 0.02 },
      timeoutS: 60,
      maxTrials: 7,
      randomSeed: 3,
    });
    expect(tuning.objectives.map(({ name }) => name)).toEqual(['performance', 'modelsize']);
    expect(task.kind === 'quantization' ? task.quantization.samplingSizes : task).toEqual([50]);
    expect(accuracy?.metrics).toMatchObject([{ name: 'topk', parameters: { k: 1 } }]);
  });

  it.each([
    ['Graph optimization', graphOptimization],
    ['Mixed precision', mixedPrecision],
  ])('has no tuning details when it is of the type %s', async (name, ids) => {
    const shown = await details(await added(ids));
    expect(shown).toMatchObject({ optimization_type: { name }, tuning_details: null });
    expect(readTuningConfig(String(shown['config_path'])).task.kind).toBe(name.toLowerCase().replace(' ', '_'));
  });

  it('is listed without its tuning', async () => {
    const other = await mnistProject(bench, undefined, 'Others');
    const { optimization_id: id } = await call(bench, 'optimization/add', {
      ...request(),
      project_id: other.projectId,
      dataset_id: other.datasetId,
    });
    const { optimizations } = await call(bench, 'optimization/list', { project_id: other.projectId });
    expect(optimizations).toMatchObject([{ id, name: 'My optimization', tuning_details: null, status: null }]);
  });

  it('is run from a config.yaml that is written again when it was taken away', async () => {
    const id = await added();
    const path = String((await details(id))['config_path']);
    const text = readFileSync(path, 'utf8');
    rmSync(path);
    await callFile(bench, 'optimization/config.yaml', { id });
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});

describe('what does not fit is refused, and nothing is added', () => {
  const others = { foreign: 0, dataset: 0 };

  beforeAll(async () => {
    const other = await mnistProject(bench, undefined, 'Another');
    others.dataset = other.datasetId;
    const { id } = await bench.store.create('model', {
      ...(await bench.get('model', project.modelId)),
      name: 'frozen',
      path: 'frozen.pb',
      framework: 'TensorFlow',
    });
    others.foreign = id;
  });

  it.each<[string, () => Parameters, string | RegExp]>([
    ['no name', () => ({ name: undefined }), 'Could not find required parameter.'],
    ['no project', () => ({ project_id: undefined }), 'Could not find project id.'],
    ['a project that is a word', () => ({ project_id: 'one' }), 'Incorrect project id.'],
    ['an unknown project', () => ({ project_id: 999 }), 'Could not find project 999.'],
    ['an unknown precision', () => ({ precision_id: 99 }), 'Could not find precision 99.'],
    ['an unknown type', () => ({ optimization_type_id: 99 }), 'Could not find optimization type 99.'],
    ['a type that leads elsewhere', () => ({ optimization_type_id: 2 }), /^Graph optimization does not lead to int8/],
    ['an unknown data set', () => ({ dataset_id: 999 }), 'Could not find dataset 999.'],
    ['data of another project', () => ({ dataset_id: others.dataset }), /is not of the project/],
    ['a model that can only be looked at', () => ({ model_id: others.foreign }), /frozen\.pb is a model of TensorFlow/],
    ['a strategy nobody knows', () => ({ tuning_strategy: 'guess' }), 'Could not parse value'],
    ['a strategy that needs the network', () => ({ tuning_strategy: 'sigopt' }), /external service/],
    ['an objective nobody knows', () => ({ objective: 'beauty' }), 'Could not parse value'],
    ['a batch of nothing', () => ({ batch_size: 0 }), 'Could not parse value'],
    ['a relative loss of everything', () => ({ accuracy_criterion_threshold: 1 }), /tuning\.accuracy_criterion/],
    ['an absolute gain', () => ({ accuracy_criterion_type: 'absolute', accuracy_criterion_threshold: -1 }), /absolute/],
    ['a name of two lines', () => ({ name: 'a\nb' }), 'Could not parse value'],
    [
      'a diagnosis of what is not quantized',
      () => ({ ...graphOptimization, diagnosis_config: { op_wise: { a: { pattern: { precision: 'fp32' } } } } }),
      /does not quantize/,
    ],
    [
      'a diagnosis that wants the impossible',
      () => ({ diagnosis_config: { model_wise: { weight: { dtype: ['int3'] } } } }),
      /model_wise\.weight\.dtype/,
    ],
  ])('%s', async (_what, more, message) => {
    const before = filesOfBench();
    const failure = await failureOf(call(bench, 'optimization/add', request(more())));
    expect(failure.message).toMatch(message);
    expect(filesOfBench()).toEqual(before);
  });
});

describe('editing', () => {
  it('changes what is sent, keeps the rest, and writes the config anew', async () => {
    const id = await added({ random_seed: 5 });
    const answer = await call(bench, 'optimization/edit', {
      id,
      tuning_details: {
        batch_size: 123,
        sampling_size: 45,
        strategy: 'mse',
        accuracy_criterion_type: 'absolute',
        accuracy_criterion_threshold: 0.23,
        exit_policy: { max_trails: 125 },
      },
    });
    expect(answer).toMatchObject({
      id,
      batch_size: 123,
      sampling_size: 45,
      tuning_details: {
        id,
        strategy: 'mse',
        accuracy_criterion_type: 'absolute',
        accuracy_criterion_threshold: 0.23,
        multi_objectives: 'performance',
        exit_policy: { timeout: 0, max_trials: 125 },
        random_seed: 5,
      },
    });
    expect((answer['tuning_details'] as Answer)['modified_at']).not.toBeNull();
    const { tuning, task } = readTuningConfig(String((await details(id))['config_path']));
    expect(tuning).toMatchObject({ strategy: 'mse', maxTrials: 125, randomSeed: 5 });
    expect(task.kind === 'quantization' ? task.quantization.calibration?.batchSize : 0).toBe(123);
  });

  it('leaves the config of the last of several edits at once', async () => {
    const id = await added();
    await using second = await openBench(place.path);
    const edits = [5, 6, 7, 8].map((seed, index) =>
      call(index % 2 === 0 ? bench : second, 'optimization/edit', { id, tuning_details: { random_seed: seed } }),
    );
    await Promise.all(edits);
    const { config_path: path, tuning_details: shown } = await details(id);
    expect(readTuningConfig(String(path)).tuning.randomSeed).toBe((shown as Answer)['random_seed']);
  });

  it('sets the type that leads to another precision', async () => {
    const id = await added();
    await call(bench, 'optimization/edit', { id, precision_id: 5 });
    expect(await details(id)).toMatchObject({
      precision: { name: 'fp16' },
      optimization_type: { name: 'Mixed precision' },
      tuning_details: null,
    });
    await call(bench, 'optimization/edit', { id, precision_id: 3 });
    expect(await details(id)).toMatchObject({
      precision: { name: 'int8 static quantization' },
      optimization_type: { name: 'Quantization' },
      tuning_details: { strategy: 'basic' },
    });
  });

  it('keeps a config.yaml that a person has changed', async () => {
    const id = await added();
    const path = String((await details(id))['config_path']);
    const changed = `${readFileSync(path, 'utf8')}\n# mine\n`;
    writeFileSync(path, changed);
    await call(bench, 'optimization/edit', { id, tuning_details: { random_seed: 1 } });
    const kept = path.replace('config.yaml', 'config.before-edit-1.yaml');
    expect(readFileSync(kept, 'utf8')).toBe(changed);
    await call(bench, 'optimization/edit', { id, tuning_details: { random_seed: 2 } });
    expect(existsSync(path.replace('config.yaml', 'config.before-edit-2.yaml'))).toBe(false);
  });

  it.each([
    [
      'a sparsity where nothing is pruned',
      { pruning_details: { target_sparsity: 0.5 } },
      /Quantization does not prune/,
    ],
    [
      'the goal of a search where nothing is searched',
      { precision_id: 5, tuning_details: { accuracy_criterion_threshold: -1 } },
      /accuracy_criterion/,
    ],
  ])('refuses %s', async (_, change, message) => {
    const id = await added();
    const before = await details(id);
    expect((await failureOf(call(bench, 'optimization/edit', { id, ...change }))).message).toMatch(message);
    expect(await details(id)).toEqual(before);
    await call(bench, 'optimization/edit', { id, pruning_details: null });
  });

  it('of a conversion refuses the goal that a quantization refuses', async () => {
    const id = await added();
    await call(bench, 'optimization/edit', { id, precision_id: 5 });
    const edit = (threshold: number): Promise<Answer> =>
      call(bench, 'optimization/edit', { id, tuning_details: { accuracy_criterion_threshold: threshold } });
    expect((await failureOf(edit(-1))).message).toMatch(/accuracy_criterion/);
    await edit(0.2);
    const fp16 = { precision_id: 5, optimization_type_id: 3, accuracy_criterion_threshold: -1 };
    expect((await failureOf(added(fp16))).message).toMatch(/accuracy_criterion/);
  });

  it('refuses what does not fit, and changes nothing', async () => {
    const id = await added();
    const before = await details(id);
    const config = readFileSync(String(before['config_path']), 'utf8');
    for (const change of [
      { dataset_id: 999 },
      { precision_id: 99 },
      { tuning_details: { strategy: 'guess' } },
      { tuning_details: { accuracy_criterion_threshold: 2 } },
      { tuning_details: [] },
    ]) {
      await failureOf(call(bench, 'optimization/edit', { id, ...change }));
    }
    expect(await details(id)).toEqual(before);
    expect(readFileSync(String(before['config_path']), 'utf8')).toBe(config);
    expect((await failureOf(call(bench, 'optimization/edit', { id: 999 }))).message).toBe(
      'Could not find optimization 999.',
    );
  });
});

describe('a list', () => {
  it('leaves out what is deleted while it is made', async () => {
    const other = await mnistProject(bench, undefined, 'Shrinking');
    const ids = { project_id: other.projectId, dataset_id: other.datasetId };
    const [gone, stays] = [await added(ids), await added(ids)];
    vi.spyOn(bench.store, 'folderOf').mockImplementationOnce(async (kind, id) => {
      await bench.store.remove(kind, id);
      return undefined;
    });
    const { optimizations } = await call(bench, 'optimization/list', { project_id: other.projectId });
    expect((optimizations as Answer[]).map(({ id }) => id)).toEqual([stays]);
    expect(await bench.store.find('optimization', gone)).toBeUndefined();
  });
});

describe('a run whose process is gone', () => {
  it('has failed, and there is a sentence that says so', async () => {
    const id = await added();
    const folder = await bench.store.createRunFolder('optimization', id);
    recordRun(folder, { state: 'queued', requestId: null });
    recordRun(folder, { state: 'running' });
    expect(await details(id)).toMatchObject({
      status: 'error',
      failure: expect.stringMatching(/^The process that ran it is gone/) as string,
    });
  });
});

describe('an optimization with a model', () => {
  it('is edited while its newest run was cancelled, and keeps its model', async () => {
    const { id, modelId } = await optimized();
    const folder = await bench.store.createRunFolder('optimization', id);
    recordRun(folder, { state: 'queued', requestId: null });
    recordRun(folder, { state: 'cancelled' });
    expect((await details(id))['status']).toBeNull();
    await call(bench, 'optimization/edit', { id, tuning_details: { random_seed: 1 } });
    expect(await details(id)).toMatchObject({ optimized_model: { id: modelId }, tuning_details: { random_seed: 1 } });
  });

  it('is not edited while its newest run has failed', async () => {
    const { id } = await optimized();
    const folder = await bench.store.createRunFolder('optimization', id);
    recordRun(folder, { state: 'queued', requestId: null });
    recordRun(folder, { state: 'running' });
    const failure = await failureOf(call(bench, 'optimization/edit', { id, tuning_details: { random_seed: 1 } }));
    expect(failure.message).toBe('Can not modify optimization that has been run.');
  });
});

async function optimized(): Promise<{ readonly id: number; readonly modelId: number }> {
  const id = await added();
  const input = await bench.get('model', project.modelId);
  const model = await bench.store.create('model', { ...input, madeBy: { optimizationId: id, run: 'r' } });
  await bench.store.edit('optimization', id, () => ({ optimizedModelId: model.id }));
  return { id, modelId: model.id };
}

describe('benchmarks', () => {
  async function benchmark(modelId: number, mode: 'accuracy' | 'performance'): Promise<number> {
    const { projectId, datasetId } = project;
    const settings = { batchSize: 1, iterations: -1, warmupIterations: 1, coresPerInstance: 1, numberOfInstances: 1 };
    const draft = { projectId, name: 'b', modelId, datasetId, mode, ...settings };
    return (await bench.store.create('benchmark', draft)).id;
  }

  it('of the optimized model are pinned, replaced and unpinned', async () => {
    const { id, modelId } = await optimized();
    const pin = (kind: string, benchmarkId: number | null): Promise<Answer> =>
      call(bench, `optimization/pin_${kind}_benchmark`, { optimization_id: id, benchmark_id: benchmarkId });
    const first = await benchmark(modelId, 'accuracy');
    const second = await benchmark(modelId, 'accuracy');
    const performance = await benchmark(modelId, 'performance');
    expect(await pin('accuracy', first)).toEqual({ id, accuracy_benchmark_id: first });
    expect(await pin('performance', performance)).toEqual({ id, performance_benchmark_id: performance });
    await pin('accuracy', second);
    expect(await details(id)).toMatchObject({ accuracy_benchmark_id: second, performance_benchmark_id: performance });
    await pin('accuracy', null);
    expect(await details(id)).toMatchObject({ accuracy_benchmark_id: null, performance_benchmark_id: performance });
  });

  it('of other models, or of the other kind, are not', async () => {
    const { id, modelId } = await optimized();
    const pin = (benchmarkId: unknown): Promise<string> =>
      failureOf(
        call(bench, 'optimization/pin_accuracy_benchmark', { optimization_id: id, benchmark_id: benchmarkId }),
      ).then(({ message }) => message);
    expect(await pin(await benchmark(project.modelId, 'accuracy'))).toBe(
      'Benchmark model does not come from specified optimization.',
    );
    expect(await pin(await benchmark(modelId, 'performance'))).toBe(
      'Benchmark type performance cannot be pinned as accuracy.',
    );
    expect(await pin(999)).toBe('Could not find benchmark 999.');
    expect(await pin(undefined)).toBe('Could not find benchmark id.');
  });

  it('go with the optimization and its model', async () => {
    const { id, modelId } = await optimized();
    const benchmarkId = await benchmark(modelId, 'accuracy');
    const other = await benchmark(project.modelId, 'accuracy');
    expect(await call(bench, 'optimization/delete', { id, name: 'another' })).toEqual({ id: null });
    expect(await call(bench, 'optimization/delete', { id: 999, name: 'My optimization' })).toEqual({ id: null });
    expect(await call(bench, 'optimization/delete', { id, name: 'My optimization' })).toEqual({ id });
    expect(await bench.store.find('optimization', id)).toBeUndefined();
    expect(await bench.store.find('model', modelId)).toBeUndefined();
    expect(await bench.store.find('benchmark', benchmarkId)).toBeUndefined();
    expect(await bench.store.find('benchmark', other)).toBeDefined();
  });
});

it('has an empty log before it ran', async () => {
  const id = await added();
  expect(await callFile(bench, 'optimization/output.log', { id })).toMatchObject({ content: { text: '' } });
  await expect(callFile(bench, 'optimization/output.log', { id: 999 })).rejects.toThrow('Could not find');
});
