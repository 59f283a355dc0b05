// The queue when processes are killed: no state lies, no run is lost, and what waits goes on.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { identityOf } from '../../src/jobs/queue/places';
import { newsOf, processesNaming, queueBenches, until } from '../support/queueBench';
import type { QueueBench } from '../support/queueBench';

const newBench = queueBenches();

const kill = (pid: number): void => void process.kill(pid, 'SIGKILL');
const killGroup = (pid: number): void => void process.kill(-pid, 'SIGKILL');

/** A bench in which a job runs and another waits; nobody has its queue open. */
async function underWay(action: 'finish' | 'cancellable' | 'stubborn' = 'finish'): Promise<{
  readonly bench: QueueBench;
  readonly first: string;
  readonly second: string;
  readonly queuePid: number;
  readonly jobPid: number;
}> {
  const bench = newBench();
  const requests = [bench.request(action, { count: 2_000 }), bench.request('answer')];
  await using queue = await bench.open();
  for (const request of requests) await queue.enqueue(request);
  const [first = '', second = ''] = requests.map(({ folder }) => folder);
  return { bench, first, second, queuePid: await bench.queuePid(), jobPid: await bench.jobPid(first) };
}

describe('a queue process that is killed', () => {
  it('while a job runs: the job goes on and starts another, which takes it over; no door is needed', async () => {
    const { bench, first, second, queuePid, jobPid } = await underWay();
    kill(queuePid);
    await until(() => bench.states(second).at(-1) === 'success');
    expect(bench.states(first)).toEqual(['queued', 'running', 'success']);
    expect(bench.finished.map(({ name, state }) => [name, state])).toEqual([
      ['run-001', 'success'],
      ['run-002', 'success'],
    ]);
    expect(bench.finished[0]?.pid).not.toBe(queuePid);
    // The job ran once.
    expect(bench.events(first).filter((one) => 'state' in one && one.state === 'running')).toHaveLength(1);
    expect(processesNaming(first).some((line) => line.includes(String(jobPid)))).toBe(false);
  });

  it('and again, with every one that follows it: the job starts one more at its end', async () => {
    const { bench, first, second, queuePid } = await underWay();
    kill(queuePid);
    await until(() => processesNaming('testQueue').some((line) => !line.includes(` ${queuePid} `)));
    await sleep(300);
    const next = await bench.queuePid();
    if (next !== queuePid) kill(next);
    await until(() => bench.states(second).at(-1) === 'success');
    expect(bench.states(first).at(-1)).toBe('success');
  });

  it('is told by nobody as running, once its job is gone as well; a door that opens the bench goes on', async () => {
    const { bench, first, second, queuePid, jobPid } = await underWay('cancellable');
    kill(queuePid);
    killGroup(jobPid);
    // The job may have started another process before it was killed.
    await sleep(500);
    await using queue = await bench.open();
    const news = newsOf(queue);
    const state = await queue.stateOf(bench.summary(first));
    if (state === 'running') expect(await bench.queuePid()).not.toBe(queuePid);
    const ended = await queue.ended(first);
    expect(ended).toMatchObject({ state: 'error', failure: { code: 'job-lost', place: /^waiting, \d+ turns$/ } });
    expect(await queue.ended(second)).toMatchObject({ state: 'success' });
    expect(
      news
        .words()
        .filter((word) => word.startsWith('run-002'))
        .slice(-2),
    ).toEqual(['run-002 started', 'run-002 success']);
  });

  it('before its job began: the job begins with the next one', async () => {
    const bench = newBench();
    const request = bench.request('answer');
    {
      await using queue = await bench.open();
      await queue.enqueue(request);
      await until(() => bench.states(request.folder).includes('running'));
      kill(await bench.queuePid());
    }
    await until(() => processesNaming(bench.folder).length === 0);
    await using queue = await bench.open();
    expect(await queue.ended(request.folder)).toMatchObject({ state: 'success' });
    expect(bench.states(request.folder)).toEqual(['queued', 'running', 'success']);
  });

  it('after its job was started and before it was asked to work: the job is begun again, and once', async () => {
    const bench = newBench();
    const request = bench.request('answer');
    {
      await using queue = await bench.open();
      await queue.enqueue(request);
      await queue.ended(request.folder);
    }
    await until(() => processesNaming(bench.folder).length === 0);
    // As it would be after the kill.
    for (const name of ['result.json', 'events.jsonl']) rmSync(join(request.folder, name));
    const [queued = '', running = ''] = readFileSync(join(request.folder, 'run.jsonl'), 'utf8').split('\n');
    writeFileSync(join(request.folder, 'run.jsonl'), `${queued}\n${running}\n`);
    const madeIn = identityOf(join(bench.folder, 'queue'));
    const place = { folder: 'runs/run-001', subject: request.subject, finishes: 0, madeIn };
    writeFileSync(join(bench.folder, 'queue', '1.json'), JSON.stringify(place));
    await using queue = await bench.open();
    expect(await queue.ended(request.folder)).toMatchObject({ state: 'success' });
  });

  it('after its job answered and before it heard that: the job starts another, no door is needed', async () => {
    const bench = newBench();
    const requests = [bench.request('finish', { count: 500 }), bench.request('answer')];
    const [first, second] = requests.map(({ folder }) => folder) as [string, string];
    {
      await using queue = await bench.open();
      for (const request of requests) await queue.enqueue(request);
      await bench.jobPid(first);
    }
    const queuePid = await bench.queuePid();
    process.kill(queuePid, 'SIGSTOP');
    await until(() => existsSync(join(first, 'result.json')));
    await sleep(300);
    kill(queuePid);
    await until(() => bench.states(second).at(-1) === 'success');
    expect(bench.states(first)).toEqual(['queued', 'running', 'success']);
  });

  it('while it takes the result into the bench: that is done again', async () => {
    const bench = newBench();
    bench.order({ waitMs: 60_000 });
    await using queue = await bench.open();
    const news = newsOf(queue);
    const request = bench.request('answer');
    await queue.enqueue(request);
    await until(() => bench.finished.length === 1);
    kill(await bench.queuePid());
    bench.order({});
    expect(await queue.ended(request.folder)).toMatchObject({ state: 'success' });
    expect(bench.finished.map(({ state }) => state)).toEqual(['success', 'success']);
    expect(news.words()).toEqual(['run-001 queued', 'run-001 started', 'run-001 success']);
  });

  it('after it recorded the end and before it gave the place free: nothing is told twice', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    const news = newsOf(queue);
    const request = bench.request('answer');
    await queue.enqueue(request);
    await queue.ended(request.folder);
    await until(() => !bench.queueFiles.includes('1.json'));
    const madeIn = identityOf(join(bench.folder, 'queue'));
    // As the place would be after the kill.
    writeFileSync(
      join(bench.folder, 'queue', '1.json'),
      JSON.stringify({ folder: 'runs/run-001', subject: { kind: 'test', id: 1 }, finishes: 1, madeIn }),
    );
    const next = bench.request('answer', { id: 1 });
    await queue.enqueue(next);
    await queue.ended(next.folder);
    expect(bench.finished).toHaveLength(2);
    expect(bench.states(request.folder)).toEqual(['queued', 'running', 'success']);
    expect(news.words()).toEqual(
      [1, 2].flatMap((n) => [`run-00${n} queued`, `run-00${n} started`, `run-00${n} success`]),
    );
  });

  it('after it was asked to cancel and before that was done: the next one does it, no door is needed', async () => {
    const { bench, first, second, queuePid } = await underWay('stubborn');
    {
      await using queue = await bench.open();
      void queue.cancel(first).catch(() => undefined);
      // Seen by now, and not yet enforced.
      await sleep(500);
    }
    kill(queuePid);
    await until(() => bench.states(second).at(-1) === 'success');
    expect(bench.states(first)).toEqual(['queued', 'running', 'cancelled']);
  });

  it('can have its job cancelled by the next one, by force as well', async () => {
    const { bench, first, second, queuePid } = await underWay('stubborn');
    kill(queuePid);
    await using queue = await bench.open();
    expect(await queue.cancel(first)).toBe(true);
    expect(bench.summary(first)).toMatchObject({ state: 'cancelled' });
    expect(processesNaming(first)).toEqual([]);
    await queue.ended(second);
  });
});

describe('a job that is killed', () => {
  it('is a failure with the signal and how far it was, and the next one runs', async () => {
    const { bench, first, second, jobPid } = await underWay('cancellable');
    killGroup(jobPid);
    await until(() => bench.states(second).at(-1) === 'success');
    expect(bench.summary(first)).toMatchObject({
      state: 'error',
      failure: { code: 'job-killed', message: /SIGKILL/, place: /^waiting, \d+ turns$/ },
    });
  });

  it('while a limit was at work, after its queue process: the limit is the reason', async () => {
    const bench = newBench();
    const request = { ...bench.request('busy'), limits: { memoryBytes: 2 ** 30, stallMs: 2_500 } };
    {
      await using queue = await bench.open();
      await queue.enqueue(request);
      await until(() => bench.events(request.folder).length > 0);
      kill(await bench.queuePid());
    }
    await using queue = await bench.open();
    expect(await queue.ended(request.folder)).toMatchObject({ state: 'error', failure: { code: 'job-stalled' } });
  });
});

describe('a machine that was switched off', () => {
  it('leaves no run that seems to run, and what waited runs', async () => {
    const bench = newBench();
    const [running, waiting] = [bench.request('cancellable'), bench.request('answer')];
    {
      await using queue = await bench.open();
      for (const request of [running, waiting]) await queue.enqueue(request);
      const [queuePid, jobPid] = [await bench.queuePid(), await bench.jobPid(running.folder)];
      killGroup(jobPid);
      kill(queuePid);
    }
    await until(() => processesNaming(bench.folder).length === 0);
    if (bench.summary(running.folder).state !== 'running') return;
    const record = JSON.stringify({
      pid: process.pid,
      claimedAt: '2001-01-01T00:00:00.000Z',
      process: 'another-boot 1',
    });
    writeFileSync(join(running.folder, 'process.json'), record);
    await using queue = await bench.open();
    expect(await queue.ended(running.folder)).toMatchObject({
      state: 'error',
      failure: { code: 'job-machine-restarted', message: /^The machine was switched off or started again/ },
    });
    expect(await queue.ended(waiting.folder)).toMatchObject({ state: 'success' });
  });
});

describe('a state', () => {
  it('is error for a run that is told to run and has no process, and nothing for one that lost its place', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    const old = '2020-01-01T00:00:00.000Z';
    const write = (folder: string, ...states: string[]): void => {
      const lines = states.map((state) => `${JSON.stringify({ time: old, state, requestId: null })}\n`);
      writeFileSync(join(folder, 'run.jsonl'), lines.join(''));
    };
    const [lost, waited, gone] = [bench.request('answer'), bench.request('answer'), bench.request('answer')];
    write(lost.folder, 'queued', 'running');
    write(waited.folder, 'queued');
    write(gone.folder, 'queued', 'running');
    expect(await queue.stateOf(bench.summary(lost.folder))).toBe('error');
    expect(await queue.stateOf(bench.summary(waited.folder))).toBe('cancelled');
    expect((await queue.ended(lost.folder)).state).toBe('error');
    expect((await queue.ended(waited.folder)).state).toBe('cancelled');
    const summary = bench.summary(gone.folder);
    rmSync(gone.folder, { recursive: true });
    expect(await queue.stateOf(summary)).toBe('cancelled');
  });
});
