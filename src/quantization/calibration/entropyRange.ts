// The range whose 8-bit picture of a tensor's values loses the least information (Kullback–Leibler divergence).
//
// After Migacz, "8-bit inference with TensorRT" (GTC 2017), as ONNX Runtime does it: SYSTEMS §4.4.
import type { TensorRange } from '../../config/recipe';

/** Probability given to empty bins, so that logarithms stay finite. */
const smoothing = 1e-4;

/**
 * Tries every range that is symmetric around the middle bin, from `levels` bins up to all of them, and takes the one
 * whose values, merged into `levels` groups and spread evenly again, are nearest to the values themselves. Never
 * beyond the observed range. With as many bins as levels there is one candidate: the full range.
 */
export function entropyRange(
  counts: Float64Array,
  edges: Float32Array,
  levels: number,
  observed: TensorRange,
): TensorRange {
  const middle = counts.length >> 1;
  const firstHalf = Math.min(levels >> 1, middle);
  const search = new DivergenceSearch(counts, levels);
  let best = { divergence: Infinity, start: 0, end: counts.length };
  for (let half = firstHalf; half <= middle; half++) {
    const start = middle - half;
    const end = Math.min(middle + half + 1, counts.length);
    const divergence = search.divergence(start, end);
    if (divergence < best.divergence) best = { divergence, start, end };
  }
  const min = edges[best.start] ?? observed.min;
  const max = edges[best.end] ?? observed.max;
  return { min: Math.max(min, observed.min), max: Math.min(max, observed.max) };
}

/** Divergences of many slices of the same histogram. */
class DivergenceSearch {
  /** cumulated[i]: how many values lie in the bins before i. */
  private readonly cumulated: Float64Array;
  /** The slice at hand: its counts, with what lies outside it added to its ends. */
  private readonly reference: Float64Array;
  /** The same merged into groups and spread evenly again. */
  private readonly spread: Float64Array;

  constructor(
    private readonly counts: Float64Array,
    private readonly levels: number,
  ) {
    this.cumulated = new Float64Array(counts.length + 1);
    counts.forEach((count, bin) => (this.cumulated[bin + 1] = (this.cumulated[bin] ?? 0) + count));
    this.reference = new Float64Array(counts.length);
    this.spread = new Float64Array(counts.length);
  }

  /** KL(reference‖spread) of the bins from `start` to `end`; infinite when either is empty. */
  divergence(start: number, end: number): number {
    const size = end - start;
    this.fillReference(start, end);
    const spreadTotal = this.fillSpread(start, size);
    const reference = this.reference.subarray(0, size);
    const spread = this.spread.subarray(0, size);
    const total = this.cumulated[this.counts.length] ?? 0;
    const takenReference = takenFromOthers(reference);
    const takenSpread = takenFromOthers(spread);
    if (!Number.isFinite(takenReference) || !Number.isFinite(takenSpread)) return Infinity;
    let divergence = 0;
    for (let index = 0; index < size; index++) {
      const count = reference[index] ?? 0;
      const evened = spread[index] ?? 0;
      // Empty in both: p / q is 1.
      if (count === 0 && evened === 0) continue;
      const p = count === 0 ? smoothing : count - takenReference;
      const q = evened === 0 ? smoothing : evened - takenSpread;
      divergence += p * Math.log(p / q);
    }
    // With P = p / total and Q = q / spreadTotal, whose sums are 1.
    return divergence / total + Math.log(spreadTotal / total);
  }

  private fillReference(start: number, end: number): void {
    const { cumulated, counts, reference } = this;
    reference.set(counts.subarray(start, end));
    const last = end - start - 1;
    reference[0] = (reference[0] ?? 0) + (cumulated[start] ?? 0);
    reference[last] = (reference[last] ?? 0) + (cumulated[counts.length] ?? 0) - (cumulated[end] ?? 0);
  }

  /**
   * Merges the slice into `levels` groups and spreads each evenly, in whole numbers, over its bins; gives the sum.
   * Bins beyond the last whole group are counted into it but stay empty.
   */
  private fillSpread(start: number, size: number): number {
    const { cumulated, spread, reference, levels } = this;
    const width = Math.floor(size / levels);
    spread.fill(0, 0, size);
    let sum = 0;
    for (let group = 0; group < levels; group++) {
      const from = group * width;
      const to = from + width;
      const until = group === levels - 1 ? size : to;
      const merged = (cumulated[start + until] ?? 0) - (cumulated[start + from] ?? 0);
      let filled = 0;
      for (let index = from; index < to; index++) if (reference[index] !== 0) filled++;
      if (filled === 0) continue;
      const evened = Math.floor(merged / filled);
      spread.fill(evened, from, to);
      sum += evened * width;
    }
    return sum;
  }
}

/** What each filled bin gives so that the empty ones have `smoothing`; infinite when none is filled. */
function takenFromOthers(distribution: Float64Array): number {
  let empty = 0;
  for (const count of distribution) if (count === 0) empty++;
  return (smoothing * empty) / (distribution.length - empty);
}
