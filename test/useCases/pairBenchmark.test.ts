// An input model and an optimized one benchmarked together by one call, run through bench, queue and job processes.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bench } from '../../src/bench/bench';
import { restrictedAccess } from '../../src/bench/fileAccess';
import { openBench } from '../../src/bench/openBench';
import type { BenchMessage } from '../../src/bench/operation';
import { checkTuningText } from '../../src/config/tuningFile';
import { queueBundles } from '../processes/bundle';
import { call } from '../support/benchCalls';
import type { Answer } from '../support/benchCalls';
import { failureOf } from '../support/failureOf';
import { copyDigits, mnistProject } from '../support/mnistBench';
import { mnistFolder, mnistModel } from '../support/mnistTuning';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
const digits = join(place.path, 'digits');
const inputPath = join(digits, 'mnist_resnet.onnx');
const optimizedPath = join(digits, 'mnist_resnet_unbalanced.onnx');
let bench: Bench;
const bundles = queueBundles();

beforeAll(async () => {
  copyDigits(digits);
  bench = await openBench(place.path, bundles);
});
afterAll(() => bench[Symbol.asyncDispose]());

/** Calls as a client does, and waits for the last message. */
async function benchmark(id: string | number, more: Answer = {}): Promise<BenchMessage[]> {
  const messages: BenchMessage[] = [];
  const finished = new Promise<void>((resolve) => {
    bench.watch((message) => {
      if (message.data['id'] !== id) return;
      messages.push(message);
      if (message.subject === 'benchmark_finish') resolve();
    });
  });
  const answer = await call(bench, 'benchmark', {
    id,
    workspace_path: place.path,
    input_model: { precision: 'fp32', path: inputPath },
    optimized_model: { precision: 'int8', path: optimizedPath },
    ...more,
  });
  expect(answer).toEqual({ exit_code: 102, message: 'processing' });
  await finished;
  return messages;
}

function runFolders(): string[] {
  const runs = join(place.path, '.compressor-bench', 'runs');
  return existsSync(runs) ? readdirSync(runs).map((name) => join(runs, name)) : [];
}

describe('without data', () => {
  let messages: BenchMessage[];

  beforeAll(async () => {
    messages = await benchmark('configuration_id');
  });

  it('tells of the start, of each model and of the end, in this order', () => {
    expect(messages.map(({ subject, status, data }) => [subject, status, data['progress']])).toEqual([
      ['benchmark_start', 'success', undefined],
      ['benchmark_progress', 'success', '1/2'],
      ['benchmark_progress', 'success', '2/2'],
      ['benchmark_finish', 'success', '2/2'],
    ]);
    expect(messages[0]?.data).toMatchObject({ id: 'configuration_id', message: 'started' });
  });

  it('tells the throughput of the input model first, then of both', () => {
    const [, first, second, last] = messages.map(({ data }) => data);
    expect(Number(first?.['perf_throughput_input_model'])).toBeGreaterThan(0);
    expect(first).not.toHaveProperty('perf_throughput_optimized_model');
    expect(Number(second?.['perf_throughput_optimized_model'])).toBeGreaterThan(0);
    expect(second?.['perf_throughput_input_model']).toBe(first?.['perf_throughput_input_model']);
    expect(last).toMatchObject({
      perf_throughput_input_model: first?.['perf_throughput_input_model'],
      perf_throughput_optimized_model: second?.['perf_throughput_optimized_model'],
      settings: { data: 'random' },
      speedup: expect.any(Number) as number,
    });
  });

  it('tells how each figure was found, by a config and a command that exist', () => {
    const [, first, second] = messages.map(({ data }) => data['execution_details'] as Record<string, Answer>);
    expect(Object.keys(first ?? {})).toEqual(['input_model_benchmark']);
    expect(Object.keys(second ?? {})).toEqual(['input_model_benchmark', 'optimized_model_benchmark']);
    const details = second?.['optimized_model_benchmark']?.['performance'] as Answer;
    expect(Object.keys(details)).toEqual([
      ...['instances', 'cores_per_instance', 'model_path', 'precision', 'mode', 'batch_size', 'framework'],
      ...['config_path', 'benchmark_script', 'command'],
    ]);
    expect(details).toMatchObject({ model_path: optimizedPath, precision: 'int8', mode: 'performance', batch_size: 1 });
    expect(details['command']).toContain(`compressor-bench benchmark ${inputPath} ${optimizedPath}`);
    const configPath = String(details['config_path']);
    expect(checkTuningText(readFileSync(configPath, 'utf8'), configPath, { looksForFiles: true }).problems).toEqual([]);
  });

  it('refuses to measure accuracy, and leaves nothing behind', async () => {
    const before = runFolders();
    const mods = ['benchmark', 'accuracy'];
    const failure = await failureOf(
      call(bench, 'benchmark', {
        id: 'x',
        input_model: { path: inputPath, mods },
        optimized_model: { path: optimizedPath, mods },
      }),
    );
    expect(failure.message).toBe('Accuracy needs data with labels, and none was found for these models.');
    expect(runFolders()).toEqual(before);
  });
});

describe('with data', () => {
  it('measures both of both models, and carries the id as it was sent', async () => {
    const mods = ['accuracy', 'benchmark'];
    const config = {
      evaluation: {
        accuracy: { metric: { topk: 1 }, iteration: 40, dataloader: join(digits, 'evaluation.yaml') },
        performance: { warmup: 1, iteration: 6 },
      },
    };
    const messages = await benchmark(7, {
      config_path: place.write('both.yaml', JSON.stringify(config)),
      input_model: { precision: 'fp32', path: inputPath, mods },
      optimized_model: { precision: 'int8', path: optimizedPath, mods },
    });
    expect(messages.map(({ data }) => data['progress'])).toEqual([undefined, '1/4', '2/4', '3/4', '4/4', '4/4']);
    expect(messages.at(-1)?.data).toMatchObject({
      acc_input_model: 1,
      acc_optimized_model: 1,
      accuracy_metric: 'topk',
      settings: { data: 'dataset' },
    });
    expect(messages[3]?.data).not.toHaveProperty('acc_optimized_model');
  });

  it('finds the config of a workload where the original kept it', async () => {
    place.write(
      'workloads/mnist_resnet_w-1/config.yaml',
      JSON.stringify({
        model: { name: 'digits' },
        evaluation: {
          accuracy: { metric: { topk: 1 }, dataloader: join(digits, 'evaluation.yaml') },
          performance: {
            warmup: 1,
            iteration: 4,
            configs: { cores_per_instance: 1, num_of_instance: 1 },
            dataloader: { batch_size: 3, dataset: { dummy_v2: { input_shape: [1, 28, 28] } } },
          },
        },
      }),
    );
    const messages = await benchmark('w-1', {
      optimized_model: { precision: 'int8', path: optimizedPath, mods: ['accuracy'] },
    });
    expect(messages.at(-1)?.data).toMatchObject({
      progress: '2/2',
      acc_optimized_model: 0.999,
      settings: { batchSize: 3, instances: 1, coresPerInstance: 1 },
      execution_details: {
        input_model_benchmark: {
          performance: { batch_size: 3, config_path: join(place.path, 'workloads/mnist_resnet_w-1/config.yaml') },
        },
      },
    });
  });

  it('knows the data of the optimizations of a project', async () => {
    const { projectId, datasetId } = await mnistProject(bench, digits);
    await call(bench, 'optimization/add', {
      project_id: projectId,
      name: 'int8',
      dataset_id: datasetId,
      optimization_type_id: 1,
      precision_id: 2,
    });
    const mods = ['accuracy'];
    const messages = await benchmark('known', {
      input_model: { path: inputPath, mods },
      optimized_model: { path: optimizedPath, mods },
    });
    expect(messages.map(({ data }) => data['progress'])).toEqual([undefined, '1/2', '2/2', '2/2']);
    expect(messages.at(-1)?.data).toMatchObject({ acc_input_model: 0.999 });
  });
});

describe('a run that fails', () => {
  it('ends with one message that says why', async () => {
    const messages = await benchmark('failing', { dataset_path: place.write('empty.yaml', emptyData()) });
    expect(messages.map(({ subject, status }) => `${subject} ${status}`)).toEqual([
      'benchmark_start success',
      'benchmark_finish error',
    ]);
    expect(messages[1]?.data).toMatchObject({ id: 'failing', message: 'Failure', code: 404 });
    expect(String(messages[1]?.data['reason'])).not.toBe('');
  });

  function emptyData(): string {
    return JSON.stringify({ dataset: { MNIST: { root: place.fresh() } } });
  }
});

describe('a call that cannot be followed', () => {
  const models = { input_model: { path: inputPath }, optimized_model: { path: optimizedPath } };

  it.each([
    ['no id', { ...models }, 'Missing request id.'],
    ['no optimized model', { id: 'x', input_model: models.input_model }, 'Could not find required parameter.'],
    ['a model without a path', { ...models, id: 'x', input_model: {} }, 'Could not find required parameter.'],
    [
      'an unknown mode',
      { ...models, id: 'x', input_model: { path: inputPath, mods: ['speed'] } },
      'Could not parse value',
    ],
    [
      'a model that is no model',
      { ...models, id: 'x', input_model: { path: join(digits, 'evaluation.yaml') } },
      /ONNX/,
    ],
    ['a config that is none', { ...models, id: 'x', config_path: join(digits, 'evaluation.yaml') }, /evaluation\.yaml/],
    ['a model that is not there', { ...models, id: 'x', input_model: { path: 'gone.onnx' } }, /Could not find file/],
  ])('is refused: %s', async (_, parameters, message) => {
    const before = runFolders();
    expect((await failureOf(call(bench, 'benchmark', parameters))).message).toMatch(message);
    expect(runFolders()).toEqual(before);
  });

  it.each([
    ['a model', { optimized_model: { path: mnistModel } }],
    ['a workspace', { workspace_path: mnistFolder }],
    ['a config', { config_path: join(mnistFolder, 'tuning.yaml') }],
    ['data', { dataset_path: join(mnistFolder, 'evaluation.yaml') }],
    [
      'a workload that leads out of the workspace',
      { id: '/../../..', input_model: { path: optimizedPath, mods: ['accuracy'] } },
    ],
  ])('is refused, or not looked for, where a server may not look: %s', async (noun, parameters) => {
    const access = restrictedAccess(place.path, []);
    await using server = await openBench(place.path, { access });
    const before = runFolders();
    const mods = ['accuracy'];
    const asked = call(server, 'benchmark', {
      ...{ ...models, id: 'x', input_model: { path: inputPath, mods }, workspace_path: place.path, ...parameters },
    });
    const message = noun.startsWith('a workload')
      ? /none was found for these models/
      : /^Access to .* is not allowed\.$/;
    expect((await failureOf(asked)).message).toMatch(message);
    expect(runFolders()).toEqual(before);
  });

  it('leaves nothing behind when it cannot be put into the queue', async () => {
    await using broken = await openBench(place.path, { queueEntryPath: join(place.path, 'gone.js') });
    const before = runFolders();
    expect((await failureOf(call(broken, 'benchmark', { ...models, id: 'x' }))).message).toContain('gone.js');
    expect(runFolders()).toEqual(before);
  });
});
