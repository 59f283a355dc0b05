// What part of the samples says about all of them: the mean difference of paired values with its interval.

/** The mean of differences over part of a population, and how far that of the whole may lie from it. */
export interface PairedEstimate {
  readonly mean: number;
  /** Half the width of the interval; 0 when every sample was seen. */
  readonly margin: number;
}

/** 99.9 %: a trial given up wrongly is worse than one looked at too long. */
const deviates = 3.29;

/**
 * Estimates the mean of `values[i] − reference[i]` over `total` samples from the first ones, drawn at random without
 * replacement (Cochran, Sampling Techniques, §2.6: finite population correction). One further difference as large as
 * the largest seen (at least `unit`) is counted into the variance: samples that all agree prove little about the next.
 */
export function estimatePairedMean(
  values: readonly number[],
  reference: readonly number[],
  total: number,
  unit: number,
): PairedEstimate {
  const count = values.length;
  let sum = 0;
  let largest = unit;
  for (let index = 0; index < count; index++) {
    const difference = (values[index] ?? NaN) - (reference[index] ?? NaN);
    sum += difference;
    largest = Math.max(largest, Math.abs(difference));
  }
  const mean = sum / count;
  let squares = largest ** 2;
  for (let index = 0; index < count; index++) {
    squares += ((values[index] ?? NaN) - (reference[index] ?? NaN) - mean) ** 2;
  }
  const left = Math.max(0, 1 - count / total);
  return { mean, margin: deviates * Math.sqrt((squares / count / count) * left) };
}
