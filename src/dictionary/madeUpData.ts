// Data that is made up: what is measured on it says how far two models agree, not how right either of them is.

/** Loaders of data without an end. */
const endless: ReadonlySet<string> = new Set(['dummy_v2', 'sparse_dummy_v2']);

/** Whether a loader gives samples without end. */
export function isEndless(loader: string): boolean {
  return endless.has(loader);
}

/** Whether a loader makes its samples up: they and their labels are random numbers. */
export function isMadeUp(loader: string): boolean {
  return loader === 'dummy' || isEndless(loader);
}
