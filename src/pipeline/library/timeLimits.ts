// How long a loader and the engine may leave a question unanswered. Inside a job both follow its limit.
import { scriptJob } from '../../processes/scriptJob';

const usualStallMs = 120_000;

/** Timers of Node go no further: 24 days. */
export const longestTimerMs = 2 ** 31 - 1;

/** For an answer of the engine. */
export function stallLimitMs(): number {
  return Math.min(scriptJob()?.stallMs ?? usualStallMs, longestTimerMs);
}

/** For one sample: below the limit for everything, so that it is the loader that is named. */
export function sampleLimitMs(): number {
  return 0.75 * stallLimitMs();
}
