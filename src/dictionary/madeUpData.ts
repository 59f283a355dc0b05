// Data that is made up: what is measured on it says how far two models agree, not how right either of them is.

/** The loader of data without an end. */
export const endlessLoader = 'dummy_v2';

/** Loaders whose samples and labels are random numbers. */
const madeUp: ReadonlySet<string> = new Set(['dummy', endlessLoader]);

/** Whether a loader makes its samples up. */
export function isMadeUp(loader: string): boolean {
  return madeUp.has(loader);
}
