// A histogram of values between −threshold and threshold, for the entropy method.
import { BinCounts } from './binCounts';

/**
 * Counts every value. A value on the edge of two bins may count in either: the divergence of whole distributions does
 * not depend on it, and not looking it up makes this, the longest loop of calibration, a third faster.
 */
export class ValueHistogram {
  private readonly bins: BinCounts;

  constructor(threshold: number, bins: number) {
    this.bins = new BinCounts(-threshold, threshold, bins);
  }

  get edges(): Float32Array {
    return this.bins.edges;
  }

  /** Values must be finite. */
  add(values: Float32Array): void {
    const { slots, slotsPerUnit, shift } = this.bins;
    const last = slots.length - 1;
    // Iterators cost several times what the loop does.
    for (let left = values.length - 1; left >= 0; left--) {
      const position = ((values[left] ?? 0) * slotsPerUnit + shift) | 0;
      const slot = position < 0 ? 0 : position > last ? last : position;
      slots[slot] = (slots[slot] ?? 0) + 1;
    }
  }

  /** Counts by bin. */
  counts(): Float64Array {
    return this.bins.counts();
  }
}
