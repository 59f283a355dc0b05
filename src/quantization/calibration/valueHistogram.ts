// A histogram of values between −threshold and threshold, for the entropy method.
import { BinCounts } from './binCounts';

/** How many values are counted before the 32-bit lanes are emptied: fewer than overflow them. */
const flushValues = 2 ** 30;

/** Counts every value, NaN left out. Values must not be infinite. */
export class ValueHistogram {
  private readonly bins: BinCounts;
  /** Neighbouring values count in different lanes: an addition need not wait for the one before it. */
  private readonly even: Int32Array;
  private readonly odd: Int32Array;

  constructor(threshold: number, bins: number) {
    this.bins = new BinCounts(-threshold, threshold, bins);
    this.even = new Int32Array(bins + 2);
    this.odd = new Int32Array(bins + 2);
  }

  get edges(): Float32Array {
    return this.bins.edges;
  }

  add(values: Float32Array): void {
    for (let start = 0; start < values.length; start += flushValues) {
      this.count(values.subarray(start, start + flushValues));
      this.flush();
    }
  }

  /** Counts by bin. */
  counts(): Float64Array {
    return this.bins.counts();
  }

  /** The casts spare the engine a check per element in this hottest loop of calibration. */
  private count(values: Float32Array): void {
    const { even, odd } = this;
    const { slotEdges, slotsPerUnit, shift } = this.bins;
    const pairs = values.length & ~1;
    for (let index = 0; index < pairs; index += 2) {
      const one = values[index] as number;
      const two = values[index + 1] as number;
      let slotOne = (one * slotsPerUnit + shift) | 0;
      let slotTwo = (two * slotsPerUnit + shift) | 0;
      if (one < (slotEdges[slotOne] as number)) slotOne--;
      else if (one >= (slotEdges[slotOne + 1] as number)) slotOne++;
      if (two < (slotEdges[slotTwo] as number)) slotTwo--;
      else if (two >= (slotEdges[slotTwo + 1] as number)) slotTwo++;
      (even[slotOne] as number)++;
      (odd[slotTwo] as number)++;
    }
    if (pairs < values.length) this.count(Float32Array.of(values[pairs] as number, NaN));
  }

  private flush(): void {
    const { slots } = this.bins;
    for (let slot = 0; slot < slots.length; slot++) {
      (slots[slot] as number) += (this.even[slot] as number) + (this.odd[slot] as number);
    }
    this.even.fill(0);
    this.odd.fill(0);
  }
}
