// The journal of a tuning: what a resumed run finds in it, and which journals it refuses.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLines } from '../../src/files/appendLog';
import { keyOf } from '../../src/tuning/configKey';
import { TuningHistory } from '../../src/tuning/history';
import type { BaselineRecord, RunIdentity, TrialRecord } from '../../src/tuning/history';
import { temporaryFolder } from '../support/temporaryFolder';
import { measureOf } from './measures';

const folder = temporaryFolder();
const identity: RunIdentity = { modelSha256: 'm', configSha256: 'c', engineVersion: '1' };
const baseline: BaselineRecord = { values: [0.5], samples: 40, latencyMs: 3, sizeBytes: 1000 };
const ended = (id: number): TrialRecord => ({
  id,
  key: `key ${id}`,
  change: 'Conv stays float',
  config: { ops: {} },
  measure: measureOf(),
  elapsedMs: 100 * id,
});

let files = 0;
const newPath = (): string => join(folder.path, `history ${++files}.jsonl`);
const open = (path: string, isResumed = true, changes: Partial<RunIdentity> = {}): TuningHistory =>
  TuningHistory.open(path, folder.path, { ...identity, ...changes }, isResumed);

/** A history with the float model and one trial. */
function written(): string {
  const path = newPath();
  const history = open(path, false);
  history.recordBaseline(baseline);
  history.recordStart(1, 'key 1', 'Conv stays float', { ops: {} });
  history.recordEnd(ended(1));
  return path;
}

describe('TuningHistory', () => {
  it('knows what an earlier session recorded', () => {
    const history = open(written());
    expect(history.baseline).toEqual(baseline);
    expect(history.trial('key 1')).toMatchObject(ended(1));
    expect(history.trial('key 2')).toBeUndefined();
    expect(history.unfinished).toBeUndefined();
    expect(history.lastId).toBe(1);
    expect(history.elapsedMs).toBe(100);
  });

  it('goes on in the same file, session after session', () => {
    const path = written();
    open(path).recordEnd(ended(2));
    const third = open(path);
    expect([third.lastId, third.elapsedMs]).toEqual([2, 200]);
    expect(readLines(path)).toHaveLength(5);
  });

  it('begins where there is nothing to resume', () => {
    const history = open(newPath());
    expect([history.baseline, history.lastId, history.elapsedMs]).toEqual([undefined, 0, 0]);
  });

  it('names the trial that had begun and not ended', () => {
    const path = written();
    open(path).recordStart(2, 'key 2', 'all static', { ops: { a: 1 } });
    expect(open(path).unfinished).toMatchObject({
      id: 2,
      key: 'key 2',
      change: 'all static',
      config: { ops: { a: 1 } },
    });
    open(path).recordEnd({ id: 2, key: 'key 2', change: 'all static', config: {}, error: 'killed', elapsedMs: 7 });
    const last = open(path);
    expect(last.unfinished).toBeUndefined();
    expect(last.trial('key 2')?.error).toBe('killed');
  });

  it('gives back figures that JSON has no words for', () => {
    const path = written();
    const measure = measureOf({ values: [NaN, 1], gain: -Infinity });
    open(path).recordEnd({ ...ended(2), measure });
    expect(open(path).trial('key 2')?.measure).toEqual(measure);
  });

  it('gives the values of probes again, also those that are null or undefined by then', async () => {
    const path = written();
    let measured = 0;
    const measure = (value: unknown) => (): Promise<unknown> => {
      measured++;
      return Promise.resolve(value);
    };
    const first = open(path);
    expect(await first.probe('a', measure([['Conv', 0.5]]))).toEqual([['Conv', 0.5]]);
    expect(await first.probe('a', measure('another'))).toEqual([['Conv', 0.5]]);
    expect(await first.probe('b', measure(null))).toBeNull();
    const second = open(path);
    expect(await second.probe('a', measure('another'))).toEqual([['Conv', 0.5]]);
    expect(await second.probe('b', measure('another'))).toBeNull();
    expect(measured).toBe(2);
  });

  it('does not record a probe that failed', async () => {
    const history = open(newPath(), false);
    await expect(history.probe('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await history.probe('a', () => Promise.resolve(3))).toBe(3);
  });

  it('survives a last line that was cut off, and one that was the first', () => {
    const path = written();
    appendFileSync(path, '{"type":"end","id":2,"ke');
    open(path).recordEnd(ended(3));
    expect(open(path).trial('key 3')?.id).toBe(3);
    const torn = newPath();
    writeFileSync(torn, '{"type":"begin","ver');
    open(torn).recordBaseline(baseline);
    expect(open(torn).baseline).toEqual(baseline);
  });

  it.each([
    ['model', { modelSha256: 'x' }, 'model'],
    ['config', { configSha256: 'x' }, 'configuration'],
    ['engine', { engineVersion: '2' }, 'version of the engine'],
  ])('refuses the history of another %s', (_, changes, word) => {
    const path = written();
    const before = readFileSync(path, 'utf8');
    expect(() => open(path, true, changes)).toThrow(
      expect.objectContaining({ code: 'tuning-other-run', message: expect.stringContaining(word) as string }) as Error,
    );
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('refuses a file that is no history, or that of another version', () => {
    const path = newPath();
    writeFileSync(path, '{"type":"baseline"}\n');
    expect(() => open(path)).toThrow(expect.objectContaining({ code: 'tuning-history' }) as Error);
    writeFileSync(path, `${JSON.stringify({ type: 'begin', version: 2, identity })}\n`);
    expect(() => open(path)).toThrow(/version 2/);
  });
});

describe('keyOf', () => {
  it('is the same for equal contents, whatever the order of keys at any depth', () => {
    const reordered = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reordered);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, inner]) => [key, reordered(inner)]),
      );
    };
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(keyOf(reordered(value))).toBe(keyOf(value));
      }),
    );
  });

  it('tells different contents apart', () => {
    const keys = [{ a: 1 }, { a: 2 }, { b: 1 }, { a: [1, 2] }, { a: [2, 1] }, { a: { a: 1 } }, [], {}, null].map(keyOf);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
