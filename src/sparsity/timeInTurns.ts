// What a measured layer takes at a sparsity, as it is shown beside the dense one.

/**
 * Milliseconds of a pruned layer in terms of the dense layer's: each level is measured at another moment, when the machine
 * may be faster or slower than at the others, so that only the times of the dense layer in the same turns compare with it.
 *
 * @param denseMs of the dense layer over all levels
 * @returns what was measured where the time in turns is not known; null where nothing was
 */
export function timeInTurns(
  denseMs: number | null,
  { timingMs, denseTimingMs }: { readonly timingMs: number | null; readonly denseTimingMs: number | null },
): number | null {
  if (timingMs === null || denseMs === null || denseTimingMs === null || denseTimingMs === 0) return timingMs;
  return (denseMs * timingMs) / denseTimingMs;
}
