// Optimizations run as clients run them: through bench, queue and job processes, on the bundled digits.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Bench } from '../../src/bench/bench';
import type { BenchMessage } from '../../src/bench/operation';
import { openBench } from '../../src/bench/openBench';
import { sha256OfFile } from '../../src/files/fileHash';
import { jsonOf, commandLine } from '../cli/commandLine';
import { queueBundles } from '../processes/bundle';
import { call, callFile, follow } from '../support/benchCalls';
import type { Answer, Followed } from '../support/benchCalls';
import { failureOf } from '../support/failureOf';
import { copyDigits, mnistProject } from '../support/mnistBench';
import type { MnistProject } from '../support/mnistBench';
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

/** Size does not depend on the clock: each of these runs ends with the same model. */
async function added(more: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const { optimization_id: id } = await call(bench, 'optimization/add', {
    project_id: project.projectId,
    name: 'My First Optimization!',
    dataset_id: project.datasetId,
    optimization_type_id: 1,
    precision_id: 3,
    sampling_size: 10,
    objective: 'modelsize',
    exit_policy: { max_trials: 2 },
    ...more,
  });
  await shorten(Number(id));
  return Number(id);
}

/** A person edits config.yaml so that a run takes seconds: fewer digits, fewer timed runs, and none to compare speeds. */
async function shorten(id: number): Promise<void> {
  const path = String((await details(id))['config_path']);
  const config = parse(readFileSync(path, 'utf8')) as { evaluation: { accuracy: object }; tuning: object };
  const accuracy = { ...config.evaluation.accuracy, iteration: 60 };
  const evaluation = { accuracy, performance: { warmup: 0, iteration: 6 } };
  writeFileSync(path, stringify({ ...config, evaluation, tuning: { ...config.tuning, objective: 'modelsize' } }));
}

function details(id: number): Promise<Answer> {
  return call(bench, 'optimization', { id });
}

function execute(id: number, onMessage?: (message: BenchMessage) => void): Promise<Followed> {
  const parameters = { request_id: `request ${++requests}`, optimization_id: id };
  return follow(bench, 'optimization/execute', parameters, onMessage);
}

/** The folder of the newest run. */
async function runFolder(id: number): Promise<string> {
  const [run] = await bench.store.runs('optimization', id);
  if (run === undefined) throw new Error('it never ran');
  return run.folder;
}

describe('an optimization that is run', () => {
  let id: number;
  let first: Followed;

  beforeAll(async () => {
    id = await added();
    first = await execute(id);
  });

  it('tells of its start, of each trial and of its end', async () => {
    expect(first.messages.map(({ subject, status }) => `${subject} ${status}`)).toEqual([
      'optimization_start success',
      ...first.messages.slice(1, -1).map(() => 'tuning_history success'),
      'optimization_finish success',
    ]);
    const [start, given, ...trials] = first.messages.slice(0, -1);
    expect(start?.data).toMatchObject({
      message: 'started',
      request_id: 'request 1',
      size_input_model: 0.704,
      config_path: (await details(id))['config_path'],
      output_path: join(await runFolder(id), 'output.log'),
    });
    expect(given?.data).toMatchObject({
      request_id: 'request 1',
      optimization_id: id,
      accuracy_criterion_type: 'relative',
      accuracy_criterion_value: 0.1,
      last_tune_accuracy: null,
      best_tune_accuracy: null,
      history: [],
    });
    const [baseline] = given?.data['baseline_accuracy'] as number[];
    expect(given?.data['minimal_accuracy']).toBeCloseTo((baseline ?? 0) * 0.9, 12);
    expect(trials.length).toBeGreaterThan(0);
    expect(trials.map(({ data }) => (data['history'] as unknown[]).length)).toEqual(
      trials.map((_, index) => index + 1),
    );
    expect(trials.at(-1)?.data['best_tune_accuracy']).not.toBeNull();
  });

  it('ends with everything that is known of it', async () => {
    const shown = await details(id);
    expect(first.last.data).toEqual({ request_id: 'request 1', ...shown });
    expect(shown).toMatchObject({ status: 'success', state: 'success', failure: null });
    expect(shown['log_path']).toBe(join(await runFolder(id), 'output.log'));
    expect(shown['duration']).toBeGreaterThan(0);
    expect(shown['last_run_at']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    const history = (shown['tuning_details'] as { tuning_history: Answer }).tuning_history;
    expect(history['id']).toBe(id);
    expect(history['best_tune_accuracy']).toHaveLength(1);
    const [seconds] = history['baseline_performance'] as number[];
    expect(seconds).toBeGreaterThan(0);
    const result = shown['result'] as Answer;
    expect(result['meets_goal']).toBe(true);
    expect(result['summary']).toMatch(/^Trial \d+ /);
  });

  it('makes a model of the project, which lies in the folder of its run', async () => {
    const model = (await details(id))['optimized_model'] as Answer;
    const path = join(await runFolder(id), 'model.onnx');
    expect(model).toMatchObject({
      name: 'my_first_optimization',
      path,
      sha256: await sha256OfFile(path),
      precision: { name: 'int8 static quantization' },
      framework: { name: 'ONNXRT' },
      domain: { name: 'Image Recognition' },
      input_nodes: ['input'],
      output_nodes: ['logits'],
    });
    expect(Number(model['size_bytes'])).toBeLessThan(300_000);
    const record = await bench.get('model', Number(model['id']));
    expect(record.path).not.toContain(place.path);
    expect(record.madeBy?.optimizationId).toBe(id);
  });

  it('is no longer edited', async () => {
    const failure = await failureOf(call(bench, 'optimization/edit', { id, tuning_details: { strategy: 'mse' } }));
    expect(failure.message).toBe('Can not modify optimization that has been run.');
  });

  it('can show what it printed', async () => {
    const { content, refreshS } = await callFile(bench, 'optimization/output.log', { id });
    const logPath = join(await runFolder(id), 'output.log');
    expect(content).toEqual({ path: logPath });
    expect(readFileSync(logPath, 'utf8')).toMatch(/running\n[^]*trial 0[^]*trial 1[^]*success\n$/);
    expect(refreshS).toBeUndefined();
  });

  it('replaces its model, with its benchmarks, when it is run again', async () => {
    const before = Number(((await details(id))['optimized_model'] as Answer)['id']);
    const benchmark = await bench.store.create('benchmark', {
      projectId: project.projectId,
      name: 'b',
      modelId: before,
      datasetId: project.datasetId,
      mode: 'accuracy',
      batchSize: 1,
      iterations: -1,
      warmupIterations: 1,
      coresPerInstance: 1,
      numberOfInstances: 1,
    });
    await call(bench, 'optimization/pin_accuracy_benchmark', { optimization_id: id, benchmark_id: benchmark.id });
    const { last } = await execute(id);
    expect(last).toMatchObject({ status: 'success', data: { accuracy_benchmark_id: null } });
    const after = Number((last.data['optimized_model'] as Answer)['id']);
    expect(after).not.toBe(before);
    expect(await bench.store.find('model', before)).toBeUndefined();
    expect(await bench.store.find('benchmark', benchmark.id)).toBeUndefined();
    expect(existsSync((last.data['optimized_model'] as Answer)['path'] as string)).toBe(true);
  });

  it('keeps its model when a later run fails', async () => {
    const before = await details(id);
    renameSync(digits, `${digits} away`);
    try {
      const { last, messages } = await execute(id);
      expect(messages.map(({ subject }) => subject)).toEqual(['optimization_start', 'optimization_finish']);
      expect(last).toMatchObject({
        status: 'failure',
        data: { id, project_id: project.projectId, state: 'error' },
      });
      expect(last.data['message']).toContain('not exist');
    } finally {
      renameSync(`${digits} away`, digits);
    }
    const after = await details(id);
    expect(after['failure']).toContain('not exist');
    expect(after).toMatchObject({
      status: 'error',
      optimized_model: before['optimized_model'],
      result: before['result'],
      tuning_details: before['tuning_details'],
    });
  });

  it('keeps what it had found when it is stopped', async () => {
    const other = await added({ exit_policy: { max_trials: 500 }, tuning_strategy: 'exhaustive' });
    const { last } = await execute(other, ({ subject, data }) => {
      if (subject === 'tuning_history' && data['best_tune_accuracy'] !== null) {
        void runFolder(other).then((folder) => bench.queue.cancel(folder));
      }
    });
    expect(last).toMatchObject({ status: 'failure', data: { id: other, state: 'cancelled' } });
    expect(last.data['message']).toMatch(/^The optimization was cancelled\./);
    const shown = await details(other);
    expect(shown).toMatchObject({ status: null, state: 'cancelled' });
    const isKept = String(last.data['message']).includes('is kept');
    expect(shown['optimized_model'] === null).toBe(!isKept);
  });

  it('is refused while it waits or runs, and stopped when it is deleted', async () => {
    const other = await added({ exit_policy: { max_trials: 500 }, tuning_strategy: 'exhaustive' });
    const refused: unknown[] = [];
    const again = async (): Promise<void> => {
      const parameters = { request_id: 'again', optimization_id: other };
      refused.push(await failureOf(call(bench, 'optimization/execute', parameters)));
      await call(bench, 'optimization/delete', { id: other, name: 'My First Optimization!' });
    };
    const { last } = await execute(other, ({ subject }) => {
      if (subject === 'optimization_start') void again();
    });
    expect(refused).toMatchObject([{ refusal: 'client-error' }]);
    expect(last.subject).toBe('optimization_finish');
    expect(last.status).not.toBe('success');
    await expect.poll(() => bench.store.find('optimization', other), { timeout: 20_000 }).toBeUndefined();
  });

  it('runs by hand from the same config', async () => {
    const [program, ...words] = String((await details(id))['execution_command']).split(' ');
    expect(program).toBe('compressor-bench');
    const result = jsonOf(await run([...words, '--json'], { cwd: resolve('/') }));
    expect(result['best']).toMatchObject({ meetsGoal: true });
    expect(String(result['runFolder'])).toContain(join(place.path, '.compressor-bench', 'runs'));
  });
});

describe('other types', () => {
  it.each([
    ['Graph optimization', 2, 1],
    ['Mixed precision', 3, 5],
  ])('%s tells no history, and shows its trials in the details', async (_name, type, precision) => {
    const id = await added({ optimization_type_id: type, precision_id: precision });
    const { messages, last } = await execute(id);
    expect(messages.map(({ subject }) => subject)).toEqual(['optimization_start', 'optimization_finish']);
    expect(last).toMatchObject({ status: 'success', data: { tuning_details: null } });
    expect((last.data['trials'] as unknown[]).length).toBeGreaterThan(0);
    const { optimized_model: model, result } = last.data as { optimized_model: Answer | null; result: Answer };
    // Whether it pays is for the machine to say; if not, the reasons are there.
    expect(model === null).toBe(result['best'] === null);
    expect(result['summary']).toEqual(expect.any(String));
  });
});

describe('what is not there', () => {
  it('is answered and told', async () => {
    const told: BenchMessage[] = [];
    const watching = bench.watch((message) => told.push(message));
    const failure = await failureOf(call(bench, 'optimization/execute', { request_id: 'x', optimization_id: 999 }));
    watching[Symbol.dispose]();
    expect(failure).toMatchObject({ refusal: 'not-found' });
    expect(told).toMatchObject([
      { subject: 'optimization_finish', status: 'error', data: { request_id: 'x', code: 404 } },
    ]);
  });
});
