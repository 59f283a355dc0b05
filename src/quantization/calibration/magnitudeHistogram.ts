// A histogram of the magnitudes of values, of which the largest ones matter: for the percentile method.
import { BinCounts } from './binCounts';

/** Counts |value|. Values must be finite. */
export class MagnitudeHistogram {
  private readonly bins: BinCounts;
  /** Smaller values are not told apart any more: they count in the bin below this edge. */
  private floor = -Infinity;
  private floorSlot = 0;

  /** Magnitudes must lie between `smallest` and `largest`. */
  constructor(smallest: number, largest: number, bins: number) {
    this.bins = new BinCounts(smallest, largest, bins);
  }

  get edges(): Float32Array {
    return this.bins.edges;
  }

  add(values: Float32Array): void {
    const { floor } = this;
    const { slots, slotEdges, slotsPerUnit, shift } = this.bins;
    const last = slots.length - 1;
    let counted = 0;
    // Iterators cost several times what the loop does.
    for (let left = values.length - 1; left >= 0; left--) {
      const value = Math.abs(values[left] ?? 0);
      if (value >= floor) {
        let slot = (value * slotsPerUnit + shift) | 0;
        // A rounding more than what the range was measured with.
        if (slot > last) slot = last;
        if (value < (slotEdges[slot] ?? -Infinity)) slot--;
        else if (value >= (slotEdges[slot + 1] ?? Infinity)) slot++;
        slots[slot] = (slots[slot] ?? 0) + 1;
        counted++;
      }
    }
    const below = Math.max(this.floorSlot - 1, 0);
    slots[below] = (slots[below] ?? 0) + values.length - counted;
  }

  /**
   * Lets what is added from now on be counted faster: only the bins that hold the `count` largest values so far will be
   * told apart. Where the cumulated counts reach a share that leaves fewer values than that above it stays exact.
   */
  keepLargest(count: number): void {
    const { slots, slotEdges } = this.bins;
    let above = 0;
    let slot = slots.length;
    while (above < count && slot > this.floorSlot) above += slots[--slot] ?? 0;
    if (above < count || slot <= this.floorSlot || slot < 2) return;
    this.floorSlot = slot;
    this.floor = slotEdges[slot] ?? -Infinity;
  }

  /** Counts by bin. */
  counts(): Float64Array {
    return this.bins.counts();
  }
}
