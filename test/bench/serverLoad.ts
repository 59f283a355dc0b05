// How fast the server answers 50 clients while a job runs, and what it costs when nobody asks.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { mnistExample } from '../../src/bench/example/examples';
import { openStore } from '../../src/store/openStore';
import { root } from './commands';
import { megabytes, milliseconds, printTable, verdict } from './tables';

const projects = 1_000;
const clients = 50;
const measuredMs = 10_000;
const goals = { p99Ms: 100, idleBytes: 110e6 };

interface Served extends AsyncDisposable {
  readonly api: string;
  readonly pid: number;
}

/** p50 and p99 of `project/list` on a bench of 1,000 projects under 50 clients that keep their connections. */
export async function benchServerLoad(): Promise<void> {
  const workspace = mkdtempSync(join(tmpdir(), 'bench-server-'));
  try {
    await fill(workspace);
    await using served = await serve(workspace);
    const quiet = await load(served.api);
    const job = await startJob(served.api);
    const busy = await load(served.api);
    const isStillRunning = (await stateOf(served.api, job)) === 'running';
    printTable(
      `project/list of ${projects} projects, ${clients} clients${isStillRunning ? '' : ' (THE JOB DID NOT LAST)'}`,
      ['', 'answers', 'p50', 'p99', 'goal', ''],
      [
        ['no job', ...rowOf(quiet), '', ''],
        ['a job runs', ...rowOf(busy), `<= ${goals.p99Ms} ms`, verdict(quantile(busy, 0.99), goals.p99Ms)],
      ],
    );
    await ask(`${served.api}/project/delete`, { id: job.projectId, name: job.name });
  } finally {
    rmSync(workspace, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Resident memory of a server that has answered a few questions and has nothing to do. */
export async function benchServerIdle(): Promise<void> {
  const workspace = mkdtempSync(join(tmpdir(), 'bench-idle-'));
  try {
    const rows: string[][] = [];
    for (const [what, count] of [
      ['empty bench', 0],
      [`${projects} projects`, projects],
    ] as const) {
      if (count > 0) await fill(workspace, count);
      await using served = await serve(workspace);
      await ask(`${served.api}/project/list`);
      await new Promise((later) => setTimeout(later, 3_000));
      const idle = residentBytes(served.pid);
      rows.push([what, megabytes(idle), `< ${megabytes(goals.idleBytes)}`, verdict(idle, goals.idleBytes)]);
    }
    printTable('Resident memory of an idle server', ['', 'memory', 'goal', ''], rows);
  } finally {
    rmSync(workspace, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function fill(workspace: string, count = projects): Promise<void> {
  await using store = await openStore(workspace);
  for (let index = 0; index < count; index++)
    await store.create('project', { name: `Project ${index}`, uuid: crypto.randomUUID(), notes: null });
}

/** The product's own command, as a user starts it. */
async function serve(workspace: string): Promise<Served> {
  const words = [
    join(root, 'dist/cli.js'),
    'serve',
    '--json',
    '--port',
    '0',
    '--token',
    'none',
    '--workspace',
    workspace,
    '--allow',
    join(root, 'media/examples'),
  ];
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'ignore'] });
  const { api, pid } = JSON.parse(await firstLine(child)) as { api: string; pid: number };
  return {
    api,
    pid,
    [Symbol.asyncDispose]: async () => {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the server has no output');
  for await (const line of createInterface({ input: stdout })) return line;
  throw new Error('the server ended at once');
}

interface Job {
  readonly projectId: number;
  readonly name: string;
  readonly optimizationId: number;
}

/** A tuning of the bundled example that lasts longer than the measurement: random trials without an end. */
async function startJob(api: string): Promise<Job> {
  const name = 'With a job';
  const model = { path: mnistExample().modelPath, input_nodes: 'input', output_nodes: 'logits', domain: '' };
  const made = (await ask(`${api}/project/create`, { name, model: { ...model, shape: '1,28,28' } })) as {
    project_id: number;
    dataset_id: number;
  };
  const { project_id, dataset_id } = made;
  const added = (await ask(`${api}/optimization/add`, {
    ...{ name: 'long', project_id, dataset_id, precision_id: 2, optimization_type_id: 1, batch_size: 1 },
    ...{ tuning_strategy: 'random', exit_policy: { timeout: 3600, max_trials: 100_000 } },
  })) as { optimization_id: number };
  const job = { projectId: project_id, name, optimizationId: added.optimization_id };
  await ask(`${api}/optimization/execute`, { request_id: 'load', optimization_id: job.optimizationId });
  while ((await stateOf(api, job)) !== 'running') await new Promise((later) => setTimeout(later, 100));
  return job;
}

async function stateOf(api: string, { optimizationId }: Job): Promise<unknown> {
  return ((await ask(`${api}/optimization`, { id: optimizationId })) as { state?: unknown }).state;
}

/** How long each answer took, in milliseconds, asked by all clients for a while without a pause. */
async function load(api: string): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const took: number[] = [];
  const until = performance.now() + measuredMs;
  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      const began = performance.now();
      await get(`${api}/project/list`, agent);
      took.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return took.sort((a, b) => a - b);
}

/** Takes the whole answer without looking at it. */
function get(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode ?? 0}`));
      response.resume().once('end', resolve).once('error', reject);
    });
    asked.once('error', reject).end();
  });
}

async function ask(url: string, parameters: object = {}): Promise<unknown> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(parameters) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
  return JSON.parse(text) as unknown;
}

function rowOf(took: readonly number[]): string[] {
  return [String(took.length), milliseconds(quantile(took, 0.5)), milliseconds(quantile(took, 0.99))];
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? NaN) * 1024;
}
