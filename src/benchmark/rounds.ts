// Interleaved rounds: every model runs a short block in each, so that whatever the machine does hits all of them.
import type { WorkContext } from '../protocol/progress';
import { compareLatencies } from './compareLatencies';
import type { Clock, Subject } from './subject';

/** How long to measure when nobody said how often. */
export interface MeasuringLimits {
  /** A block is about this long for the slowest model … */
  readonly blockMs: number;
  /** … and is repeated for at least this time and these many runs a model, … */
  readonly minMs: number;
  readonly minRuns: number;
  /** … then until each ratio's interval is this narrow, relative to the ratio; */
  readonly intervalWidth: number;
  /** but no longer than this a model, once there are rounds enough for an interval; */
  readonly maxMs: number;
  readonly minRounds: number;
  /** nor for more runs than this, so that the record of a tiny model stays small. */
  readonly maxRuns: number;
}

export const measuringLimits: MeasuringLimits = {
  blockMs: 30,
  minMs: 2000,
  minRuns: 20,
  intervalWidth: 0.02,
  maxMs: 10_000,
  minRounds: 8,
  maxRuns: 100_000,
};

/** With a given number of runs: at least so many rounds where the number allows it. */
const roundsOfFixedRuns = 20;

/**
 * Measures all models in rounds whose order alternates (A B, B A, …), into their logs.
 *
 * @param slowestMs latency of the slowest model, from warm-up
 * @param iterations timed runs of each model; undefined: as many as `limits` say
 * @returns the runs of each model in a round; the last round may be shorter
 */
export async function measureRounds(
  subjects: readonly Subject[],
  slowestMs: number,
  iterations: number | undefined,
  clock: Clock,
  context: WorkContext,
  limits: MeasuringLimits = measuringLimits,
): Promise<number> {
  const fitting = Math.max(1, Math.floor(limits.blockMs / slowestMs));
  const roundSize = Math.min(fitting, Math.max(1, Math.floor((iterations ?? Infinity) / roundsOfFixedRuns)));
  const isEnough = iterations === undefined ? adaptiveEnd(subjects, roundSize, clock, limits) : undefined;
  for (let round = 0, done = 0; ; round++) {
    const runs = Math.min(roundSize, (iterations ?? Infinity) - done);
    await measureRound(round % 2 === 0 ? subjects : subjects.toReversed(), runs, context.signal);
    done += runs;
    const total = iterations === undefined ? {} : { total: iterations };
    context.onProgress({ phase: 'measuring', done, ...total, unit: 'runs' });
    if (isEnough === undefined ? done >= (iterations ?? 0) : isEnough()) return roundSize;
  }
}

async function measureRound(inOrder: readonly Subject[], runs: number, signal: AbortSignal): Promise<void> {
  for (const subject of inOrder) {
    // The model before has filled the caches with its own weights. Nobody runs a small model that way.
    if (runs > 1) await subject.warm(1, signal);
    await subject.measure(runs, signal);
  }
}

/** Looks, about twice a second, at how sure the comparison is already. The width decides, never which side wins. */
function adaptiveEnd(
  subjects: readonly Subject[],
  roundSize: number,
  clock: Clock,
  { minMs, minRuns, minRounds, maxMs, maxRuns, intervalWidth }: MeasuringLimits,
): () => boolean {
  const [first, ...others] = subjects;
  const began = clock();
  let lookedMs = 0;
  return () => {
    const perModelMs = (clock() - began) / subjects.length;
    const runs = first?.log.length ?? 0;
    if (runs < minRounds * roundSize) return false;
    if (perModelMs >= maxMs || runs >= maxRuns) return true;
    if (perModelMs < minMs || runs < minRuns || perModelMs - lookedMs < 250) return false;
    lookedMs = perModelMs;
    return others.every((other) => {
      const runsOfBoth = { firstMs: first?.log.latenciesMs ?? [], otherMs: other.log.latenciesMs, roundSize };
      const { ratio, interval } = compareLatencies([runsOfBoth]);
      return interval !== null && interval[1] - interval[0] <= intervalWidth * ratio;
    });
  };
}
