// Narrows the observed range of one tensor with the histogram of its values.
import type { CalibrationSettings, TensorRange } from '../../config/recipe';
import { entropyRange } from './entropyRange';
import { MagnitudeHistogram } from './magnitudeHistogram';
import { percentileRange } from './percentileRange';
import { ValueHistogram } from './valueHistogram';

/** Is given all values of a tensor, then asked for the range. */
export interface RangeCut {
  /** Values must be finite. */
  add(values: Float32Array): void;
  /** Says which part (0..1) of all values has been added by now. */
  reached(part: number): void;
  range(): TensorRange;
}

/** Undefined when there is nothing to cut: minmax, or values that are all alike. */
export function rangeCutFor(observed: TensorRange, settings: CalibrationSettings): RangeCut | undefined {
  const largest = Math.max(-observed.min, observed.max);
  // Of values on both sides of 0, the smallest magnitude is taken to be 0.
  const smallest = Math.max(observed.min, -observed.max, 0);
  if (settings.method === 'entropy' && largest > 0) return new EntropyCut(observed, largest, settings);
  if (settings.method === 'percentile' && smallest < largest) {
    return new PercentileCut(observed, smallest, largest, settings);
  }
  return undefined;
}

/** How many times more of the largest values are told apart than the percentage needs, as samples differ in size. */
const reserve = 2;

class PercentileCut implements RangeCut {
  private readonly histogram: MagnitudeHistogram;
  private added = 0;

  constructor(
    private readonly observed: TensorRange,
    smallest: number,
    largest: number,
    private readonly settings: CalibrationSettings,
  ) {
    this.histogram = new MagnitudeHistogram(smallest, largest, settings.bins);
  }

  add(values: Float32Array): void {
    this.histogram.add(values);
    this.added += values.length;
  }

  reached(part: number): void {
    const cutOff = (1 - this.settings.percentile / 100) * (this.added / part);
    this.histogram.keepLargest(reserve * Math.ceil(cutOff));
  }

  range(): TensorRange {
    const { histogram, settings, observed } = this;
    return percentileRange(histogram.counts(), histogram.edges, settings.percentile, observed);
  }
}

class EntropyCut implements RangeCut {
  private readonly histogram: ValueHistogram;

  constructor(
    private readonly observed: TensorRange,
    largest: number,
    private readonly settings: CalibrationSettings,
  ) {
    this.histogram = new ValueHistogram(largest, settings.bins);
  }

  add(values: Float32Array): void {
    this.histogram.add(values);
  }

  reached(): void {
    // Every bin matters to the end.
  }

  range(): TensorRange {
    const { histogram, settings, observed } = this;
    return entropyRange(histogram.counts(), histogram.edges, settings.entropyLevels, observed);
  }
}
