// The record of a run, read whatever state it is in.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { longestRunLogBytes, readRunSummary } from '../../src/files/runLog';
import { temporaryFolder } from '../support/temporaryFolder';

const base = temporaryFolder();
const time = '2026-11-20T12:00:00.000Z';
const line = (fields: object): string => `${JSON.stringify({ time, ...fields })}\n`;
const queued = line({ state: 'queued', requestId: 'r1' });

function runWith(text: string): string {
  const folder = base.fresh();
  writeFileSync(join(folder, 'run.jsonl'), text);
  return folder;
}

describe('the summary of a run', () => {
  it('says what its lines say', () => {
    const folder = runWith(queued + line({ state: 'running' }) + line({ state: 'success' }));
    expect(readRunSummary(folder)).toEqual({
      name: folder.split('/').at(-1),
      folder,
      state: 'success',
      requestId: 'r1',
      queuedAt: time,
      startedAt: time,
      endedAt: time,
      failure: null,
    });
  });

  it.each(Array.from({ length: queued.length - 2 }, (_, cut) => cut + 1))(
    'passes over a line torn after %d bytes',
    (cut) => {
      const running = line({ state: 'running' });
      expect(readRunSummary(runWith(queued + running.slice(0, cut)))?.state).toBe(
        cut < running.length - 1 ? 'queued' : 'running',
      );
    },
  );

  it.each([
    ['nothing', ''],
    ['lines that are none of ours', 'hello\n{"a":1}\n[]\nnull\n'],
    ['a first line torn', queued.slice(0, 30)],
  ])('is none for a log with %s', (_name, text) => {
    expect(readRunSummary(runWith(text))).toBeUndefined();
  });

  it('is none where there is no log, or something in its place', () => {
    const folder = base.fresh();
    const log = join(folder, 'run.jsonl');
    expect(readRunSummary(folder)).toBeUndefined();
    expect(readRunSummary(join(folder, 'missing'))).toBeUndefined();
    symlinkSync(join(runWith(queued), 'run.jsonl'), log);
    expect(readRunSummary(folder)).toBeUndefined();
    rmSync(log);
    mkdirSync(log);
    expect(readRunSummary(folder)).toBeUndefined();
  });

  it('waits for no pipe', ({ skip }) => {
    const folder = base.fresh();
    if (spawnSync('mkfifo', [join(folder, 'run.jsonl')]).status !== 0) skip('no pipes with names here');
    expect(readRunSummary(folder)).toBeUndefined();
  });

  it('comes from the beginning of a log that is far too long', () => {
    expect(readRunSummary(runWith(queued + 'x'.repeat(2 * longestRunLogBytes)))?.state).toBe('queued');
  });
});
