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

/**
 * Divergences of many slices of the same histogram. Sums over runs of bins come from running totals, so that a slice
 * costs as many steps as there are levels, not as there are bins.
 */
class DivergenceSearch {
  /** Running totals of: counts, bins that hold values, c · log c, log c, 1 / c. Each is one longer than the bins. */
  private readonly values: Float64Array;
  private readonly filled: Float64Array;
  private readonly countLogs: Float64Array;
  private readonly logs: Float64Array;
  private readonly inverses: Float64Array;

  constructor(
    private readonly counts: Float64Array,
    private readonly levels: number,
  ) {
    this.values = runningTotal(counts, (count) => count);
    this.filled = runningTotal(counts, (count) => (count > 0 ? 1 : 0));
    this.countLogs = runningTotal(counts, (count) => (count > 0 ? count * Math.log(count) : 0));
    this.logs = runningTotal(counts, (count) => (count > 0 ? Math.log(count) : 0));
    this.inverses = runningTotal(counts, (count) => (count > 0 ? 1 / count : 0));
  }

  /**
   * KL(P‖Q) of the bins from `start` to `end`. P are their counts, with what lies outside added to the outermost ones; Q
   * are the counts merged into groups and spread evenly, in whole numbers, over the bins of each group that P fills.
   * Infinite when either is empty.
   */
  divergence(start: number, end: number): number {
    const slice = new Slice(this.counts, this.values, this.filled, start, end);
    const size = end - start;
    const taken = (smoothing * (size - slice.filledIn(start, end))) / slice.filledIn(start, end);
    const width = Math.floor(size / this.levels);
    const evened = new Float64Array(this.levels);
    let spreadTotal = 0;
    let emptySpread = size - width * this.levels;
    for (let group = 0; group < this.levels; group++) {
      const from = start + group * width;
      const filled = slice.filledIn(from, from + width);
      // What lies beyond the last whole group counts into it.
      const until = group === this.levels - 1 ? end : from + width;
      const merged = sumOf(this.values, from, until);
      const each = filled === 0 ? 0 : Math.floor(merged / filled);
      evened[group] = each;
      spreadTotal += each * width;
      if (each === 0) emptySpread += width;
    }
    const takenSpread = (smoothing * emptySpread) / (size - emptySpread);
    if (!Number.isFinite(taken) || !Number.isFinite(takenSpread)) return Infinity;
    let crossTerm = 0;
    for (let group = 0; group < this.levels; group++) {
      const from = start + group * width;
      const each = evened[group] ?? 0;
      crossTerm += slice.mass(from, from + width, taken) * Math.log(each === 0 ? smoothing : each - takenSpread);
    }
    crossTerm += slice.mass(start + width * this.levels, end, taken) * Math.log(smoothing);
    // P and Q as they stand sum up to these; the divergence is that of both divided by their sums.
    const total = this.values[this.counts.length] ?? 0;
    return (this.selfTerm(slice, taken) - crossTerm) / total + Math.log(spreadTotal / total);
  }

  /** Σ p · log p of a slice. Inside, (c − t) · log(c − t) is taken to the second order in the tiny `taken`. */
  private selfTerm(slice: Slice, taken: number): number {
    const [from, to] = [slice.start + 1, slice.end - 1];
    const filled = sumOf(this.filled, from, to);
    const inside =
      sumOf(this.countLogs, from, to) -
      taken * (sumOf(this.logs, from, to) + filled) +
      (taken ** 2 / 2) * sumOf(this.inverses, from, to);
    const empty = to - from - filled;
    return inside + empty * timesLog(smoothing) + timesLog(slice.first, taken) + timesLog(slice.last, taken);
  }
}

/** A slice of the histogram whose outermost bins also hold what lies outside it. */
class Slice {
  readonly first: number;
  readonly last: number;
  private readonly outsideLeft: number;
  private readonly outsideRight: number;

  constructor(
    private readonly counts: Float64Array,
    private readonly values: Float64Array,
    private readonly filled: Float64Array,
    readonly start: number,
    readonly end: number,
  ) {
    this.outsideLeft = sumOf(values, 0, start);
    this.outsideRight = sumOf(values, end, counts.length);
    this.first = (counts[start] ?? 0) + this.outsideLeft;
    this.last = (counts[end - 1] ?? 0) + this.outsideRight;
  }

  /** Bins between two places that hold values. */
  filledIn(from: number, to: number): number {
    const first = from <= this.start && to > this.start && this.first > 0 && this.counts[this.start] === 0;
    const last = from < this.end && to >= this.end && this.last > 0 && this.counts[this.end - 1] === 0;
    return sumOf(this.filled, from, to) + Number(first) + Number(last);
  }

  /** Σ p of the bins between two places: `taken` less in the filled ones, `smoothing` in the others. */
  mass(from: number, to: number, taken: number): number {
    if (to <= from) return 0;
    const outside = (from <= this.start ? this.outsideLeft : 0) + (to >= this.end ? this.outsideRight : 0);
    const filled = this.filledIn(from, to);
    return sumOf(this.values, from, to) + outside - taken * filled + smoothing * (to - from - filled);
  }
}

function runningTotal(counts: Float64Array, term: (count: number) => number): Float64Array {
  const totals = new Float64Array(counts.length + 1);
  counts.forEach((count, bin) => (totals[bin + 1] = (totals[bin] ?? 0) + term(count)));
  return totals;
}

/** Sum over the bins from `from` up to, not including, `to`. */
function sumOf(totals: Float64Array, from: number, to: number): number {
  return (totals[to] ?? 0) - (totals[from] ?? 0);
}

/** p · log p for a filled bin, and for an empty one that got `smoothing`. */
function timesLog(count: number, taken = 0): number {
  const p = count === 0 ? smoothing : count - taken;
  return p * Math.log(p);
}
