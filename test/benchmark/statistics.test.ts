// Quantiles against known values and by their properties; the summary of a set of runs.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, quantile, sorted, summarizeLatencies } from '../../src/benchmark/statistics';

const latencies = fc.array(fc.double({ min: 1e-3, max: 1e5, noNaN: true }), { minLength: 1, maxLength: 60 });

describe('quantile', () => {
  // numpy.percentile([1, 2, 4, 8], [0, 10, 50, 90, 100])
  it.each([
    [0, 1],
    [0.1, 1.3],
    [0.5, 3],
    [0.9, 6.8],
    [1, 8],
  ])('is linear between neighbours: %d → %d', (fraction, expected) => {
    expect(quantile([1, 2, 4, 8], fraction)).toBeCloseTo(expected, 12);
  });

  it('is NaN for no values', () => {
    expect(quantile([], 0.5)).toBeNaN();
  });

  it('sorts by size, not by text', () => {
    expect([...sorted([10, 9, 100, 1])]).toEqual([1, 9, 10, 100]);
    expect(median([10, 9, 100])).toBe(10);
  });

  it('grows with the fraction and stays between the extremes', () => {
    fc.assert(
      fc.property(
        latencies,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, a, b) => {
          const ascending = sorted(values);
          const [low, high] = [quantile(ascending, Math.min(a, b)), quantile(ascending, Math.max(a, b))];
          expect(low).toBeLessThanOrEqual(high * (1 + 1e-12));
          expect(low).toBeGreaterThanOrEqual(Math.min(...values));
          expect(high).toBeLessThanOrEqual(Math.max(...values));
        },
      ),
    );
  });
});

describe('summarizeLatencies', () => {
  it('gives median, tail, minimum, spread and count', () => {
    const { latencyMs, spread, samples } = summarizeLatencies(Array.from({ length: 101 }, (_, index) => 200 - index));
    expect(latencyMs).toEqual({ median: 150, p90: 190, p99: 199, min: 100 });
    expect(spread).toBeCloseTo(25 / 150, 12);
    expect(samples).toBe(101);
  });

  it('does not depend on the unit of time except where it should', () => {
    fc.assert(
      fc.property(latencies, (values) => {
        const once = summarizeLatencies(values);
        const scaled = summarizeLatencies(values.map((value) => value * 1024));
        expect(scaled.latencyMs.p90).toBe(once.latencyMs.p90 * 1024);
        expect(scaled.spread).toBeCloseTo(once.spread, 9);
      }),
    );
  });
});
