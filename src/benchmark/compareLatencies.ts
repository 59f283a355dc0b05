// Is one model faster than another? The ratio of their latencies over interleaved rounds, and an honest verdict.
import type { Comparison } from '../protocol/jobs';
import type { CentreEstimate } from './signedRank';
import { estimateCentre } from './signedRank';
import { median } from './statistics';

/** Timed runs of two models measured in turns by one process. Run i of both belongs to round ⌊i / roundSize⌋. */
export interface InterleavedRuns {
  readonly firstMs: ArrayLike<number>;
  readonly otherMs: ArrayLike<number>;
  readonly roundSize: number;
}

/** The figures of a Comparison; a ratio above 1 says that the other model is the faster one. */
export type LatencyRatio = Pick<Comparison, 'ratio' | 'interval' | 'verdict'>;

/**
 * Differences below this are not called one, however sure: the same file loaded twice into one process was seen to
 * differ by up to 2.7 % for as long as it stayed loaded, by where its memory came to lie.
 */
const smallestEffect = 0.03;

/**
 * Many rounds are joined into this many stretches, long enough to be independent of each other; the interval comes from
 * how much the stretches differ.
 */
const stretches = 20;

/** From this many in a stretch on, their median is safe from a single wild one; fewer rounds stand for themselves. */
const medianOf = 3;

/**
 * A verdict takes more certainty than the 95 % interval that is reported: disturbances that last longer than a stretch
 * make every interval a little too narrow, and at most one verdict in twenty may be wrong even so. Needs eight rounds.
 */
const verdictConfidence = 0.99;

/**
 * Compares two models over the rounds of every instance that measured them (at the same time, so that stretch k of all
 * instances is one observation). Each round gives the ratio of the two medians: drift slower than a round hits both
 * alike.
 */
export function compareLatencies(instances: readonly InterleavedRuns[]): LatencyRatio {
  const rounds = instances.map(logRatiosOfRounds);
  const count = Math.min(...rounds.map((ofInstance) => ofInstance.length));
  const perInstance = rounds.map((ofInstance) => inStretches(inPairs(ofInstance.slice(0, count))));
  const observations = (perInstance[0] ?? []).map((_, stretch) =>
    mean(perInstance.map((values) => values[stretch] ?? NaN)),
  );
  const { centre, interval } = estimateCentre(observations, 0.95);
  const sureInterval = estimateCentre(observations, verdictConfidence).interval;
  return {
    ratio: Math.exp(centre),
    interval: interval === null ? null : [Math.exp(interval[0]), Math.exp(interval[1])],
    verdict: verdictOf(centre, sureInterval),
  };
}

function verdictOf(centre: number, interval: CentreEstimate['interval']): Comparison['verdict'] {
  if (interval === null || Math.abs(centre) <= Math.log(1 + smallestEffect)) return 'within the noise';
  if (interval[0] > 0) return 'faster';
  return interval[1] < 0 ? 'slower' : 'within the noise';
}

/** log(first / other) of each round, each model represented by its median. */
function logRatiosOfRounds({ firstMs, otherMs, roundSize }: InterleavedRuns): number[] {
  const first = Float64Array.from(firstMs);
  const other = Float64Array.from(otherMs);
  const rounds = Math.ceil(Math.min(first.length, other.length) / roundSize);
  return Array.from({ length: rounds }, (_, round) => {
    const [from, to] = [round * roundSize, (round + 1) * roundSize];
    return Math.log(median(first.subarray(from, to)) / median(other.subarray(from, to)));
  });
}

/** The means of neighbours, two and two: rounds alternate in order, so a pair cancels what drift leaves in each. */
function inPairs(values: readonly number[]): readonly number[] {
  if (values.length < 2 * medianOf * stretches) return values;
  return Array.from({ length: Math.floor(values.length / 2) }, (_, pair) => mean(values.slice(2 * pair, 2 * pair + 2)));
}

/** The medians of the stretches. */
function inStretches(values: readonly number[]): readonly number[] {
  if (values.length < medianOf * stretches) return values;
  const startOf = (stretch: number): number => Math.floor((stretch * values.length) / stretches);
  return Array.from({ length: stretches }, (_, stretch) =>
    median(values.slice(startOf(stretch), startOf(stretch + 1))),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
