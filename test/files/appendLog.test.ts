// Line logs: whole lines come back, torn ones do not.
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendLine, appendLineDurably, readLines } from '../../src/files/appendLog';

let path: string;

beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'cb-log-')), 'events.jsonl');
});

afterEach(() => {
  rmSync(join(path, '..'), { recursive: true });
});

describe('a line log', () => {
  it('is empty when it is not there', () => {
    expect(readLines(path)).toEqual([]);
  });

  it('gives back what was appended, whatever is in the texts', () => {
    const lines = [{ a: 1 }, { text: 'two\nlines and "quotes"' }, { ünï: null }];
    for (const line of lines) appendLine(path, line);
    expect(readLines(path)).toEqual(lines);
  });

  it('tolerates a line that its writer did not finish', () => {
    appendLine(path, { a: 1 });
    appendFileSync(path, '{"a": 2, "b"');
    expect(readLines(path)).toEqual([{ a: 1 }]);
  });

  it('that is durable ends a torn line first, so that its own is whole', () => {
    appendLineDurably(path, { a: 1 });
    appendFileSync(path, '{"a": 2, "b"');
    appendLineDurably(path, { a: 3 });
    appendLineDurably(path, { a: 4 });
    expect(readLines(path)).toEqual([{ a: 1 }, { a: 3 }, { a: 4 }]);
  });
});
