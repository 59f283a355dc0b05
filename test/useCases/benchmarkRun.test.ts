// Benchmarks and profilings run as clients run them: through bench, queue and job processes, on the bundled digits.
import { copyFileSync, readFileSync, renameSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bench } from '../../src/bench/bench';
import { openBench } from '../../src/bench/openBench';
import { profilingCsvHeader } from '../../src/bench/profiling/profilingCsv';
import { commandLine, jsonOf } from '../cli/commandLine';
import { queueBundles } from '../processes/bundle';
import { call, callFile, follow } from '../support/benchCalls';
import type { Answer, Followed } from '../support/benchCalls';
import { failureOf } from '../support/failureOf';
import { copyDigits, mnistProject } from '../support/mnistBench';
import type { MnistProject } from '../support/mnistBench';
import { describeShared } from '../support/shared';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
const digits = join(place.path, 'digits');
let bench: Bench;
let project: MnistProject;
let requests = 0;
const run = commandLine();
const bundles = queueBundles();

beforeAll(async () => {
  copyDigits(digits);
  bench = await openBench(place.path, bundles);
  project = await mnistProject(bench, digits);
});
afterAll(() => bench[Symbol.asyncDispose]());

async function added(more: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const { benchmark_id: id } = await call(bench, 'benchmark/add', {
    project_id: project.projectId,
    name: 'Benchmark of input model',
    model_id: project.modelId,
    dataset_id: project.datasetId,
    ...more,
  });
  return Number(id);
}

function execute(id: number): Promise<Followed> {
  return follow(bench, 'benchmark/execute', { request_id: `request ${++requests}`, benchmark_id: id });
}

function subjects({ messages }: Followed): string[] {
  return messages.map(({ subject, status }) => `${subject} ${status}`);
}

/** Runs the command line that is shown with a thing, and gives its result. */
async function byHand(shown: Readonly<Record<string, unknown>>): Promise<Answer> {
  const [program, ...words] = String(shown['execution_command']).split(' ');
  expect(program).toBe('compressor-bench');
  return jsonOf(await run([...words, '--json'], { cwd: resolve('/') }));
}

describe('a benchmark of performance', () => {
  let id: number;
  let first: Followed;

  beforeAll(async () => {
    id = await added({ batch_size: 50, warmup_iterations: 1 });
    first = await execute(id);
  });

  it('tells of its start and of its end with the whole benchmark', async () => {
    expect(subjects(first)).toEqual(['benchmark_start success', 'benchmark_finish success']);
    const shown = await call(bench, 'benchmark', { id });
    expect(first.messages[0]?.data).toMatchObject({
      message: 'started',
      request_id: 'request 1',
      config_path: shown['config_path'],
      output_path: shown['log_path'],
    });
    expect(first.last.data).toEqual({ request_id: 'request 1', ...shown });
  });

  it('measures samples a second on all of the data, with what the figure is worth', async () => {
    const { result, status, state, duration, mode } = await call(bench, 'benchmark', { id });
    expect({ status, state, mode }).toEqual({ status: 'success', state: 'success', mode: 'performance' });
    expect(duration).toBeGreaterThan(0);
    expect(result).toMatchObject({
      benchmark_id: id,
      id,
      accuracy: null,
      performance: expect.any(Number) as number,
      performance_unit: 'samples/s',
      // 1,000 digits in batches of 50, in each of the instances.
      samples: 20 * Math.max(1, Math.floor(availableParallelism() / Math.min(4, availableParallelism()))),
      machine: { engineVersion: '1.30.0' },
      settings: { data: 'dataset', batchSize: 50 },
    });
    const { latency_ms: latency, performance } = result as { latency_ms: Record<string, number>; performance: number };
    expect(performance).toBeGreaterThan(0);
    expect(latency['median']).toBeLessThanOrEqual(latency['p99'] ?? 0);
    // One run takes a batch of 50.
    expect(result).toMatchObject({
      latency_ms_per_sample: (latency['median'] ?? NaN) / 50,
      runs: (result as { samples: number }).samples,
    });
  });

  it('names a command line that does the same', async () => {
    const shown = await call(bench, 'benchmark', { id });
    const { results, settings } = await byHand(shown);
    const result = shown['result'] as Answer;
    expect(settings).toEqual(result['settings']);
    expect((results as Answer[])[0]).toMatchObject({ samples: result['samples'], modelSha256: result['model_sha256'] });
  });

  it('cannot be edited any more', async () => {
    const failure = await failureOf(call(bench, 'benchmark/edit', { id, batch_size: 2 }));
    expect(failure.message).toBe('Can not modify benchmark that has been run.');
  });

  it('shows the output of its newest run', async () => {
    const answer = await callFile(bench, 'benchmark/output.log', { id });
    expect(answer).toEqual({
      contentType: 'text/plain; charset=utf-8',
      content: { path: (await call(bench, 'benchmark', { id }))['log_path'] },
    });
  });
});

describe('a benchmark of accuracy', () => {
  it('keeps the figure as it was measured, with its metric and unit', async () => {
    const id = await added({ mode: 'accuracy', batch_size: 20, iterations: 5 });
    const { last } = await execute(id);
    expect(last.data['result']).toMatchObject({
      accuracy: expect.closeTo(1, 1) as number,
      accuracy_metric: 'topk',
      accuracy_unit: 'fraction',
      is_random_data: false,
      higher_is_better: true,
      performance: null,
      samples: 100,
    });
    expect(await byHand(last.data)).toMatchObject({ metric: 'topk', samples: 100 });
  });

  it('compares with the input model where the metric asks for it, and does not call other figures fractions', async () => {
    const { dataset_id: datasetId } = await call(bench, 'dataset/add', {
      project_id: project.projectId,
      name: 'compared',
      dataset_path: digits,
      dataloader: { name: 'MNIST', params: { root: '', train: false } },
      transform: [
        { name: 'Rescale', params: {} },
        { name: 'Normalize', params: { mean: [0.1307], std: [0.3081] } },
        { name: 'Transpose', params: { perm: [2, 0, 1] } },
      ],
      metric: 'MSE',
      metric_param: { compare_label: false },
    });
    const id = await added({ dataset_id: datasetId, mode: 'accuracy', batch_size: 10, iterations: 2 });
    const { last } = await execute(id);
    expect(last.data['result']).toMatchObject({
      accuracy: 0,
      accuracy_metric: 'MSE',
      accuracy_unit: 'raw',
      higher_is_better: false,
      samples: 20,
    });
    expect(await byHand(last.data)).toMatchObject({ metric: 'MSE', value: 0, samples: 20 });
  });
});

describe('a benchmark that fails', () => {
  it('says why, in one message', async () => {
    const id = await added({ batch_size: 1001, name: 'too large' });
    const first = await execute(id);
    expect(subjects(first)).toEqual(['benchmark_start success', 'benchmark_finish error']);
    expect(first.last.data).toMatchObject({
      message: 'Failure',
      code: 404,
      request_id: `request ${requests}`,
      reason: expect.stringContaining('fewer than 1001 samples') as string,
    });
    expect(await call(bench, 'benchmark', { id })).toMatchObject({ status: 'error', state: 'error', result: null });
  });
});

describe('a benchmark that is run again', () => {
  it('keeps its result when that fails', async () => {
    const id = await added({ batch_size: 50, warmup_iterations: 0, iterations: 2, name: 'again' });
    const first = (await execute(id)).last.data['result'];
    const hidden = `${digits}-away`;
    renameSync(digits, hidden);
    try {
      expect(subjects(await execute(id)).at(-1)).toBe('benchmark_finish error');
    } finally {
      renameSync(hidden, digits);
    }
    expect(await call(bench, 'benchmark', { id })).toMatchObject({
      status: 'error',
      failure: expect.stringContaining('mnist_resnet.onnx') as string,
      result: first,
    });
  });
});

describe('a benchmark that is stopped', () => {
  const endless = { batch_size: 1, iterations: 1_000_000_000, number_of_instance: 1 };

  /** Starts it and resolves when its run has begun; `last` resolves with its end. */
  async function begun(id: number): Promise<{ readonly last: Promise<Followed> }> {
    let begin: () => void = () => undefined;
    const beginning = new Promise<void>((resolve) => (begin = resolve));
    const last = follow(bench, 'benchmark/execute', { request_id: `stop ${id}`, benchmark_id: id }, () => begin());
    await beginning;
    return { last };
  }

  it('was never run: it can be edited and run again', async () => {
    const id = await added({ ...endless, name: 'stopped' });
    const { last } = await begun(id);
    const again = await failureOf(call(bench, 'benchmark/execute', { request_id: 'second', benchmark_id: id }));
    expect(again.message).toBe(`The benchmark ${id} waits in the queue or runs already.`);
    expect(await call(bench, 'benchmark', { id })).toMatchObject({ status: 'wip', state: 'running' });
    expect(await callFile(bench, 'benchmark/output.log', { id })).toMatchObject({ refreshS: 3 });
    const [run] = await bench.store.runs('benchmark', id);
    expect(await bench.queue.cancel(run?.folder ?? '')).toBe(true);
    expect((await last).last).toMatchObject({
      status: 'error',
      data: { message: 'Failure', state: 'cancelled', reason: 'The run was cancelled.' },
    });
    expect(await call(bench, 'benchmark', { id })).toMatchObject({ status: null, state: 'cancelled', result: null });
    expect(await call(bench, 'benchmark/edit', { id, batch_size: 3 })).toEqual({ id, batch_size: 3 });
  });

  it('goes when it is deleted', async () => {
    const id = await added({ ...endless, name: 'deleted' });
    const { last } = await begun(id);
    expect(await call(bench, 'benchmark/delete', { id, name: 'deleted' })).toEqual({ id });
    expect((await last).last.data).toMatchObject({ message: 'Failure', request_id: `stop ${id}` });
    expect(await bench.queue.list()).toEqual([]);
  });
});

describe('a profiling', () => {
  let id: number;
  let first: Followed;

  beforeAll(async () => {
    const { profiling_id: added } = await call(bench, 'profiling/add', {
      project_id: project.projectId,
      name: 'Where does it go?',
      model_id: project.modelId,
      dataset_id: project.datasetId,
      num_threads: 1,
    });
    id = Number(added);
    const failure = await failureOf(callFile(bench, 'profiling/results/csv', { id }));
    expect(failure.message).toContain('has no results');
    first = await follow(bench, 'profiling/execute', { request_id: 'profile it', profiling_id: id });
  });

  it('tells of its start and of its end with the results', async () => {
    expect(subjects(first)).toEqual(['profiling_start success', 'profiling_finish success']);
    const shown = await call(bench, 'profiling', { id });
    expect(first.messages[0]?.data).toMatchObject({ message: 'started', output_path: shown['log_path'] });
    expect(first.last.data).toEqual({ request_id: 'profile it', ...shown });
  });

  it('has a row for each operator type, times in microseconds, and a row for each node', async () => {
    const { results, nodes, runs, warmup_runs, created_at } = await call(bench, 'profiling', { id });
    expect({ runs, warmup_runs }).toEqual({ runs: 11, warmup_runs: 10 });
    const rows = results as Answer[];
    const times = rows.map((row) => Number(row['total_execution_time']));
    expect(times).toEqual([...times].sort((a, b) => b - a));
    expect(new Set(rows.map((row) => row['id'])).size).toBe(rows.length);
    expect(rows.find((row) => row['node_name'] === 'FusedConv' || row['node_name'] === 'Conv')).toMatchObject({
      profiling_id: id,
      accelerator_execution_time: 0,
    });
    for (const row of rows) {
      expect(row['cpu_execution_time']).toBe(row['total_execution_time']);
      expect(Number(row['op_run'])).toBe(11 * Number(row['op_defined']));
      expect(String(row['created_at']) >= String(created_at)).toBe(true);
    }
    const provider = 'CPUExecutionProvider';
    expect((nodes as Answer[]).every((node) => node['provider'] === provider)).toBe(true);
  });

  it('names a command line that does the same', async () => {
    const shown = await call(bench, 'profiling', { id });
    expect(await byHand(shown)).toMatchObject({ runs: 11, warmupRuns: 10, data: 'dataset', trace: null });
  });

  it('is saved as CSV with the columns that clients expect, and as a record for trace viewers', async () => {
    const csv = await callFile(bench, 'profiling/results/csv', { id });
    if (!('text' in csv.content)) throw new Error('the CSV is no text');
    const [header, ...lines] = csv.content.text.trimEnd().split('\n');
    const { results } = await call(bench, 'profiling', { id });
    expect(header).toBe(profilingCsvHeader);
    expect(lines).toHaveLength((results as unknown[]).length);
    expect(csv.attachmentName).toBe('where_does_it_go.csv');
    const trace = await callFile(bench, 'profiling/trace', { id });
    if (!('path' in trace.content)) throw new Error('the record is no file');
    expect(JSON.parse(readFileSync(trace.content.path, 'utf8'))).toContainEqual(
      expect.objectContaining({ cat: 'Node' }),
    );
  });
});

describeShared('a model whose inputs do not share a batch axis', (shared) => {
  it('is profiled and measured on the random data of its project, with a warning', async () => {
    const path = join(place.path, 'voice.onnx');
    copyFileSync(join(shared, 'data/models/silero_vad.onnx'), path);
    const { project_id, model_id, dataset_id } = await call(bench, 'project/create', {
      name: 'Voice',
      model: {
        ...{ path, input_nodes: 'input,state,sr', output_nodes: 'output,stateN', domain: '' },
        shape: '[512],[1,128],[]',
      },
    });
    const request = { project_id, name: 'voice', model_id, dataset_id };
    const { profiling_id } = await call(bench, 'profiling/add', { ...request, num_threads: 1 });
    const profiled = await follow(bench, 'profiling/execute', { request_id: 'voice', profiling_id });
    const note = expect.stringContaining('inputs were made up from the shapes that it declares') as string;
    expect(profiled.last).toMatchObject({
      status: 'success',
      data: { warnings: expect.arrayContaining([note]) as [] },
    });
    const { last } = await execute(await added({ ...request, batch_size: 4, number_of_instance: 1 }));
    expect(last).toMatchObject({
      status: 'success',
      data: { result: { warnings: expect.arrayContaining([note]) as [] } },
    });
  });
});
