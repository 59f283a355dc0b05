// The queue in a workspace that others made: what they put there runs nothing, leads no line elsewhere, and stops nobody.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readProcessRecord } from '../../src/files/processRecord';
import { processRecord } from '../../src/files/processRecord';
import { createRunFolder } from '../../src/jobs/runFolder';
import { identityOf } from '../../src/jobs/queue/places';
import { endProcessGroup } from '../../src/processes/jobProcess';
import { failureOf } from '../support/failureOf';
import { newsOf, processesNaming, queueBenches } from '../support/queueBench';
import type { QueueBench } from '../support/queueBench';

const newBench = queueBenches();
const anId = '00000000-0000-4000-8000-000000000000';
const inQueue = (bench: QueueBench, name: string): string => join(bench.folder, 'queue', name);

describe.skipIf(process.platform === 'win32')('a workspace of others', () => {
  it('brings no work: its places, whatever they say of themselves, start nothing when it is opened', async () => {
    const bench = newBench();
    const request = bench.request('answer');
    writeFileSync(join(request.folder, 'job.json'), JSON.stringify({ version: 1, spec: request.spec, limits: {} }));
    writeFileSync(
      join(request.folder, 'run.jsonl'),
      `${JSON.stringify({ time: '2999-01-01T00:00:00.000Z', state: 'queued', requestId: null })}\n`,
    );
    mkdirSync(join(bench.folder, 'queue'));
    for (const [index, madeIn] of ['made 1', 'number 1', undefined, null, 1, { toString: 1 }].entries()) {
      const place = { folder: 'runs/run-001', subject: request.subject, finishes: 0, madeIn };
      writeFileSync(inQueue(bench, `${index + 1}.json`), JSON.stringify(place));
    }
    await using queue = await bench.open();
    expect(await queue.list()).toEqual([]);
    // Not even a record of the future makes it wait for ever.
    expect(await queue.stateOf(bench.summary(request.folder))).toBe('cancelled');
    expect(await queue.cancel(request.folder)).toBe(false);
    expect(processesNaming(bench.folder)).toEqual([]);
  });

  it('cannot keep a run of ours from running, by claims, pipes, folders, giants and numbers', async () => {
    const bench = newBench();
    mkdirSync(join(bench.folder, 'queue'));
    const init = { pid: 1, claimedAt: '2999-01-01T00:00:00.000Z' };
    writeFileSync(inQueue(bench, `writer-${anId}.json`), JSON.stringify(init));
    for (const name of ['1.json', `cancel-${anId}.json`, `writer-${anId.replace('0', '1')}.json`, 'news.jsonl'])
      execFileSync('mkfifo', [inQueue(bench, name)]);
    for (const name of ['7.json', `cancel-${anId.replace('0', '2')}.json`, `writer-${anId.replace('0', '2')}.json`])
      mkdirSync(join(inQueue(bench, name), 'inner'), { recursive: true });
    execFileSync('truncate', ['-s', '3G', inQueue(bench, '8.json')]);
    writeFileSync(inQueue(bench, '999999999999999.json'), '{}');
    await using queue = await bench.open();
    const news = newsOf(queue);
    const requests = [bench.request('answer'), bench.request('answer')];
    for (const request of requests) await queue.enqueue(request);
    for (const { folder } of requests) expect(await queue.ended(folder)).toMatchObject({ state: 'success' });
    expect(news.words().filter((word) => word.endsWith('success'))).toEqual(['run-001 success', 'run-002 success']);
  });

  it('leads nothing elsewhere by links', async () => {
    const bench = newBench();
    const outside = join(bench.workspace, 'outside');
    mkdirSync(join(outside, 'folder'), { recursive: true });
    writeFileSync(join(outside, '1.json'), 'of somebody');
    const profile = join(outside, 'profile');
    writeFileSync(profile, 'of somebody');
    const outsideBefore = readdirSync(outside);

    symlinkSync(outside, join(bench.folder, 'queue'));
    await using queue = await bench.open();
    const request = bench.request('answer');
    expect(await failureOf(queue.enqueue(request))).toMatchObject({ code: 'file-link' });
    expect(readdirSync(outside)).toEqual(outsideBefore);

    execFileSync('rm', [join(bench.folder, 'queue')]);
    mkdirSync(join(bench.folder, 'queue'));
    symlinkSync(profile, inQueue(bench, 'news.jsonl'));
    symlinkSync(profile, inQueue(bench, 'queue.log'));
    symlinkSync(join(outside, 'new'), inQueue(bench, '.gitignore'));
    symlinkSync(join(outside, '1.json'), inQueue(bench, '1.json'));
    bench.order({ failure: 'To be written down.' });
    await queue.enqueue(request);
    await queue.ended(request.folder);
    expect(readFileSync(inQueue(bench, 'queue.log'), 'utf8')).toContain('To be written down.');

    symlinkSync(join(outside, 'folder'), join(bench.folder, 'runs', 'linked'));
    const linked = { ...request, folder: join(bench.folder, 'runs', 'linked') };
    expect(await failureOf(queue.enqueue(linked))).toMatchObject({ code: 'file-link' });
    expect(readdirSync(outside)).toEqual(outsideBefore);
    expect(readdirSync(join(outside, 'folder'))).toEqual([]);
    expect(readFileSync(profile, 'utf8')).toBe('of somebody');
  });

  it('gets no run folder made where a link leads', async () => {
    const bench = newBench();
    const outside = join(bench.workspace, 'outside');
    mkdirSync(outside);
    symlinkSync(outside, join(bench.folder, 'runs'));
    expect(await failureOf(createRunFolder(bench.workspace, 'tune'))).toMatchObject({ code: 'file-link' });
    expect(readdirSync(outside)).toEqual([]);
  });

  it('ends no process of others by a record that names one', async () => {
    const bench = newBench();
    const foreign = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { detached: true, stdio: 'ignore' });
    await once(foreign, 'spawn');
    const record = processRecord(foreign.pid);
    await using queue = await bench.open();
    // The place is even ours: as if the record had been put beside a run that was begun.
    const request = bench.request('cancellable');
    await queue.enqueue(request);
    await bench.jobPid(request.folder);
    const own = readProcessRecord(join(request.folder, 'process.json'));
    process.kill(await bench.queuePid(), 'SIGSTOP');
    const stopped = await bench.queuePid();
    writeFileSync(
      join(request.folder, 'process.json'),
      JSON.stringify({ pid: record.pid, claimedAt: record.claimedAt }),
    );
    process.kill(-(own?.pid ?? NaN), 'SIGKILL');
    process.kill(stopped, 'SIGKILL');
    expect(await queue.ended(request.folder)).toMatchObject({ state: 'error', failure: { code: 'job-lost' } });
    expect(foreign.exitCode).toBeNull();
    expect(foreign.signalCode).toBeNull();
    foreign.kill('SIGKILL');
    await once(foreign, 'exit');
    // Nor by the number that stands for all of them.
    endProcessGroup({ pid: 1 });
  });
});

describe('what identifies the folder of a queue', () => {
  it('is the same as long as it is there, and another for its copy', () => {
    const bench = newBench();
    mkdirSync(join(bench.folder, 'queue'));
    const before = identityOf(join(bench.folder, 'queue'));
    writeFileSync(inQueue(bench, 'x'), '');
    expect(identityOf(join(bench.folder, 'queue'))).toBe(before);
    execFileSync('cp', ['-a', join(bench.folder, 'queue'), join(bench.folder, 'copy')]);
    expect(existsSync(join(bench.folder, 'copy', 'x'))).toBe(true);
    expect(identityOf(join(bench.folder, 'copy'))).not.toBe(before);
  });
});
