// A histogram of the magnitudes of values, of which the largest ones matter: for the percentile method.
import { BinCounts } from './binCounts';

/** Counts |value|. Values must not be infinite. */
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

  /** The casts spare the engine a check per element in this hottest loop of calibration. */
  add(values: Float32Array): void {
    const { floor } = this;
    const { slots, slotEdges, slotsPerUnit, shift } = this.bins;
    const last = slots.length - 1;
    let counted = 0;
    for (let index = 0; index < values.length; index++) {
      const value = Math.abs(values[index] as number);
      if (value >= floor) {
        let slot = (value * slotsPerUnit + shift) | 0;
        // A rounding more than what the range was measured with.
        if (slot > last) slot = last;
        if (value < (slotEdges[slot] as number)) slot--;
        else if (value >= (slotEdges[slot + 1] as number)) slot++;
        (slots[slot] as number)++;
        counted++;
      }
    }
    const below = Math.max(this.floorSlot - 1, 0);
    slots[below] = (slots[below] as number) + values.length - counted;
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
