// Equal bins over a known range and the counts in them: the ground of both histograms.

/**
 * Bins over [low, high], the last one closed. Edges are float32 numbers computed in float32, and a value belongs to the
 * bin whose edges hold it: the same counts as numpy's `histogram` gives for float32 data.
 *
 * Counts are kept in slots: one before the bins and one behind them, for what is, or is rounded, beyond them: values
 * equal to `high` above all. They count in the outermost bins. The slot of a value is `value · slotsPerUnit + shift`, cut to an integer, and off by at most one, which `slotEdges` puts right.
 */
export class BinCounts {
  /** Lower edge of each bin, and the upper edge of the last. */
  readonly edges: Float32Array;
  readonly slots: Float64Array;
  /** Lower edge of each slot; the outermost bins take what rounding puts beyond them. */
  readonly slotEdges: Float32Array;
  readonly slotsPerUnit: number;
  readonly shift: number;

  /** `low` must be less than `high`, both finite float32 numbers. */
  constructor(low: number, high: number, bins: number) {
    this.edges = new Float32Array(bins + 1);
    const step = Math.fround(Math.fround(high - low) / bins);
    for (let index = 0; index < bins; index++) this.edges[index] = Math.fround(index * step) + low;
    this.edges[bins] = high;
    this.slots = new Float64Array(bins + 2);
    this.slotEdges = new Float32Array(bins + 3).fill(Infinity);
    this.slotEdges.set(this.edges, 1);
    this.slotEdges.fill(-Infinity, 0, 2);
    this.slotsPerUnit = bins / (high - low);
    this.shift = 1 - low * this.slotsPerUnit;
  }

  /** Counts by bin. */
  counts(): Float64Array {
    const counts = this.slots.slice(1, -1);
    const last = counts.length - 1;
    counts[0] = (counts[0] ?? 0) + (this.slots[0] ?? 0);
    counts[last] = (counts[last] ?? 0) + (this.slots.at(-1) ?? 0);
    return counts;
  }
}
