// Thinning of reports: never more than one an interval, and the last one always.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { coalesce } from '../../src/processes/coalesce';

describe('coalesce', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('delivers the first at once, then the latest of each interval', () => {
    const seen: number[] = [];
    const { push } = coalesce<number>((n) => seen.push(n), 100);
    for (let n = 0; n < 100; n++) {
      push(n);
      vi.advanceTimersByTime(10);
    }
    expect(seen[0]).toBe(0);
    expect(seen.length).toBeGreaterThanOrEqual(9);
    expect(seen.length).toBeLessThanOrEqual(11);
  });

  it('delivers the last one by itself after the interval', () => {
    const seen: number[] = [];
    const { push } = coalesce<number>((n) => seen.push(n), 100);
    push(1);
    push(2);
    push(3);
    expect(seen).toEqual([1]);
    vi.advanceTimersByTime(100);
    expect(seen).toEqual([1, 3]);
  });

  it('delivers what waits when flushed, and nothing twice', () => {
    const seen: number[] = [];
    const { push, flush } = coalesce<number>((n) => seen.push(n), 100);
    push(1);
    push(2);
    flush();
    flush();
    vi.advanceTimersByTime(1_000);
    expect(seen).toEqual([1, 2]);
  });
});
