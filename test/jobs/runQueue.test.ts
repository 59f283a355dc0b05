// The queue of a bench: order, states, news, progress, refusals; with real processes of the queue and of jobs.
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RunRequest } from '../../src/jobs/runQueue';
import { identityOf } from '../../src/jobs/queue/places';
import { failureOf } from '../support/failureOf';
import { newsOf, processesNaming, queueBenches, until } from '../support/queueBench';
import { itWithPermissions } from '../support/permissions';

const newBench = queueBenches();

describe('a run', () => {
  it('waits, runs, is finished, and then has ended', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    const news = newsOf(queue);
    const request = bench.request('answer', { text: 'hello' });
    const queued = await queue.enqueue(request);
    expect(queued).toMatchObject({ name: 'run-001', state: 'queued', requestId: 'request-1', startedAt: null });
    const ended = await queue.ended(request.folder);
    expect(ended).toMatchObject({ state: 'success', requestId: 'request-1', failure: null });
    expect(ended.startedAt).not.toBeNull();
    expect(bench.finished).toMatchObject([{ name: 'run-001', state: 'success' }]);
    expect(news.words()).toEqual(['run-001 queued', 'run-001 started', 'run-001 success']);
    expect(bench.states(request.folder)).toEqual(['queued', 'running', 'success']);
    expect(JSON.parse(readFileSync(join(request.folder, 'result.json'), 'utf8'))).toEqual({
      state: 'success',
      result: { got: 'hello' },
    });
    expect(await queue.stateOf(queued)).toBe('success');
    await until(() => !bench.queueFiles.some((name) => /^\d/.test(name)));
  });

  it('is told of before it is finished by nobody', async () => {
    const bench = newBench();
    bench.order({ waitMs: 500 });
    await using queue = await bench.open();
    const request = bench.request('answer');
    await queue.enqueue(request);
    const ended = queue.ended(request.folder);
    await until(() => bench.finished.length === 1);
    expect(await queue.stateOf(bench.summary(request.folder))).toBe('running');
    expect(await queue.list()).toMatchObject([{ state: 'running', position: 0 }]);
    await ended;
    expect(await queue.list()).toEqual([]);
  });

  it('that fails, crashes or has a damaged record ends with the reason, and the next one runs', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    const news = newsOf(queue);
    const requests = (['finish', 'fail', 'segfault', 'answer', 'answer'] as const).map((action) =>
      bench.request(action, { count: 300 }),
    );
    for (const request of requests) await queue.enqueue(request);
    writeFileSync(join(requests[3]?.folder ?? '', 'job.json'), '{"version": 1, "spec');
    const ends = await Promise.all(requests.map(({ folder }) => queue.ended(folder)));
    expect(ends.map(({ state, failure }) => failure?.code ?? state)).toEqual([
      'success',
      'test-failure',
      'job-crashed',
      'job-record',
      'success',
    ]);
    expect(ends[2]?.failure).toMatchObject({
      message: 'The engine crashed (SIGSEGV) while loading evil.onnx.',
      place: 'calibrating, 3 of 9 samples',
    });
    // It could not write this itself.
    const log = readFileSync(join(requests[2]?.folder ?? '', 'output.log'), 'utf8');
    expect(log).toMatch(/error: The engine crashed \(SIGSEGV\).*\n.*next: /);
    expect(news.words().filter((word) => word.endsWith('queued'))).toHaveLength(5);
    expect(news.words().filter((word) => !word.endsWith('queued'))).toEqual(
      ends.flatMap(({ name, state }) => [`${name} started`, `${name} ${state}`]),
    );
  });
});

describe('the list', () => {
  it('has what waits in order, and what runs with its progress and the time it will take', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    const requests = [bench.request('paced', { count: 100 }), bench.request('answer'), bench.request('answer')];
    for (const request of requests) await queue.enqueue(request);
    await until(() => bench.events(requests[0]?.folder ?? '').filter(({ type }) => type === 'progress').length > 3);
    const list = await queue.list();
    expect(list.map(({ name, state, position }) => [name, state, position])).toEqual([
      ['run-001', 'running', 0],
      ['run-002', 'queued', 1],
      ['run-003', 'queued', 2],
    ]);
    expect(list[0]?.progress).toMatchObject({ phase: 'pacing', total: 100, unit: 'steps' });
    expect(list[0]?.timeLeftMs).toBeGreaterThan(0);
    expect(list[0]?.timeLeftMs).toBeLessThan(60_000);
    expect(list[1]).toMatchObject({ progress: null, timeLeftMs: null, subject: { kind: 'test', id: 2 } });
    await Promise.all(requests.map(({ folder }) => queue.ended(folder)));
  });
});

describe('a watcher', () => {
  it('is told of progress at most ten times a second, always the last, with the time left', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    const news = newsOf(queue);
    const request = bench.request('paced', { count: 150 });
    await queue.enqueue(request);
    const { startedAt, endedAt } = await queue.ended(request.folder);
    const progress = news.all.filter((one) => one.type === 'progress');
    const tookMs = Date.parse(endedAt ?? '') - Date.parse(startedAt ?? '');
    expect(progress.length).toBeGreaterThan(2);
    expect(progress.length).toBeLessThanOrEqual(2 + tookMs / 100);
    expect(progress.at(-1)).toMatchObject({ progress: { done: 150, total: 150 }, timeLeftMs: 0 });
    const dones = progress.map((one) => one.progress.done);
    expect(dones).toEqual([...dones].sort((a, b) => a - b));
    expect(progress.filter(({ timeLeftMs }) => timeLeftMs !== null && timeLeftMs > 0).length).toBeGreaterThan(0);
    expect(news.all.at(-1)?.type).toBe('ended');
  });

  it('that is disposed of hears nothing more, and one that comes late only what happens from then on', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    const first: string[] = [];
    const early = queue.watch(({ type }) => first.push(type));
    const request = bench.request('finish', { count: 800 });
    await queue.enqueue(request);
    await bench.jobPid(request.folder);
    await until(() => first.includes('started'));
    early[Symbol.dispose]();
    const heard = first.length;
    const late = newsOf(queue);
    await queue.ended(request.folder);
    expect(first).toHaveLength(heard);
    expect(late.words()).toEqual(['run-001 success']);
  });

  it('is told of the trials of a tuning once each, also when they are told again', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    const news = newsOf(queue);
    const request = bench.request('trials', { count: 4 });
    await queue.enqueue(request);
    await queue.ended(request.folder);
    expect(news.all.flatMap((one) => (one.type === 'trial' ? [one.trial.id] : []))).toEqual([0, 1, 2, 3]);
    expect(news.words().at(-1)).toBe('run-001 success');
  });
});

describe('cancelling', () => {
  it('takes a waiting run out at once, while another runs', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    const news = newsOf(queue);
    const [running, waiting, next] = [
      bench.request('finish', { count: 1_500 }),
      bench.request('answer'),
      bench.request('answer'),
    ];
    for (const request of [running, waiting, next]) await queue.enqueue(request);
    await bench.jobPid(running.folder);
    expect(await queue.cancel(waiting.folder)).toBe(true);
    expect(await queue.stateOf(bench.summary(running.folder))).toBe('running');
    expect(bench.summary(waiting.folder)).toMatchObject({ state: 'cancelled', startedAt: null });
    await queue.ended(next.folder);
    expect(news.words().filter((word) => word.startsWith('run-002'))).toEqual(['run-002 queued', 'run-002 cancelled']);
    expect(bench.states(running.folder).at(-1)).toBe('success');
    expect(await queue.cancel(waiting.folder)).toBe(false);
    expect(await queue.cancel(join(bench.folder, 'runs', 'none'))).toBe(false);
  });

  it('stops a running one between two steps, and by force one that does not stop', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    for (const [action, leastMs, mostMs] of [
      ['cancellable', 0, 1_500],
      ['stubborn', 1_900, 5_000],
    ] as const) {
      const request = bench.request(action);
      await queue.enqueue(request);
      await bench.jobPid(request.folder);
      const beganMs = performance.now();
      expect(await queue.cancel(request.folder)).toBe(true);
      expect(performance.now() - beganMs).toBeGreaterThan(leastMs);
      expect(performance.now() - beganMs).toBeLessThan(mostMs);
      expect(bench.states(request.folder)).toEqual(['queued', 'running', 'cancelled']);
    }
    expect(bench.finished.map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
  });

  it('leaves no request behind when the run ends by itself at that moment', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    const requests = Array.from({ length: 6 }, () => bench.request('answer'));
    for (const request of requests) {
      await queue.enqueue(request);
      await until(() => bench.states(request.folder).includes('running'));
      await queue.cancel(request.folder);
    }
    await until(() => processesNaming(bench.folder).length === 0);
    // Longer than until a request is made again.
    await sleep(2_500);
    expect(bench.queueFiles.filter((name) => name.startsWith('cancel-')).length).toBeLessThanOrEqual(1);
  });

  it('by many at once cancels once', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    await using other = await bench.open();
    const request = bench.request('cancellable');
    await queue.enqueue(request);
    await bench.jobPid(request.folder);
    const answers = await Promise.all([queue, other, queue, other].map((one) => one.cancel(request.folder)));
    expect(answers).toEqual([true, true, true, true]);
    expect(bench.states(request.folder)).toEqual(['queued', 'running', 'cancelled']);
    await until(() => !bench.queueFiles.some((name) => name.startsWith('cancel-')));
  });
});

describe('a record', () => {
  it('is run once at a time', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    const [first, second, later] = [1, 2, 3].map(() => bench.request('finish', { id: 7, count: 300 })) as [
      RunRequest,
      RunRequest,
      RunRequest,
    ];
    await queue.enqueue(first);
    expect(await failureOf(queue.enqueue(second))).toMatchObject({
      code: 'queue-already',
      message: 'The test 7 is waiting or running already.',
    });
    expect(existsSync(join(second.folder, 'run.jsonl'))).toBe(false);
    await queue.ended(first.folder);
    await queue.enqueue(later);
    expect(await queue.ended(later.folder)).toMatchObject({ state: 'success' });
  });

  it('that two ask to run at the same moment runs once', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    await using other = await bench.open();
    const requests = [1, 2, 3, 4].map(() => bench.request('finish', { id: 7, count: 300 }));
    const asked = await Promise.allSettled(requests.map((one, i) => (i % 2 === 0 ? queue : other).enqueue(one)));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of asked) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'queue-already' });
    await queue.ended(requests[asked.findIndex(({ status }) => status === 'fulfilled')]?.folder ?? '');
    expect(bench.finished.filter(({ state }) => state === 'success')).toHaveLength(1);
  });

  it('is not needed: work that belongs to none may wait twice', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    const requests = [1, 2].map(() => bench.request('answer', { id: 0 }));
    for (const request of requests) await queue.enqueue(request);
    for (const { folder } of requests) expect(await queue.ended(folder)).toMatchObject({ state: 'success' });
  });
});

describe('finishRun', () => {
  it('that fails is tried again; the run keeps its files and ends with the reason', async () => {
    const bench = newBench();
    bench.order({ failure: 'The shelf is full.' });
    await using queue = await bench.open();
    const request = bench.request('answer');
    await queue.enqueue(request);
    const ended = await queue.ended(request.folder);
    expect(ended).toMatchObject({
      state: 'error',
      failure: {
        code: 'test-finish',
        message: 'The job ended, but its result could not be taken into the bench: The shelf is full.',
      },
    });
    expect(bench.finished).toHaveLength(3);
    expect(existsSync(join(request.folder, 'result.json'))).toBe(true);
  });

  it('that gets well in time loses nothing', async () => {
    const bench = newBench();
    bench.order({ failure: 'Not yet.' });
    await using queue = await bench.open();
    const request = bench.request('answer');
    await queue.enqueue(request);
    await until(() => bench.finished.length === 1);
    bench.order({});
    expect(await queue.ended(request.folder)).toMatchObject({ state: 'success' });
    expect(bench.finished).toHaveLength(2);
  });

  it('whose process ends each time is given up, and the queue goes on', async () => {
    const bench = newBench();
    bench.order({ dies: true });
    await using queue = await bench.open();
    const requests = [bench.request('answer'), bench.request('answer')];
    for (const request of requests) await queue.enqueue(request);
    expect(await queue.ended(requests[0]?.folder ?? '')).toMatchObject({
      state: 'error',
      failure: { code: 'queue-unfinished' },
    });
    bench.order({});
    expect(await queue.ended(requests[1]?.folder ?? '')).toMatchObject({ state: 'success' });
  });
});

describe('where nothing can be written or started', () => {
  it('a sentence says so, and no run is left waiting', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    const request = bench.request('answer');
    writeFileSync(join(bench.folder, 'queue'), 'in the way');
    expect(await failureOf(queue.enqueue(request))).toMatchObject({ code: 'file-exists' });
    expect(await queue.list()).toEqual([]);
    expect(existsSync(join(request.folder, 'run.jsonl'))).toBe(false);
  });

  itWithPermissions('as in a folder without permission', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    mkdirSync(join(bench.folder, 'queue'));
    chmodSync(join(bench.folder, 'queue'), 0o555);
    const request = bench.request('answer');
    expect(await failureOf(queue.enqueue(request))).toMatchObject({ code: 'file-denied' });
    expect(await queue.stateOf(bench.summary(request.folder))).toBe('error');
  });

  it.runIf(existsSync('/dev/full'))('as for a full disk', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    const request = bench.request('answer');
    symlinkSync('/dev/full', join(request.folder, 'run.jsonl'));
    expect(await failureOf(queue.enqueue(request))).toMatchObject({ code: 'file-disk-full' });
    expect(await queue.list()).toEqual([]);
    expect(bench.queueFiles).toEqual(['.gitignore']);
  });

  it('a program that is missing is named before anything is queued', async () => {
    const bench = newBench();
    const { openRunQueue } = await import('../../src/jobs/openRunQueue');
    await using queue = await openRunQueue(bench.folder, { queueEntryPath: '/nowhere/queue.js' });
    const failure = await failureOf(queue.enqueue(bench.request('answer')));
    expect(failure).toMatchObject({ code: 'queue-start', message: /\/nowhere\/queue\.js: it does not exist/ });
    expect(bench.queueFiles).toEqual([]);
  });

  it('a program that always ends is told to those who wait', async () => {
    const bench = newBench();
    const { openRunQueue } = await import('../../src/jobs/openRunQueue');
    const broken = join(bench.workspace, 'broken.js');
    writeFileSync(broken, 'process.exit(3)');
    await using queue = await openRunQueue(bench.folder, { queueEntryPath: broken });
    const request = bench.request('answer');
    await queue.enqueue(request);
    expect(await failureOf(queue.ended(request.folder))).toMatchObject({
      code: 'queue-start',
      message: /ended with 3/,
    });
    expect(await queue.stateOf(bench.summary(request.folder))).toBe('queued');
  });

  it('a bench that is only looked at runs nothing: neither what waits in it, nor what is new', async () => {
    const bench = newBench();
    const { openRunQueue } = await import('../../src/jobs/openRunQueue');
    const waiting = bench.request('answer');
    {
      // A program that does no work, so that the run waits.
      const broken = join(bench.workspace, 'broken.js');
      writeFileSync(broken, 'process.exit(3)');
      await using queue = await openRunQueue(bench.folder, { queueEntryPath: broken });
      await queue.enqueue(waiting);
    }
    await using queue = await openRunQueue(bench.folder, { ...bench.programs, isLookingOnly: true });
    queue.watch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect((await queue.list()).map(({ state }) => state)).toEqual(['queued']);
    expect(processesNaming(bench.workspace)).toEqual([]);
    for (const refused of [queue.enqueue(bench.request('answer')), queue.cancel(waiting.folder)]) {
      expect(await failureOf(refused)).toMatchObject({ code: 'queue-looking-only' });
    }
    expect(await queue.list()).toHaveLength(1);
  });

  it('a folder outside of the bench is refused', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    const request = { ...bench.request('answer'), folder: bench.workspace };
    expect(await failureOf(queue.enqueue(request))).toMatchObject({ code: 'queue-outside' });
    expect(existsSync(join(bench.workspace, 'job.json'))).toBe(false);
  });
});

describe('waiting for an end', () => {
  it('can be given up, and ends with the queue', async () => {
    const bench = newBench();
    const queue = await bench.open();
    const request = bench.request('cancellable');
    await queue.enqueue(request);
    const stop = new AbortController();
    const given = queue.ended(request.folder, stop.signal);
    stop.abort(new Error('no longer wanted'));
    await expect(given).rejects.toThrow('no longer wanted');
    const closed = failureOf(queue.ended(request.folder));
    await queue[Symbol.asyncDispose]();
    expect(await closed).toMatchObject({ code: 'queue-closed' });
    await using again = await bench.open();
    await again.cancel(request.folder);
  });

  it('for a run that is not there says so', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    expect(await failureOf(queue.ended(bench.request('answer').folder))).toMatchObject({ code: 'queue-no-run' });
  });
});

describe('files that were tampered with', () => {
  it('places of no run, of folders elsewhere and with odd names are passed over', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    mkdirSync(join(bench.folder, 'queue'));
    const put = (name: string, text: string): void => writeFileSync(join(bench.folder, 'queue', name), text);
    const madeIn = identityOf(join(bench.folder, 'queue'));
    put('1.json', JSON.stringify({ folder: '../..', subject: { kind: 'test', id: 1 }, madeIn }));
    put('2.json', '{"folder": "runs/x", "subj');
    put('3.json', JSON.stringify({ folder: 'runs/gone', subject: { kind: 'test', id: 1 }, madeIn }));
    put('__proto__.json', '{}');
    put('news.jsonl', '{"folder":"../../etc","subject":{"kind":"test","id":1}}\nnull\n[1]\n');
    const request = bench.request('answer');
    const news = newsOf(queue);
    await queue.enqueue(request);
    expect(await queue.list()).toMatchObject([{ name: 'run-001', position: 0 }]);
    expect(await queue.ended(request.folder)).toMatchObject({ state: 'success' });
    expect(news.words()).toEqual(['run-001 queued', 'run-001 started', 'run-001 success']);
  });

  it('a bench that was copied brings no work with it', async () => {
    const bench = newBench();
    await using queue = await bench.open();
    const requests = [bench.request('cancellable'), bench.request('answer')];
    for (const request of requests) await queue.enqueue(request);
    await bench.jobPid(requests[0]?.folder ?? '');
    const copy = newBench();
    cpSync(bench.folder, copy.folder, { recursive: true });
    await using copied = await copy.open();
    expect(await copied.list()).toEqual([]);
    for (const { folder } of requests) {
      const run = copy.summary(join(copy.folder, 'runs', basename(folder)));
      expect(['error', 'cancelled', 'queued']).toContain(await copied.stateOf(run));
      expect(await copied.cancel(run.folder)).toBe(false);
    }
    const own = copy.request('answer', { name: 'own' });
    await copied.enqueue(own);
    await queue.cancel(requests[0]?.folder ?? '');
    await queue.ended(requests[1]?.folder ?? '');
    await copied.ended(own.folder);
    expect(copy.finished.map(({ name }) => name)).toEqual(['own']);
  });

  it('a bench folder that is moved away ends its job and its process', async () => {
    const bench = newBench();
    const queue = await bench.open();
    const request = bench.request('cancellable');
    await queue.enqueue(request);
    await bench.jobPid(request.folder);
    await queue[Symbol.asyncDispose]();
    renameSync(bench.folder, `${bench.folder} away`);
    await until(() => processesNaming(bench.folder).length === 0);
    expect(existsSync(bench.folder)).toBe(false);
  });
});
