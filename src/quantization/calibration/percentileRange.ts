// The range that holds a given percentage of a tensor's values.
import type { TensorRange } from '../../config/recipe';

/**
 * The symmetric range that holds `percentile` percent of the values (SYSTEMS §4.4, ONNX Runtime's variant), cut to what
 * was observed. `counts` and `edges` are those of the magnitudes: the limit is the lower edge of the bin in which the
 * cumulated share reaches the percentage.
 */
export function percentileRange(
  counts: Float64Array,
  edges: Float32Array,
  percentile: number,
  observed: TensorRange,
): TensorRange {
  let total = 0;
  for (const count of counts) total += count;
  if (total === 0) return observed;
  const limit = edges[binReaching(counts, total, percentile / 100)] ?? Infinity;
  return { min: Math.max(-limit, observed.min), max: Math.min(limit, observed.max) };
}

/** The first bin at whose end at least `share` of the total is reached; the number of bins if none is. */
function binReaching(counts: Float64Array, total: number, share: number): number {
  let cumulated = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    cumulated += (counts[bin] ?? 0) / total;
    if (cumulated >= share) return bin;
  }
  return counts.length;
}
