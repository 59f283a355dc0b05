// One figure out of the figures of many samples: the aggregators of SYSTEMS §7.5.

export const aggregators = [
  ...(['mean', 'min', 'max', 'median'] as const),
  ...(['mean_no_outliers', 'median_no_outliers', 'hl_estimator', 'power_of_2'] as const),
] as const;

export type Aggregator = (typeof aggregators)[number];

/** Figures outside these quantiles are outliers. */
const outlierQuantiles = [0.01, 0.99] as const;

/** Pairs are formed of at most so many figures, evenly taken: their number grows with the square. */
const mostPaired = 1000;

/** @param figures at least one, all finite; not changed */
export function aggregate(figures: readonly number[], how: Aggregator): number {
  switch (how) {
    case 'mean':
      return mean(figures);
    case 'min':
      return figures.reduce((least, figure) => Math.min(least, figure), Infinity);
    case 'max':
      return figures.reduce((most, figure) => Math.max(most, figure), -Infinity);
    case 'median':
      return quantile(figures, 0.5);
    case 'mean_no_outliers':
      return mean(withoutOutliers(figures));
    case 'median_no_outliers':
      return quantile(withoutOutliers(figures), 0.5);
    case 'hl_estimator':
      return hodgesLehmann(figures);
    case 'power_of_2':
      return powerOfTwo(figures);
  }
}

/** The value below which the part `q` of the figures lies, between two of them in proportion (as NumPy does). */
export function quantile(figures: readonly number[], q: number): number {
  const sorted = Float64Array.from(figures).sort();
  const place = q * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}

function mean(figures: readonly number[]): number {
  return figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
}

function withoutOutliers(figures: readonly number[]): readonly number[] {
  const [low, high] = outlierQuantiles.map((q) => quantile(figures, q));
  const kept = figures.filter((figure) => figure >= (low ?? -Infinity) && figure <= (high ?? Infinity));
  return kept.length === 0 ? figures : kept;
}

/** The magnitude of a range is no smaller: its logarithm would be none. */
const leastMagnitude = 1e-5;

/** The figure furthest from 0, brought to the next power of 2 beyond it; one that is a power of 2 stays. */
function powerOfTwo(figures: readonly number[]): number {
  const furthest = figures.reduce((far, figure) => (Math.abs(figure) > Math.abs(far) ? figure : far), 0);
  const power = 2 ** Math.ceil(Math.log2(Math.max(Math.abs(furthest), leastMagnitude)));
  return furthest < 0 ? -power : power;
}

/** Half the median of the sums of all pairs, each figure with itself too (Hodges and Lehmann 1963). */
function hodgesLehmann(figures: readonly number[]): number {
  const step = Math.max(1, figures.length / mostPaired);
  const count = Math.floor(figures.length / step);
  const paired = Array.from({ length: count }, (_, index) => figures[Math.floor(index * step)] ?? 0);
  const sums = paired.flatMap((one, index) => paired.slice(index).map((other) => one + other));
  return quantile(sums, 0.5) / 2;
}
