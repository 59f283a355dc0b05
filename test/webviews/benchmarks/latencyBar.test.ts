// The bars of latencies: what is compared has the room, whatever the slowest runs took.
import { describe, expect, it } from 'vitest';
import { latencyBar, longestDrawnMs } from '../../../webviews/benchmarks/latencyBar';

const quiet = { min: 0.9, median: 1, p90: 1.2, p99: 1.9 };

describe('a latency', () => {
  it('is drawn with percentiles that lie near the medians', () => {
    const bar = { value: 1, low: 0.9, high: 1.2, far: 1.9, goesOn: false, text: '1.00 ms' };
    expect(latencyBar(quiet, longestDrawnMs([1]))).toEqual(bar);
  });

  it('of a noisy run is cut at twice the largest median, and says where it goes', () => {
    const longestMs = longestDrawnMs([1, 0.6]);
    const bar = { value: 0.6, low: 0.5, high: 2, goesOn: true, text: '0.600 ms (p90 30.0 ms)' };
    expect(latencyBar({ min: 0.5, median: 0.6, p90: 30, p99: 80 }, longestMs)).toEqual(bar);
    expect(latencyBar(quiet, longestMs)).toMatchObject({ high: 1.2, far: 1.9, goesOn: false });
  });

  it('leaves out the mark of the slowest runs alone, and writes it', () => {
    const bar = { value: 1, low: 0.9, high: 1.2, goesOn: false, text: '1.00 ms (p99 9.00 ms)' };
    expect(latencyBar({ ...quiet, p99: 9 }, longestDrawnMs([1]))).toEqual(bar);
  });
});

it('nothing measured is no length at all', () => {
  expect(longestDrawnMs([])).toBe(0);
});
