// What was measured of models that tests make up.
import type { TrialMeasure } from '../../src/tuning/history';

/** A model twice as fast, a quarter as large and as accurate as a float one of 10 ms and 1000 bytes. */
export function measureOf(changes: Partial<TrialMeasure> = {}): TrialMeasure {
  return {
    values: [0.8],
    samples: 100,
    isComplete: true,
    gain: 0,
    meetsGoal: true,
    latencyMs: 5,
    latency: latencyOf(2),
    sizeBytes: 250,
    ...changes,
  };
}

/** A ratio with the verdict that belongs to it: within the noise up to 3 % in either direction. */
export function latencyOf(ratio: number): TrialMeasure['latency'] {
  const verdict = ratio >= 1.03 ? 'faster' : ratio <= 0.97 ? 'slower' : 'within the noise';
  return { ratio, interval: null, verdict };
}
