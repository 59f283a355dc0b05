// Histograms of a tensor in its float and its dequantized form, over one range so that they can be laid on each other.
import type { HistogramPair } from '../protocol/diagnosis';
import { extremesOf } from './tensorErrors';

const bins = 64;

/** Counts finite values in 64 bins over the range of both; null when neither has a finite value. */
export function histogramPair(float: Float32Array | undefined, dequantized: Float32Array): HistogramPair | null {
  const extremes = [dequantized, ...(float === undefined ? [] : [float])].map(extremesOf);
  const min = Math.min(...extremes.flatMap((one) => (Number.isNaN(one.min) ? [] : [one.min])));
  const max = Math.max(...extremes.flatMap((one) => (Number.isNaN(one.max) ? [] : [one.max])));
  if (!(min <= max)) return null;
  return {
    min,
    max,
    float: float === undefined ? null : counts(float, min, max),
    int8: counts(dequantized, min, max),
  };
}

/** The last bin includes `max`; all values of a constant tensor are in the first. */
function counts(values: Float32Array, min: number, max: number): number[] {
  const found = new Array<number>(bins).fill(0);
  const perUnit = max > min ? bins / (max - min) : 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    const bin = Math.min(bins - 1, Math.floor((value - min) * perUnit));
    found[bin] = (found[bin] ?? 0) + 1;
  }
  return found;
}
