// Counts the zeros of a weight, before and after pruning.

/** How many elements are 0. */
export function zeroCount(values: Float32Array): number {
  let zeros = 0;
  for (const value of values) if (value === 0) zeros++;
  return zeros;
}
