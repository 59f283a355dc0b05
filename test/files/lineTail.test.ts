// Following a log that grows: each line once, whole, also when the log is begun anew.
import { execFileSync } from 'node:child_process';
import { appendFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appendLine, readLines } from '../../src/files/appendLog';
import { LineTail } from '../../src/files/lineTail';
import { temporaryFolder } from '../support/temporaryFolder';

const place = temporaryFolder();
const newPath = (): string => join(place.fresh(), 'log.jsonl');

describe('the tail of a log', () => {
  it('gives each line once, when it is whole', () => {
    const path = newPath();
    const tail = new LineTail(path);
    expect(tail.read()).toEqual([]);
    appendLine(path, { n: 1 });
    appendFileSync(path, '{"n":2');
    expect(tail.read()).toEqual([{ n: 1 }]);
    expect(tail.read()).toEqual([]);
    appendFileSync(path, ',"ü":"é"}\n\nno json\n{"n":3}\n');
    expect(tail.read()).toEqual([{ n: 2, ü: 'é' }, { n: 3 }]);
  });

  it.skipIf(process.platform === 'win32')('is empty where something else has the name, and waits for nobody', () => {
    const target = newPath();
    appendLine(target, { secret: 1 });
    const [pipe, link] = [newPath(), newPath()];
    execFileSync('mkfifo', [pipe]);
    symlinkSync(target, link);
    for (const path of [pipe, link, join(target, '..')]) {
      expect(new LineTail(path).read()).toEqual([]);
      expect(readLines(path)).toEqual([]);
    }
  });

  it('begins where it is told to', () => {
    const path = newPath();
    for (let n = 1; n <= 100; n++) appendLine(path, { n });
    const skipped = new LineTail(path);
    skipped.skip();
    const last = new LineTail(path);
    last.skipAllBut(50);
    const recent = last.read() as { n: number }[];
    expect(recent.length).toBeGreaterThan(1);
    expect(recent.map(({ n }) => n)).toEqual(Array.from(recent, (_, index) => 101 - recent.length + index));
    expect(skipped.read()).toEqual([]);
    appendLine(path, { n: 101 });
    expect(skipped.read()).toEqual([{ n: 101 }]);
  });

  it('begins again with a log that was removed or shortened', () => {
    const path = newPath();
    const tail = new LineTail(path);
    appendLine(path, { n: 1 });
    appendLine(path, { n: 2 });
    expect(tail.read()).toHaveLength(2);
    rmSync(path);
    expect(tail.read()).toEqual([]);
    appendLine(path, { n: 3 });
    expect(tail.read()).toEqual([{ n: 3 }]);
    writeFileSync(path, '');
    expect(tail.read()).toEqual([]);
    appendLine(path, { n: 4 });
    expect(tail.read()).toEqual([{ n: 4 }]);
  });

  it('reads more than fits into one piece, and passes over a line that does not', () => {
    const path = newPath();
    const tail = new LineTail(path);
    const text = 'x'.repeat(1_000);
    writeFileSync(path, Array.from({ length: 3_000 }, (_, n) => `${JSON.stringify({ n, text })}\n`).join(''));
    expect((tail.read() as { n: number }[]).map(({ n }) => n)).toEqual(Array.from({ length: 3_000 }, (_, n) => n));
    appendFileSync(path, `"${'y'.repeat(3 * 2 ** 20)}"\n{"n":"after"}\n`);
    expect(tail.read()).toContainEqual({ n: 'after' });
  });

  it('of something that is no file is empty', () => {
    expect(new LineTail(place.fresh()).read()).toEqual([]);
  });
});
