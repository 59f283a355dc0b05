// Several processes at one queue: who puts runs in, who watches, who works.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { queueCommand } from '../../src/jobs/queue/queueProcess';
import type { RunRequest } from '../../src/jobs/runQueue';
import { startDetached } from '../../src/processes/detachedProcess';
import type { DoorMessage, DoorOrder } from '../fixtures/processes/testDoor';
import { jobBundle } from '../processes/bundle';
import { newsOf, queueBenches, until, wordsOf } from '../support/queueBench';
import type { QueueBench } from '../support/queueBench';

const newBench = queueBenches();
const doorBundle = jobBundle('test/fixtures/processes/testDoor.ts');

interface Door {
  readonly child: ChildProcess;
  readonly messages: DoorMessage[];
  readonly words: () => string[];
  readonly gone: Promise<unknown>;
}

/** Opens doors, each with its runs; they begin when all of them watch. */
async function openDoors(
  bench: QueueBench,
  requests: readonly (readonly RunRequest[])[],
  until_: DoorOrder['until'],
): Promise<Door[]> {
  const doors = requests.map((own) => openDoor(bench, own, until_));
  for (const { messages } of doors) await until(() => messages.some(({ type }) => type === 'ready'));
  for (const { child } of doors) child.send('begin');
  return doors;
}

const openedDoors: ChildProcess[] = [];
afterEach(() => openedDoors.splice(0).map((child) => child.kill('SIGKILL')));

function openDoor(bench: QueueBench, requests: readonly RunRequest[], until_: DoorOrder['until']): Door {
  const order: DoorOrder = { benchFolder: bench.folder, programs: { ...bench.programs }, requests, until: until_ };
  const child = fork(doorBundle.entryPath, [JSON.stringify(order)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  openedDoors.push(child);
  const messages: DoorMessage[] = [];
  child.on('message', (message: DoorMessage) => messages.push(message));
  const words = (): string[] =>
    messages.flatMap((one) => (one.type === 'news' && one.news.type !== 'progress' ? [wordsOf(one.news)] : []));
  return { child, messages, words, gone: once(child, 'exit') };
}

/** The news of one run. */
const ofRun = (words: readonly string[], name: string): string[] =>
  words.filter((word) => word.startsWith(`${name} `)).map((word) => word.slice(name.length + 1));

describe('two doors', () => {
  it('share one order, run one job at a time, and are both told of everything once', async () => {
    const bench = newBench();
    const requests = Array.from({ length: 8 }, () => bench.request('answer'));
    const doors = await openDoors(
      bench,
      [0, 1].map((odd) => requests.filter((_, index) => index % 2 === odd)),
      'stays',
    );
    await until(() => requests.every(({ folder }) => bench.states(folder).at(-1) === 'success'), 30_000);
    const order = bench.finished.map(({ name }) => name);
    const asked = requests
      .map(({ folder }) => bench.summary(folder))
      .sort((a, b) => Date.parse(a.queuedAt) - Date.parse(b.queuedAt));
    // Of two that were put in within a moment either may be first; of one door the first is.
    for (const odd of [0, 1]) {
      const own = requests.filter((_, index) => index % 2 === odd).map(({ folder }) => bench.summary(folder).name);
      expect(order.filter((name) => own.includes(name))).toEqual(own);
    }
    expect([...order].sort()).toEqual(asked.map(({ name }) => name).sort());
    const spans = order.map((name) => bench.summary(join(bench.folder, 'runs', name)));
    for (const [index, { startedAt }] of spans.slice(1).entries()) {
      expect(Date.parse(startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(spans[index]?.endedAt ?? ''));
    }
    for (const door of doors) {
      await until(() => door.words().filter((word) => word.endsWith(' success')).length === 8);
      for (const name of order) expect(ofRun(door.words(), name)).toEqual(['queued', 'started', 'success']);
      expect(door.words().filter((word) => word.endsWith(' success'))).toEqual(order.map((name) => `${name} success`));
      door.child.kill('SIGKILL');
      await door.gone;
    }
  });

  it('one of which is killed: its runs go on, and the other is told', async () => {
    const bench = newBench();
    const requests = [bench.request('finish', { count: 800 }), bench.request('answer')];
    await using queue = await bench.open();
    const news = newsOf(queue);
    const [door] = (await openDoors(bench, [requests], 'stays')) as [Door];
    await until(() => door.messages.filter(({ type }) => type === 'queued').length === 2);
    door.child.kill('SIGKILL');
    await door.gone;
    await queue.ended(requests[1]?.folder ?? '');
    for (const name of ['run-001', 'run-002'])
      expect(ofRun(news.words(), name)).toEqual(['queued', 'started', 'success']);
  });

  it('that put a run in and leave at once have it run', async () => {
    const bench = newBench();
    const request = bench.request('answer');
    const [door] = (await openDoors(bench, [[request]], 'queued')) as [Door];
    await door.gone;
    await until(() => bench.states(request.folder).at(-1) === 'success');
  });

  it('a watcher that looks seldom misses nothing of short runs', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    const news = newsOf(queue);
    const requests = Array.from({ length: 5 }, () => bench.request('answer'));
    const [door] = (await openDoors(bench, [requests], 'ended')) as [Door];
    await until(() => bench.summaryOrNone(requests[0]?.folder ?? '') !== undefined);
    // Blocks this process while several runs come and go.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2_500);
    await door.gone;
    await queue.ended(requests[4]?.folder ?? '');
    for (const { folder } of requests) {
      expect(ofRun(news.words(), bench.summary(folder).name)).toEqual(['queued', 'started', 'success']);
    }
  });
});

describe('queue processes that are started at once', () => {
  it('leave one that works; every run is run once', async () => {
    const bench = newBench();
    const requests = Array.from({ length: 3 }, () => bench.request('answer'));
    const { queueEntryPath = '', jobEntryPath = '' } = bench.programs;
    await using queue = await bench.open();
    mkdirSync(join(bench.folder, 'queue'), { recursive: true });
    const command = queueCommand(queueEntryPath, { benchFolder: bench.folder, jobEntryPath });
    const exits = Array.from({ length: 6 }, () => startDetached(command));
    for (const request of requests) await queue.enqueue(request);
    for (const { folder } of requests) await queue.ended(folder);
    expect(await Promise.all(exits)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(bench.finished.map(({ name }) => name)).toEqual(['run-001', 'run-002', 'run-003']);
    expect(new Set(bench.finished.map(({ pid }) => pid)).size).toBe(1);
    for (const { folder } of requests) expect(bench.states(folder)).toEqual(['queued', 'running', 'success']);
    expect(bench.queueFiles.filter((name) => name.startsWith('writer-'))).toEqual([]);
  });
});
