// A client written from the API's document alone: a project from an example, tuned, benchmarked, pinned, profiled.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import { temporaryFolder } from '../support/temporaryFolder';
import type { ServedBench } from './servedBench';
import { servedBenches } from './servedBench';

type Json = Readonly<Record<string, unknown>>;

const place = temporaryFolder();
const serve = servedBenches();

/** What the document says a client does: post JSON, wait for a subject with its request id. */
class Client {
  readonly subjects: string[] = [];
  private requests = 0;
  private readonly socket: Socket;

  constructor(private readonly base: string) {
    // As the page of INC Bench connects: polling first, then a websocket.
    this.socket = io(base);
    this.socket.onAny((subject: string) => this.subjects.push(subject));
  }

  async connected(): Promise<void> {
    if (!this.socket.connected) await new Promise<void>((resolve) => this.socket.once('connect', resolve));
  }

  async get(path: string, query: Readonly<Record<string, string | number>> = {}): Promise<Json> {
    const search = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) search.set(key, String(value));
    const response = await fetch(`${this.base}/api/${path}?${search.toString()}`);
    return (await response.json()) as Json;
  }

  async post(path: string, body: object): Promise<Json> {
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(`${this.base}/api/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${text}`);
    return JSON.parse(text) as Json;
  }

  /** Starts a long action and gives the data of its last message. */
  async run(path: string, body: object, lastSubject: string): Promise<Json> {
    const request_id = `request ${++this.requests}`;
    const finished = new Promise<Json>((resolve, reject) => {
      const listener = ({ status, data }: { readonly status: string; readonly data: Json }): void => {
        if (data['request_id'] !== request_id) return;
        this.socket.off(lastSubject, listener);
        if (status === 'success') resolve(data);
        else reject(new Error(`${path}: ${JSON.stringify(data)}`));
      };
      this.socket.on(lastSubject, listener);
    });
    expect(await this.post(path, { request_id, ...body })).toEqual({ exit_code: 102, message: 'processing' });
    return finished;
  }

  close(): void {
    this.socket.close();
  }
}

describe('a client written from the document', () => {
  let bench: ServedBench;
  let client: Client;
  let made: Json = {};
  let optimized: Json = {};
  const benchmarks = new Map<string, Json>();
  beforeAll(async () => {
    bench = await serve(place.path);
    client = new Client(bench.base);
    await client.connected();
  });
  afterAll(() => client.close());

  it('creates a project from an example', async () => {
    const examples = (await client.get('examples/list')) as unknown as readonly Json[];
    const example = examples.find(({ domain }) => domain === 'Image Recognition') ?? {};
    const { domain, framework, model } = example;
    made = await client.run(
      'examples/add',
      { name: 'My first project', framework, domain, model, progress_steps: 4 },
      'create_example_project_finish',
    );
    expect(await client.get('project', { id: Number(made['project_id']) })).toMatchObject({ name: 'My first project' });
  });

  it('tunes it', { timeout: 240_000 }, async () => {
    const tuning_details = {
      strategy: 'basic',
      multi_objectives: 'modelsize',
      accuracy_criterion_type: 'relative',
      accuracy_criterion_threshold: 0.1,
      exit_policy: { timeout: 0, max_trials: 2 },
    };
    await client.post('optimization/edit', { id: made['optimization_id'], tuning_details });
    const finished = await client.run(
      'optimization/execute',
      { optimization_id: made['optimization_id'] },
      'optimization_finish',
    );
    expect(finished['status']).toBe('success');
    optimized = finished['optimized_model'] as Json;
    expect(Number(optimized['size'])).toBeLessThan(0.5);
    expect(client.subjects.filter((subject) => subject === 'tuning_history').length).toBeGreaterThan(0);
  });

  it.each([
    ['input', 'performance'],
    ['input', 'accuracy'],
    ['optimized', 'performance'],
    ['optimized', 'accuracy'],
  ])('benchmarks the %s model: %s', { timeout: 120_000 }, async (which, mode) => {
    const { benchmark_id } = await client.post('benchmark/add', {
      name: `${mode} of the ${which} model`,
      project_id: made['project_id'],
      model_id: which === 'input' ? made['model_id'] : optimized['id'],
      dataset_id: made['dataset_id'],
      mode,
      batch_size: 10,
      iterations: 20,
      warmup_iterations: 5,
      number_of_instance: 1,
      cores_per_instance: 1,
    });
    const finished = await client.run('benchmark/execute', { benchmark_id }, 'benchmark_finish');
    const result = finished['result'] as Json;
    expect(result[mode]).toBeGreaterThan(mode === 'accuracy' ? 0.9 : 0);
    expect(result[mode === 'accuracy' ? 'performance' : 'accuracy']).toBeNull();
    benchmarks.set(`${which} ${mode}`, finished);
  });

  it('pins the results', async () => {
    for (const mode of ['accuracy', 'performance']) {
      const benchmark_id = benchmarks.get(`optimized ${mode}`)?.['id'];
      const request = { optimization_id: made['optimization_id'], benchmark_id };
      expect(await client.post(`optimization/pin_${mode}_benchmark`, request)).toEqual({
        id: made['optimization_id'],
        [`${mode}_benchmark_id`]: benchmark_id,
      });
      const wrong = { ...request, benchmark_id: benchmarks.get(`input ${mode}`)?.['id'] };
      await expect(client.post(`optimization/pin_${mode}_benchmark`, wrong)).rejects.toThrow(
        'Benchmark model does not come from specified optimization.',
      );
    }
  });

  it('profiles the optimized model and downloads the table', { timeout: 120_000 }, async () => {
    const { profiling_id } = await client.post('profiling/add', {
      name: 'Where the time goes',
      project_id: made['project_id'],
      model_id: optimized['id'],
      dataset_id: made['dataset_id'],
      num_threads: 1,
    });
    const finished = await client.run('profiling/execute', { profiling_id }, 'profiling_finish');
    const results = finished['results'] as readonly Json[];
    const response = await fetch(`${bench.base}/api/profiling/results/csv?id=${String(profiling_id)}`);
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="/);
    const [header, ...rows] = (await response.text()).trimEnd().split(/\r?\n/);
    expect(header).toBe(
      'node_name,total_execution_time,accelerator_execution_time,cpu_execution_time,op_run,op_defined',
    );
    expect(rows.map((row) => row.split(',')[0])).toEqual(results.map(({ node_name }) => node_name));
  });

  it('finds all of it again after the server was stopped and started', async () => {
    await bench.stop();
    const again = await serve(place.path);
    const { optimizations } = await again.get('optimization/list', { project_id: made['project_id'] });
    expect(optimizations).toMatchObject([
      {
        status: 'success',
        optimized_model: { id: optimized['id'] },
        accuracy_benchmark_id: benchmarks.get('optimized accuracy')?.['id'],
        performance_benchmark_id: benchmarks.get('optimized performance')?.['id'],
      },
    ]);
  });
});
