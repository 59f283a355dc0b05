// Real job processes: how each way of ending becomes an outcome, and that nothing is left behind.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readLines } from '../../src/files/appendLog';
import { affinityTool } from '../../src/processes/cpuAffinity';
import { forkJob } from '../../src/processes/forkJob';
import type { ForkOptions } from '../../src/processes/forkJob';
import { readOutcome } from '../../src/processes/jobOutcome';
import type { JobEvent } from '../../src/protocol/jobChannel';
import type { JobLimits, JobOutcome } from '../../src/protocol/jobs';
import type { Progress } from '../../src/protocol/progress';
import { testSpec } from '../fixtures/processes/testSpec';
import type { TestAction, TestSpec } from '../fixtures/processes/testSpec';
import { jobBundle } from './bundle';
import { temporaryFolder } from '../support/temporaryFolder';

const limits: JobLimits = { memoryBytes: 2 ** 30, stallMs: 20_000 };
const bundled = jobBundle('test/fixtures/processes/testJob.ts');
const parentBundle = jobBundle('test/fixtures/processes/testParent.ts');
const { path: base } = temporaryFolder();

type Fields = Partial<Omit<TestSpec, 'action'>>;

function start(
  action: TestAction,
  fields: Fields = {},
  options: Partial<ForkOptions> = {},
): { folder: string; outcome: Promise<JobOutcome<unknown>>; cancel: () => void } {
  const folder = mkdtempSync(join(base, `${action}-`));
  const job = forkJob(testSpec(action, fields), { folder, limits, ...bundled, ...options });
  return { folder, outcome: job.outcome, cancel: () => job.cancel() };
}

function outcomeOf(action: TestAction, fields?: Fields, options?: Partial<ForkOptions>): Promise<JobOutcome<unknown>> {
  return start(action, fields, options).outcome;
}

async function resultOf(action: TestAction, fields?: Fields, options?: Partial<ForkOptions>): Promise<unknown> {
  const outcome = await outcomeOf(action, fields, options);
  if (outcome.state !== 'success') throw new Error(JSON.stringify(outcome));
  return outcome.result;
}

function eventsIn(folder: string): JobEvent[] {
  return readLines(join(folder, 'events.jsonl')) as JobEvent[];
}

async function until(condition: () => boolean, limitMs = 10_000): Promise<void> {
  const deadlineMs = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error('waited in vain');
    await sleep(20);
  }
}

/** Command lines of all processes that name a folder. */
function processesNaming(folder: string): string[] {
  return execFileSync('ps', ['-eo', 'pid,args', '-ww'])
    .toString()
    .split('\n')
    .filter((line) => line.includes(folder) && !line.includes('ps -eo'));
}

describe('a job in its own process', () => {
  it('gives its result, and leaves its record in the folder', async () => {
    const { folder, outcome } = start('answer', { text: 'hello' });
    expect(await outcome).toEqual({ state: 'success', result: { got: 'hello' } });
    expect(readOutcome(folder)).toEqual({ state: 'success', result: { got: 'hello' } });
    expect(eventsIn(folder).map((event) => (event.type === 'state' ? event.state : event.type))).toEqual([
      'running',
      'success',
    ]);
    expect(readdirSync(folder).sort()).toEqual(['events.jsonl', 'job.json', 'output.log', 'result.json']);
  });

  it('runs at low priority in its folder, with a minimal environment and the engine telemetry off', async () => {
    process.env['TEST_SECRET_TOKEN'] = 'secret';
    const facts = (await resultOf('facts')) as Record<string, unknown> & { environment: Record<string, string> };
    delete process.env['TEST_SECRET_TOKEN'];
    expect(facts.environment).toMatchObject({ ORT_DISABLE_TELEMETRY: '1', ELECTRON_RUN_AS_NODE: '1' });
    expect(JSON.stringify(facts.environment)).not.toContain('secret');
    expect(facts['priority']).toBe(10);
    expect(facts['cwd']).toBe(facts['folder']);
  });

  it('runs what measures time at normal priority', async () => {
    expect(await resultOf('facts', { verb: 'benchmark' })).toMatchObject({ priority: 0 });
  });

  it.runIf(affinityTool() !== undefined)('is bound to the CPUs asked for', async () => {
    const { affinity } = (await resultOf('facts', {}, { cpus: [0] })) as { affinity: string };
    expect(affinity.trim()).toMatch(/: 0$/);
  });

  it('passes progress on, at most ten a second and always the last, and log lines whole', async () => {
    const reports: Progress[] = [];
    const lines: string[] = [];
    const { folder, outcome } = start(
      'report',
      { count: 5_000 },
      { onProgress: (progress) => reports.push(progress), onLog: (line) => lines.push(line) },
    );
    const began = performance.now();
    await outcome;
    expect(reports.length).toBeLessThanOrEqual(2 + (performance.now() - began) / 100);
    expect(reports.at(-1)).toEqual({ phase: 'counting', done: 5_000, total: 5_000, unit: 'numbers' });
    expect(lines).toEqual(['counted all']);
    const kept = eventsIn(folder).filter((event) => event.type === 'progress');
    expect(kept.at(-1)).toMatchObject({ done: 5_000 });
    expect(kept.length).toBeLessThanOrEqual(reports.length + 2);
  });

  it('gives a typed failure as the failure it was', async () => {
    expect(await outcomeOf('fail')).toEqual({
      state: 'error',
      failure: { code: 'test-failure', message: 'It failed.', place: 'here', nextStep: 'Do not.' },
    });
  });

  it('calls a fault of ours internal, and gives its stack to output.log and the log listener only', async () => {
    const lines: string[] = [];
    const { folder, outcome } = start('bug', {}, { onLog: (line) => lines.push(line) });
    expect(await outcome).toMatchObject({ state: 'error', failure: { code: 'internal' } });
    expect(readFileSync(join(folder, 'output.log'), 'utf8')).toContain('TypeError: x is not a function');
    expect(lines[0]).toBe('TypeError: x is not a function');
  });

  it('answers with a failure when the result cannot be written as JSON', async () => {
    expect(await outcomeOf('unserializable')).toMatchObject({ state: 'error', failure: { code: 'internal' } });
  });

  it('says so when job.js is not there', async () => {
    const outcome = await outcomeOf('answer', {}, { entryPath: '/nowhere/job.js' });
    expect(outcome).toMatchObject({ state: 'error', failure: { code: 'job-crashed' } });
  });

  it('says so when the chosen Node is not there', async () => {
    const outcome = await outcomeOf('answer', {}, { nodePath: '/nowhere/node' });
    expect(outcome).toMatchObject({ state: 'error', failure: { code: 'job-start' } });
    expect(JSON.stringify(outcome)).toContain('/nowhere/node');
  });

  it('says so when its folder is not there', async () => {
    const job = forkJob(testSpec('answer'), { folder: join(base, 'missing'), limits, ...bundled });
    expect(await job.outcome).toMatchObject({ state: 'error', failure: { code: 'file-missing-folder' } });
  });
});

describe('a crash is an outcome', () => {
  it('names the signal, what was being done, and how far it was', async () => {
    const outcome = await outcomeOf('segfault');
    expect(outcome).toMatchObject({
      state: 'error',
      failure: {
        code: 'job-crashed',
        message: 'The engine crashed (SIGSEGV) while loading evil.onnx.',
        place: 'calibrating, 3 of 9 samples',
      },
    });
  });

  it('forwards the last output of a process that aborted', async () => {
    const lines: string[] = [];
    const outcome = await outcomeOf('abort', {}, { onLog: (line) => lines.push(line) });
    expect(outcome).toMatchObject({ state: 'error', failure: { code: 'job-crashed' } });
    expect(lines).toContain('last words');
  });

  it('tells an exit and a kill from outside from a crash of the engine', async () => {
    expect(await outcomeOf('exit')).toMatchObject({ failure: { code: 'job-crashed', message: /exit code 3/ } });
    expect(await outcomeOf('killed')).toMatchObject({ failure: { code: 'job-killed' } });
  });

  it('does not take the result of an earlier run for its own', async () => {
    const folder = mkdtempSync(join(base, 'again-'));
    writeFileSync(join(folder, 'result.json'), JSON.stringify({ state: 'success', result: 'old' }));
    const job = forkJob(testSpec('segfault'), { folder, limits, ...bundled });
    expect(await job.outcome).toMatchObject({ state: 'error', failure: { code: 'job-crashed' } });
  });
});

describe('limits', () => {
  it('ends a job that takes too much memory', async () => {
    const memoryBytes = 400 * 2 ** 20;
    const outcome = await outcomeOf('memory', {}, { limits: { ...limits, memoryBytes } });
    expect(outcome).toMatchObject({ failure: { code: 'job-memory-limit', message: /limit is 400 MB/ } });
  });

  it('ends a job that blocks longer than its time', async () => {
    const began = performance.now();
    const outcome = await outcomeOf('block', { count: 60_000 }, { limits: { ...limits, timeoutMs: 600 } });
    expect(outcome).toMatchObject({
      failure: {
        code: 'job-timeout',
        message: 'The job was stopped while running slow.onnx: it took longer than its limit of 0.6 s.',
      },
    });
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('ends a job that loops without progress', async () => {
    const outcome = await outcomeOf('busy', {}, { limits: { ...limits, stallMs: 600 } });
    expect(outcome).toMatchObject({ failure: { code: 'job-stalled', message: /no progress for 0.6 s/ } });
  });

  it.skipIf(process.platform === 'win32')('does not count the time in which the process was suspended', async () => {
    const { outcome, folder } = start('block', { count: 3_000 }, { limits: { ...limits, stallMs: 2_500 } });
    await until(() => eventsIn(folder).some((event) => event.type === 'activity'));
    const pid = Number(processesNaming(folder)[0]?.trim().split(' ')[0]);
    process.kill(pid, 'SIGSTOP');
    await sleep(2_000);
    process.kill(pid, 'SIGCONT');
    expect(await outcome).toMatchObject({ state: 'success' });
  });

  it('does not call a job stuck that waits for one it forked', async () => {
    const outcome = await outcomeOf(
      'nested',
      { text: 'finish', count: 2_500 },
      { limits: { ...limits, stallMs: 2_000 } },
    );
    // The inner job has nothing to report and is stopped; the outer one lives to say so.
    expect(outcome).toMatchObject({ state: 'success', result: { state: 'error', failure: { code: 'job-stalled' } } });
  });
});

describe('cancelling', () => {
  it('is seen at once by a job that looks', async () => {
    const { outcome, cancel, folder } = start('cancellable');
    await until(() => eventsIn(folder).some((event) => event.type === 'progress'));
    const began = performance.now();
    cancel();
    expect(await outcome).toEqual({ state: 'cancelled' });
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(readOutcome(folder)).toEqual({ state: 'cancelled' });
  });

  it('ends a job by force that does not stop, and what it started', async () => {
    const { outcome, cancel, folder } = start('stubborn');
    await until(() => processesNaming(folder).length === 2);
    const began = performance.now();
    cancel();
    expect(await outcome).toEqual({ state: 'cancelled' });
    expect(performance.now() - began).toBeGreaterThan(1_900);
    expect(performance.now() - began).toBeLessThan(5_000);
    await until(() => processesNaming(folder).length === 0);
  });

  it('works before the job has begun, and starts nothing then', async () => {
    const { outcome, folder } = start('answer', {}, { signal: AbortSignal.abort() });
    expect(await outcome).toEqual({ state: 'cancelled' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('reaches a job that a job forked', async () => {
    const { outcome, cancel, folder } = start('nested', { text: 'cancellable' });
    await until(() => processesNaming(folder).length === 2);
    cancel();
    // The outer job gives the outcome of the inner one as its result.
    expect(await outcome).toEqual({ state: 'success', result: { state: 'cancelled' } });
    await until(() => processesNaming(folder).length === 0);
  });
});

describe('when the parent is killed', () => {
  /** A process of its own that forks a job and waits; killed −9 by the test. */
  async function orphan(action: TestAction, count: number, keepAliveWithoutParent: boolean): Promise<string> {
    const folder = mkdtempSync(join(base, 'orphan-'));
    const task = { spec: testSpec(action, { count }), options: { folder, limits, ...bundled, keepAliveWithoutParent } };
    const parent = spawn(process.execPath, [parentBundle.entryPath, JSON.stringify(task)], { stdio: 'inherit' });
    await until(() => eventsIn(folder).some((event) => event.type === 'progress' || event.type === 'activity'));
    parent.kill('SIGKILL');
    return folder;
  }

  it('a kept job goes on and leaves its result', async () => {
    const folder = await orphan('finish', 1_500, true);
    expect(existsSync(join(folder, 'result.json'))).toBe(false);
    await until(() => existsSync(join(folder, 'result.json')));
    expect(readOutcome(folder)).toEqual({ state: 'success', result: { finished: true } });
    await until(() => processesNaming(folder).length === 0);
  });

  it('another job stops by itself', async () => {
    const folder = await orphan('cancellable', 0, false);
    await until(() => processesNaming(folder).length === 0);
    expect(readOutcome(folder)).toEqual({ state: 'cancelled' });
  });

  it('another job that is blocked in native code is ended', async () => {
    const folder = await orphan('block', 120_000, false);
    await until(() => processesNaming(folder).length === 0);
  });
});

describe('nothing is left behind', () => {
  it('after fifty jobs: no process, no open file, no timer, no listener', async () => {
    const handles = (): number => process.getActiveResourcesInfo().filter((name) => name !== 'Immediate').length;
    const openFiles = (): number => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0);
    await outcomeOf('answer');
    const before = { handles: handles(), openFiles: openFiles() };
    const shared = new AbortController();
    for (let turn = 0; turn < 50; turn += 2) {
      const actions: TestAction[] = turn % 10 === 0 ? ['segfault', 'answer'] : ['answer', 'answer'];
      await Promise.all(actions.map((action) => outcomeOf(action, {}, { signal: shared.signal })));
    }
    await sleep(50);
    expect(handles()).toBeLessThanOrEqual(before.handles);
    expect(openFiles()).toBeLessThanOrEqual(before.openFiles);
    expect(processesNaming(base)).toEqual([]);
  });

  it.runIf(existsSync('/dev/full'))(
    'a full disk for the event log does not stop the job, and is said once',
    async () => {
      const folder = mkdtempSync(join(base, 'full-'));
      execFileSync('ln', ['-s', '/dev/full', join(folder, 'events.jsonl')]);
      const lines: string[] = [];
      const job = forkJob(testSpec('report', { count: 10 }), {
        folder,
        limits,
        ...bundled,
        onLog: (line) => lines.push(line),
      });
      expect(await job.outcome).toMatchObject({ state: 'success' });
      expect(lines.filter((line) => line.includes('the disk is full'))).toHaveLength(1);
    },
  );

  it('a result that cannot be written is a failure with the reason', async () => {
    const { outcome, folder } = start('finish', { count: 800 });
    await until(() => eventsIn(folder).some((event) => event.type === 'progress'));
    execFileSync('mkdir', ['-p', join(folder, 'result.json', 'in-the-way')]);
    expect(await outcome).toMatchObject({ state: 'error', failure: { code: 'file-is-folder' } });
  });
});
