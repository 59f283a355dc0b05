// Operations on benchmarks and profilings that run nothing: what is kept, shown, changed, refused and deleted.
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Bench } from '../../src/bench/bench';
import { machineShare } from '../../src/bench/benchmark/benchmarkRequest';
import { openBench } from '../../src/bench/openBench';
import { checkTuningText } from '../../src/config/tuningFile';
import { DataType } from '../../src/onnx/dataTypes';
import { encodeModel } from '../../src/onnx/writeModel';
import { identityModel } from '../runtime/smallModels';
import { call, callFile } from '../support/benchCalls';
import type { Answer } from '../support/benchCalls';
import { failureOf } from '../support/failureOf';
import { mnistProject } from '../support/mnistBench';
import type { MnistProject } from '../support/mnistBench';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
let bench: Bench;
let project: MnistProject;
let other: MnistProject;

beforeAll(async () => {
  bench = await openBench(place.path);
  project = await mnistProject(bench);
  other = await mnistProject(bench, undefined, 'Other');
});
afterAll(() => bench[Symbol.asyncDispose]());

/** The least a client sends, with changes; undefined leaves a key out. */
function request(more: Answer = {}): Answer {
  const least = {
    project_id: project.projectId,
    name: 'Benchmark of input model',
    model_id: project.modelId,
    dataset_id: project.datasetId,
  };
  return { ...least, ...more };
}

async function added(more: Answer = {}): Promise<number> {
  return Number((await call(bench, 'benchmark/add', request(more)))['benchmark_id']);
}

/** Everything in the bench folder, to see that nothing was changed. */
function contents(): string[] {
  return readdirSync(join(place.path, '.compressor-bench'), { recursive: true }).map(String).sort();
}

describe('a benchmark', () => {
  it('keeps what was asked for, and shows it with its model and its data', async () => {
    const id = await added({
      ...{ batch_size: 32, iterations: -1, number_of_instance: 1, cores_per_instance: 4, warmup_iterations: 10 },
    });
    const shown = await call(bench, 'benchmark', { id });
    expect(shown).toMatchObject({
      ...{ project_id: project.projectId, id, name: 'Benchmark of input model', mode: 'performance', result: null },
      ...{ batch_size: 32, iterations: -1, number_of_instance: 1, cores_per_instance: 4, warmup_iterations: 10 },
      ...{ status: null, state: null, last_run_at: null, duration: null, log_path: null, execution_command: null },
      model: { id: project.modelId, name: 'Input model' },
      dataset: { id: project.datasetId, dataset_type: 'MNIST' },
    });
    expect(shown['created_at']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    const { benchmarks } = await call(bench, 'benchmark/list', { project_id: project.projectId });
    expect((benchmarks as Answer[]).find((one) => one['id'] === id)).toEqual(shown);
  });

  it('has defaults for the rest, and never more cores than there are', async () => {
    const shown = await call(bench, 'benchmark', { id: await added() });
    const share = machineShare({});
    expect(shown).toMatchObject({
      ...{ mode: 'performance', batch_size: 100, iterations: -1, warmup_iterations: 10 },
      ...{ cores_per_instance: share.coresPerInstance, number_of_instance: share.numberOfInstances },
    });
  });

  it('takes as many samples as a model insists on', async () => {
    const path = place.write('fixed.onnx', encodeModel(identityModel(DataType.float32, [8, 4])));
    const { project_id, model_id, dataset_id } = await call(bench, 'project/create', {
      name: 'Fixed',
      model: { path, input_nodes: 'x', output_nodes: 'y', domain: '', shape: '4' },
    });
    const id = await added({ project_id, model_id, dataset_id });
    expect((await call(bench, 'benchmark', { id }))['batch_size']).toBe(8);
  });

  it.each([
    [{}, 2, { coresPerInstance: 2, numberOfInstances: 1 }],
    [{}, 4, { coresPerInstance: 4, numberOfInstances: 1 }],
    [{}, 56, { coresPerInstance: 4, numberOfInstances: 14 }],
    [{ coresPerInstance: 8 }, 20, { coresPerInstance: 8, numberOfInstances: 2 }],
    [{ coresPerInstance: 8 }, 2, { coresPerInstance: 8, numberOfInstances: 1 }],
    [{ numberOfInstances: 3 }, 56, { coresPerInstance: 4, numberOfInstances: 3 }],
  ])('that asks for %o of %i cores gets %o', (asked, cores, share) => {
    expect(machineShare(asked, cores)).toEqual(share);
  });
});

describe('the config.yaml of a benchmark', () => {
  async function configOf(id: number): Promise<Answer> {
    const { content } = await callFile(bench, 'benchmark/config.yaml', { id });
    if (!('path' in content)) throw new Error('it is no file');
    const text = readFileSync(content.path, 'utf8');
    expect(content.path).toBe((await call(bench, 'benchmark', { id }))['config_path']);
    expect(checkTuningText(text, content.path, { looksForFiles: true }).problems).toEqual([]);
    return parse(text) as Answer;
  }

  it('says how performance is measured, and nothing else', async () => {
    const id = await added({ batch_size: 7, iterations: 3, cores_per_instance: 2, number_of_instance: 1 });
    expect(await configOf(id)).toMatchObject({
      model: { name: 'mnist_resnet', framework: 'onnxrt_qlinearops', inputs: ['input'], outputs: ['logits'] },
      evaluation: {
        performance: {
          ...{ warmup: 10, iteration: 3, configs: { cores_per_instance: 2, num_of_instance: 1 } },
          dataloader: { batch_size: 7 },
        },
      },
    });
    expect(Object.keys(await configOf(id))).toEqual(['model', 'evaluation']);
    expect(Object.keys((await configOf(id))['evaluation'] as Answer)).toEqual(['performance']);
  });

  it('follows an edit, to how accuracy is measured', async () => {
    const id = await added();
    await call(bench, 'benchmark/edit', { id, mode: 'accuracy', batch_size: 5 });
    const { evaluation } = await configOf(id);
    expect(evaluation).toMatchObject({
      accuracy: { metric: { topk: {} }, iteration: -1, dataloader: { batch_size: 5 } },
    });
    expect(Object.keys(evaluation as Answer)).toEqual(['accuracy']);
  });

  it('names the code of a metric so that the workspace can be moved', async () => {
    const { dataset_id } = await call(bench, 'dataset/add', {
      ...{ project_id: project.projectId, name: 'mine', dataset_path: place.path, transform: [] },
      ...{ dataloader: { name: 'custom', params: {} }, metric: 'custom', metric_param: {} },
    });
    const { evaluation } = await configOf(await added({ dataset_id, mode: 'accuracy' }));
    expect(JSON.stringify(evaluation)).toContain('"path":"../../datasets/');
    expect(JSON.stringify(evaluation)).not.toContain(join(place.path, '.compressor-bench'));
  });

  it('is written again where it is missing', async () => {
    const id = await added();
    rmSync(String((await call(bench, 'benchmark', { id }))['config_path']));
    expect(await configOf(id)).toHaveProperty('evaluation.performance');
  });
});

describe('an edit of a benchmark', () => {
  it('answers what was changed, and changes nothing else', async () => {
    const id = await added({ warmup_iterations: 3 });
    const change = { dataset_id: project.datasetId, mode: 'accuracy', batch_size: 64, number_of_instance: 4 };
    const answer = await call(bench, 'benchmark/edit', { id, ...change, cores_per_instance: 7 });
    expect(answer).toEqual({ id, ...change, cores_per_instance: 7 });
    const same = {
      ...{ name: 'Benchmark of input model', model_id: project.modelId },
      ...{ iterations: -1, warmup_iterations: '3' },
    };
    expect(await call(bench, 'benchmark/edit', { id, ...same })).toEqual({ id });
    expect(await call(bench, 'benchmark', { id })).toMatchObject({
      ...{ name: 'Benchmark of input model', iterations: -1, warmup_iterations: 3, mode: 'accuracy', batch_size: 64 },
      ...{ number_of_instance: 4, cores_per_instance: 7, model: { id: project.modelId } },
    });
  });
});

describe('an edit of what stays as it was added', () => {
  it.each(['benchmark', 'profiling'])('of a %s is refused with the name of the key', async (kind) => {
    const added = await call(bench, `${kind}/add`, request({ num_threads: 1 }));
    const id = added[`${kind}_id`];
    const before = await call(bench, kind, { id });
    for (const key of ['name', 'model_id', 'iterations', 'warmup_iterations']) {
      const edit = { id, dataset_id: project.datasetId, [key]: 99 };
      expect((await failureOf(call(bench, `${kind}/edit`, edit))).message).toMatch(
        new RegExp(`^The ${key} of a ${kind} cannot be edited: it is `),
      );
    }
    expect(await call(bench, kind, { id })).toEqual(before);
  });
});

describe('a benchmark that is deleted', () => {
  it('is gone with its folder, and pinned nowhere', async () => {
    const id = await added();
    const folder = await bench.store.folderOf('benchmark', id);
    const { optimization_id } = await call(bench, 'optimization/add', {
      ...{ project_id: project.projectId, name: 'int8', dataset_id: project.datasetId },
      ...{ optimization_type_id: 1, precision_id: 2 },
    });
    const optimizationId = Number(optimization_id);
    await bench.store.edit('optimization', optimizationId, () => ({
      performanceBenchmarkId: id,
      accuracyBenchmarkId: 1,
    }));
    expect(await call(bench, 'benchmark/delete', { id, name: 'another name' })).toEqual({ id: null });
    expect(await call(bench, 'benchmark/delete', { id, name: 'Benchmark of input model' })).toEqual({ id });
    expect(existsSync(folder ?? '')).toBe(false);
    expect(await call(bench, 'benchmark/delete', { id, name: 'Benchmark of input model' })).toEqual({ id: null });
    expect(await bench.store.find('optimization', optimizationId)).toMatchObject({
      performanceBenchmarkId: null,
      accuracyBenchmarkId: 1,
    });
    expect((await failureOf(call(bench, 'benchmark', { id }))).message).toBe(`Could not find benchmark ${id}.`);
  });
});

describe('a benchmark is refused', () => {
  it.each([
    ['no project', { project_id: undefined }, 'Could not find project id.'],
    ['a project that is no number', { project_id: 'x' }, 'Incorrect project id.'],
    ['a project that there is not', { project_id: 999 }, 'Could not find project 999.'],
    ['no name', { name: undefined }, 'Could not find required parameter.'],
    ['a name of blanks', { name: '  ' }, 'Could not find required parameter.'],
    ['no model', { model_id: undefined }, 'Could not find model id.'],
    ['no data', { dataset_id: undefined }, 'Could not find dataset id.'],
    ['an unknown mode', { mode: 'speed' }, 'Could not parse value'],
    ['a batch of 0', { batch_size: 0 }, 'Could not parse value'],
    ['no iterations at all', { iterations: 0 }, 'Could not parse value'],
    ['fewer instances than 1', { number_of_instance: -1 }, 'Could not parse value'],
    ['half a core', { cores_per_instance: 0.5 }, 'Could not parse value'],
  ])('without a trace: %s', async (_, more, message) => {
    const before = contents();
    expect((await failureOf(call(bench, 'benchmark/add', request(more)))).message).toBe(message);
    expect(contents()).toEqual(before);
  });

  it('with a model or data of another project', async () => {
    const before = contents();
    for (const more of [{ model_id: other.modelId }, { dataset_id: other.datasetId }]) {
      expect((await failureOf(call(bench, 'benchmark/add', request(more)))).message).toMatch(/is not of the project/);
    }
    const id = await added();
    const failure = await failureOf(call(bench, 'benchmark/edit', { id, dataset_id: other.datasetId }));
    expect(failure.message).toMatch(/is not of the project/);
    await call(bench, 'benchmark/delete', { id, name: 'Benchmark of input model' });
    expect(contents().filter((path) => !path.includes('.trash') && !/^ids.benchmark/.test(path))).toEqual(
      before.filter((path) => !path.includes('.trash') && !/^ids.benchmark/.test(path)),
    );
  });

  it('to run without a metric, or without a request id', async () => {
    const { dataset_id } = await call(bench, 'dataset/add', {
      ...{ project_id: project.projectId, name: 'no metric', dataset_path: place.path, metric: '', metric_param: '' },
      ...{ dataloader: { name: 'dummy_v2', params: { input_shape: [1, 28, 28] } }, transform: [] },
    });
    const id = await added({ dataset_id, mode: 'accuracy' });
    const before = contents();
    const failure = await failureOf(call(bench, 'benchmark/execute', { request_id: 'r', benchmark_id: id }));
    expect(failure.message).toBe('The data set "no metric" names no metric: accuracy cannot be measured on it.');
    expect((await failureOf(call(bench, 'benchmark/execute', { benchmark_id: id }))).message).toBe(
      'Missing request id.',
    );
    expect((await failureOf(call(bench, 'benchmark/execute', { request_id: 'r' }))).message).toBe(
      'Could not find benchmark id.',
    );
    expect(contents()).toEqual(before);
  });
});

describe('a profiling', () => {
  const least = (more: Answer = {}): Answer => ({
    ...{ project_id: project.projectId, name: 'Input model profiling', model_id: project.modelId },
    ...{ dataset_id: project.datasetId, num_threads: 7, ...more },
  });

  it('is added, shown, listed, edited and deleted', async () => {
    const id = Number((await call(bench, 'profiling/add', least()))['profiling_id']);
    const shown = await call(bench, 'profiling', { id });
    expect(shown).toMatchObject({ id, name: 'Input model profiling', num_threads: 7, status: null, last_run_at: null });
    expect(shown).not.toHaveProperty('results');
    const { profilings } = await call(bench, 'profiling/list', { project_id: project.projectId });
    expect((profilings as Answer[]).map((one) => one['id'])).toContain(id);
    expect(await call(bench, 'profiling/edit', { id, num_threads: 14, iterations: 11 })).toEqual({
      id,
      num_threads: 14,
    });
    const { content } = await callFile(bench, 'profiling/config.yaml', { id });
    const text = 'path' in content ? readFileSync(content.path, 'utf8') : '';
    expect(checkTuningText(text, '/w/config.yaml').problems).toEqual([]);
    expect(parse(text)).toMatchObject({
      evaluation: { performance: { warmup: 10, iteration: 11, configs: { intra_num_of_threads: 14 } } },
    });
    expect(await callFile(bench, 'profiling/output.log', { id })).toMatchObject({ content: { text: '' } });
    for (const path of ['profiling/results/csv', 'profiling/trace']) {
      expect((await failureOf(callFile(bench, path, { id }))).message).toBe(`The profiling ${id} has no results.`);
    }
    expect(await call(bench, 'profiling/delete', { id, name: 'x' })).toEqual({ id: null });
    expect(await call(bench, 'profiling/delete', { id, name: 'Input model profiling' })).toEqual({ id });
  });

  it.each([
    ['no threads', { num_threads: undefined }, 'Could not find required parameter.'],
    ['0 threads', { num_threads: 0 }, 'Could not parse value'],
    ['a model that there is not', { model_id: 999 }, 'Could not find model 999.'],
  ])('is refused without a trace: %s', async (_, more, message) => {
    const before = contents();
    expect((await failureOf(call(bench, 'profiling/add', least(more)))).message).toBe(message);
    expect(contents()).toEqual(before);
  });

  it('of a model that can only be looked at is refused with the reason', async () => {
    const id = Number((await call(bench, 'profiling/add', least()))['profiling_id']);
    const model = await bench.get('model', project.modelId);
    const { id: foreignId } = await bench.store.create('model', {
      ...model,
      ...{ path: 'graph.pb', framework: 'TensorFlow', supportsProfiling: false },
    });
    const failure = await failureOf(call(bench, 'profiling/add', least({ model_id: foreignId })));
    expect(failure.message).toMatch(/^graph\.pb is a model of TensorFlow: it can be looked at, but only ONNX models/);
    // A record that was edited by hand is refused when it is run.
    const path = join((await bench.store.folderOf('profiling', id)) ?? '', 'profiling.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/("modelId": )\d+/, `$1${foreignId}`));
    const late = await failureOf(call(bench, 'profiling/execute', { request_id: 'r', profiling_id: id }));
    expect(late.message).toMatch(/only ONNX models/);
  });
});
