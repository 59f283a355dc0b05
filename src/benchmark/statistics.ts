// Order statistics of latencies: quantiles and the summary a benchmark reports.
import type { ModelBenchmark } from '../protocol/jobs';

/** The figures of ModelBenchmark that come from latencies alone. */
export type LatencySummary = Pick<ModelBenchmark, 'latencyMs' | 'spread' | 'samples'>;

/** An ascending copy. */
export function sorted(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/**
 * The `fraction` quantile of ascending values, linear between neighbours (type 7 of Hyndman & Fan, 1996, the default of
 * NumPy and R); NaN for none.
 */
export function quantile(ascending: ArrayLike<number>, fraction: number): number {
  const position = fraction * (ascending.length - 1);
  const below = ascending[Math.floor(position)] ?? NaN;
  const above = ascending[Math.ceil(position)] ?? NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/** The median in any order of values. */
export function median(values: ArrayLike<number>): number {
  return quantile(sorted(values), 0.5);
}

/** Median, tail, minimum and spread (half the interquartile range over the median) of timed runs. */
export function summarizeLatencies(latenciesMs: ArrayLike<number>): LatencySummary {
  const ascending = sorted(latenciesMs);
  const middle = quantile(ascending, 0.5);
  return {
    latencyMs: {
      median: middle,
      p90: quantile(ascending, 0.9),
      p99: quantile(ascending, 0.99),
      min: quantile(ascending, 0),
    },
    samples: ascending.length,
    spread: (quantile(ascending, 0.75) - quantile(ascending, 0.25)) / 2 / middle,
  };
}
