// How often rows show progress: seldom enough to rest on them, and never less than the latest.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BenchConnection } from '../../../src/vscode/bench/benchConnection';
import type { JobsChange } from '../../../src/vscode/tree/liveJobs';
import { RowProgress, restingMs, rowProgressMs } from '../../../src/vscode/tree/rowProgress';
import { job } from './facts';

// It is only compared.
const bench = {} as unknown as BenchConnection;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function change(done: number): JobsChange {
  return { bench, isList: false, jobs: [job({ progress: { phase: 'measuring', done, total: 10, unit: 'runs' } })] };
}

describe('progress in rows', () => {
  it('is shown once for all that came in two seconds, the latest of it', () => {
    const show = vi.fn();
    const progress = new RowProgress(show);
    for (const done of [1, 2, 3]) progress.take(change(done));
    vi.advanceTimersByTime(rowProgressMs - 1);
    expect(show).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(show.mock.calls).toEqual([[change(3)]]);
    vi.advanceTimersByTime(10 * rowProgressMs);
    expect(show).toHaveBeenCalledTimes(1);
  });

  it('of a row on which somebody rests is not shown until the tooltip can have been read', () => {
    const show = vi.fn();
    const progress = new RowProgress(show);
    progress.take(change(1));
    progress.rest(change(1).jobs[0]?.run.folder ?? '');
    vi.advanceTimersByTime(restingMs - 1);
    expect(show).not.toHaveBeenCalled();
    progress.take(change(2));
    vi.advanceTimersByTime(rowProgressMs);
    expect(show.mock.calls).toEqual([[change(2)]]);
  });

  it('is not shown after the end', () => {
    const show = vi.fn();
    const progress = new RowProgress(show);
    progress.take(change(1));
    progress.dispose();
    vi.advanceTimersByTime(rowProgressMs);
    expect(show).not.toHaveBeenCalled();
  });
});
