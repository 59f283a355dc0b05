// A bench folder with a queue for tests: real processes of the queue and of jobs, which do as the test says.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect } from 'vitest';
import { readLines } from '../../src/files/appendLog';
import { readRunSummary } from '../../src/files/runLog';
import { openRunQueue } from '../../src/jobs/openRunQueue';
import type { RunQueueOptions } from '../../src/jobs/openRunQueue';
import type { RunNews, RunQueue, RunRequest } from '../../src/jobs/runQueue';
import type { RunSummary } from '../../src/protocol/runs';
import type { FinishOrder } from '../fixtures/processes/finishOrder';
import { testSpec } from '../fixtures/processes/testSpec';
import type { TestAction, TestSpec } from '../fixtures/processes/testSpec';
import { queueBundles } from '../processes/bundle';
import { temporaryFolder } from './temporaryFolder';

/** A line of finished.jsonl: what finishRun was called with. */
export interface Finished {
  readonly name: string;
  readonly state: string;
  readonly pid: number;
}

type Fields = Partial<Omit<TestSpec, 'action'>> & { readonly id?: number; readonly name?: string };

export class QueueBench {
  readonly folder: string;
  private runs = 0;

  constructor(
    readonly workspace: string,
    readonly programs: RunQueueOptions,
  ) {
    this.folder = join(workspace, '.compressor-bench');
    mkdirSync(this.folder, { recursive: true });
  }

  open(): Promise<RunQueue> {
    return openRunQueue(this.folder, this.programs);
  }

  /** A request for a new run; its subject's id is one that no other has, unless told. */
  request(action: TestAction, { id, name, ...fields }: Fields = {}): RunRequest {
    const number = ++this.runs;
    const folder = join(this.folder, 'runs', name ?? `run-${String(number).padStart(3, '0')}`);
    mkdirSync(folder, { recursive: true });
    const subject = { kind: 'test', id: id ?? number };
    return { folder, spec: testSpec(action, fields), subject, requestId: `request-${number}` };
  }

  /** Says what finishRun is to do from now on. */
  order(order: FinishOrder): void {
    writeFileSync(join(this.workspace, 'finish.json'), JSON.stringify(order));
  }

  get finished(): Finished[] {
    return readLines(join(this.workspace, 'finished.jsonl')) as Finished[];
  }

  /** States in the record of a run, in order. */
  states(folder: string): string[] {
    return (readLines(join(folder, 'run.jsonl')) as { state: string }[]).map(({ state }) => state);
  }

  summary(folder: string): RunSummary {
    const summary = readRunSummary(folder);
    if (summary === undefined) throw new Error(`no run in ${folder}`);
    return summary;
  }

  summaryOrNone(folder: string): RunSummary | undefined {
    return readRunSummary(folder);
  }

  events(folder: string): { type: string }[] {
    return readLines(join(folder, 'events.jsonl')) as { type: string }[];
  }

  /** Files in the queue's folder. */
  get queueFiles(): string[] {
    const path = join(this.folder, 'queue');
    return existsSync(path) ? readdirSync(path).sort() : [];
  }

  /** Process that holds the queue. */
  async queuePid(): Promise<number> {
    const claim = await found(() => this.queueFiles.find((name) => name.startsWith('writer-')));
    return (JSON.parse(readFileSync(join(this.folder, 'queue', claim), 'utf8')) as { pid: number }).pid;
  }

  /** Process of the job in a run's folder, when it has begun to work. */
  async jobPid(folder: string): Promise<number> {
    await until(() => this.events(folder).some(({ type }) => type === 'progress' || type === 'activity'));
    return (JSON.parse(readFileSync(join(folder, 'process.json'), 'utf8')) as { pid: number }).pid;
  }
}

/** Benches for the tests of one file; after each test no process may be left. */
export function queueBenches(entries: { readonly queue?: string; readonly job?: string } = {}): () => QueueBench {
  const programs = queueBundles({
    queue: 'test/fixtures/processes/testQueue.ts',
    job: 'test/fixtures/processes/testJob.ts',
    ...entries,
  });
  const place = temporaryFolder();
  afterEach(async () => {
    await until(() => processesNaming(place.path).length === 0, 15_000).catch(() => undefined);
    expect(processesNaming(place.path)).toEqual([]);
  });
  return () => new QueueBench(place.fresh(), programs);
}

/** News of a queue as they come, in words: `run-001 queued`; progress is left out. */
export function newsOf(queue: RunQueue): { readonly all: RunNews[]; readonly words: () => string[] } {
  const all: RunNews[] = [];
  queue.watch((news) => all.push(news));
  return { all, words: () => all.filter(({ type }) => type !== 'progress').map(wordsOf) };
}

export function wordsOf({ run, type }: RunNews): string {
  return `${run.name} ${type === 'ended' ? run.state : type}`;
}

export async function until(condition: () => boolean, limitMs = 15_000): Promise<void> {
  await found(() => (condition() ? true : undefined), limitMs);
}

export async function found<Value>(look: () => Value | undefined, limitMs = 15_000): Promise<Value> {
  const deadlineMs = performance.now() + limitMs;
  for (;;) {
    const value = look();
    if (value !== undefined) return value;
    if (performance.now() > deadlineMs) throw new Error(`waited in vain: ${String(look)}`);
    await sleep(10);
  }
}

/** Command lines of all processes that name a folder. */
export function processesNaming(folder: string): string[] {
  return execFileSync('ps', ['-eo', 'pid,stat,args', '-ww'])
    .toString()
    .split('\n')
    .filter((line) => line.includes(folder) && !line.includes('ps -eo'));
}
