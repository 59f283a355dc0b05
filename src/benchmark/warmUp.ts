// Runs a model until its latency has settled: caches filled, memory arenas grown, the processor's clock raised.
import type { WorkContext } from '../protocol/progress';
import type { Clock, Subject } from './subject';

/** When warm-up is over. */
export interface WarmUpLimits {
  /** Settled: the medians of two windows differ by at most this fraction. */
  readonly tolerance: number;
  /** A window is about this long … */
  readonly windowMs: number;
  /** … and holds at least these many runs. */
  readonly windowRuns: number;
  /** Nobody waits longer than this for a latency to settle. */
  readonly maxMs: number;
}

export const warmUpLimits: WarmUpLimits = { tolerance: 0.03, windowMs: 100, windowRuns: 3, maxMs: 3000 };

export interface WarmUpOutcome {
  /** False: the time was up and the last two windows still differed. */
  readonly hasSettled: boolean;
  /** Median of the last window. */
  readonly latencyMs: number;
}

/** Warms one model up by `iterations` runs at least. */
export async function warmUp(
  subject: Subject,
  iterations: number,
  clock: Clock,
  context: WorkContext,
): Promise<WarmUpOutcome> {
  const { tolerance, windowMs, windowRuns, maxMs } = warmUpLimits;
  const began = clock();
  let previousMs: number | undefined;
  for (let done = 0; ;) {
    const runs = Math.max(windowRuns, Math.ceil(windowMs / Math.max(previousMs ?? windowMs, 1e-3)));
    const latencyMs = await subject.warm(runs, context.signal);
    done += runs;
    context.onProgress({ phase: `warming up ${subject.name}`, done, unit: 'runs' });
    const change = previousMs === undefined ? undefined : Math.abs(latencyMs - previousMs) / previousMs;
    const hasSettled = change !== undefined && change <= tolerance;
    if ((hasSettled || clock() - began >= maxMs) && done >= iterations) {
      // A model so slow that the time held a single window has had three runs: nothing says that it has not settled.
      return { hasSettled: hasSettled || change === undefined, latencyMs };
    }
    previousMs = latencyMs;
  }
}
