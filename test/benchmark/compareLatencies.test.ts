// The verdict on simulated machines: hardly ever a difference where there is none, always a real one found.
import { describe, expect, it } from 'vitest';
import type { InterleavedRuns, LatencyRatio } from '../../src/benchmark/compareLatencies';
import { compareLatencies } from '../../src/benchmark/compareLatencies';
import type { NoiseModel } from './simulatedLatencies';
import { noiseModels, uniformNumbers } from './simulatedLatencies';

interface Experiment {
  readonly firstMs: number;
  readonly otherMs: number;
  readonly rounds: number;
  readonly roundSize: number;
  readonly instances?: number;
}

/** Measures two models as the benchmark does: in rounds, the order alternating. */
function measure(
  { firstMs, otherMs, rounds, roundSize }: Experiment,
  noiseModel: NoiseModel,
  seed: number,
): InterleavedRuns {
  const noise = noiseModel(uniformNumbers(seed));
  const runs: { firstMs: number[]; otherMs: number[]; roundSize: number } = { firstMs: [], otherMs: [], roundSize };
  const block = (latencies: number[], latencyMs: number): void => {
    for (let run = 0; run < roundSize; run++) latencies.push(latencyMs * noise());
  };
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) block(runs.firstMs, firstMs);
    block(runs.otherMs, otherMs);
    if (round % 2 === 1) block(runs.firstMs, firstMs);
  }
  return runs;
}

function simulate(experiment: Experiment, noiseModel: NoiseModel, times: number): LatencyRatio[] {
  return Array.from({ length: times }, (_, time) =>
    compareLatencies(
      Array.from({ length: experiment.instances ?? 1 }, (_unused, instance) =>
        measure(experiment, noiseModel, 1 + time * 100 + instance),
      ),
    ),
  );
}

function shareOf(results: readonly LatencyRatio[], holds: (result: LatencyRatio) => boolean): number {
  return results.filter(holds).length / results.length;
}

const shapes = {
  'many short rounds': { rounds: 80, roundSize: 10 },
  'single slow runs': { rounds: 20, roundSize: 1 },
  'two instances': { rounds: 40, roundSize: 5, instances: 2 },
};
const cases = Object.entries(noiseModels).flatMap(([noise, noiseModel]) =>
  Object.entries(shapes).map(([shape, experiment]) => ({ noise, noiseModel, shape, experiment })),
);

describe('a model compared with itself', () => {
  it.each(cases)(
    'is called different in at most 5 % of measurements ($noise; $shape)',
    ({ noiseModel, experiment }) => {
      const results = simulate({ firstMs: 2, otherMs: 2, ...experiment }, noiseModel, 200);
      expect(shareOf(results, ({ verdict }) => verdict !== 'within the noise')).toBeLessThanOrEqual(0.05);
    },
  );

  it.each(cases)('has an interval that covers 1 ($noise; $shape)', ({ noiseModel, experiment }) => {
    const results = simulate({ firstMs: 2, otherMs: 2, ...experiment }, noiseModel, 200);
    // 95 % nominally; 200 experiments leave a standard error of 1.5 points.
    expect(
      shareOf(results, ({ interval }) => interval !== null && interval[0] <= 1 && interval[1] >= 1),
    ).toBeGreaterThan(0.9);
  });
});

describe('a model that is 5 % faster', () => {
  const findable = [
    { noise: 'independent 1 %', rounds: 20, roundSize: 1 },
    { noise: 'independent 1 %', rounds: 80, roundSize: 10 },
    { noise: 'drift: the machine slows down by half while measuring', rounds: 20, roundSize: 1 },
    { noise: 'drift: the machine slows down by half while measuring', rounds: 80, roundSize: 10 },
    { noise: 'spikes: one run in twenty takes up to ten times as long', rounds: 60, roundSize: 1 },
    { noise: 'spikes: one run in twenty takes up to ten times as long', rounds: 80, roundSize: 10 },
    { noise: 'two speeds: the clock steps up and down', rounds: 200, roundSize: 10 },
  ];

  it.each(findable)('is found ($noise; $rounds rounds of $roundSize)', ({ noise, rounds, roundSize }) => {
    const results = simulate({ firstMs: 2.1, otherMs: 2, rounds, roundSize }, noiseModels[noise]!, 100);
    expect(shareOf(results, ({ verdict }) => verdict === 'faster')).toBeGreaterThanOrEqual(0.95);
  });

  it('is called slower when it stands first', () => {
    const results = simulate(
      { firstMs: 2, otherMs: 2.1, rounds: 40, roundSize: 5 },
      noiseModels['independent 1 %']!,
      100,
    );
    expect(shareOf(results, ({ verdict }) => verdict === 'slower')).toBeGreaterThanOrEqual(0.95);
  });
});

describe('compareLatencies', () => {
  it('gives the ratio first / other exactly when nothing is noisy', () => {
    const { ratio, interval, verdict } = compareLatencies([
      { firstMs: new Array<number>(24).fill(3), otherMs: new Array<number>(24).fill(2), roundSize: 2 },
    ]);
    expect(ratio).toBeCloseTo(1.5, 12);
    expect(interval?.[0]).toBeCloseTo(1.5, 12);
    expect(interval?.[1]).toBeCloseTo(1.5, 12);
    expect(verdict).toBe('faster');
  });

  it('does not call one what loading the same file twice can make, however sure it is', () => {
    const firstMs = new Array<number>(40).fill(1.025);
    const otherMs = new Array<number>(40).fill(1);
    const { ratio, interval, verdict } = compareLatencies([{ firstMs, otherMs, roundSize: 1 }]);
    expect(ratio).toBeCloseTo(1.025, 12);
    expect(interval?.[0]).toBeCloseTo(1.025, 12);
    expect(verdict).toBe('within the noise');
  });

  it('gives no interval and no verdict from fewer than six rounds', () => {
    const { ratio, interval, verdict } = compareLatencies([
      { firstMs: [3, 3, 3, 3, 3], otherMs: [1, 1, 1, 1, 1], roundSize: 1 },
    ]);
    expect(ratio).toBeCloseTo(3, 12);
    expect(interval).toBeNull();
    expect(verdict).toBe('within the noise');
  });

  it('has a verdict from eight rounds', () => {
    const runs = { firstMs: [3, 3.1, 2.9, 3, 3, 3, 3, 3], otherMs: [1, 1.1, 0.9, 1, 1, 1, 1, 1], roundSize: 1 };
    expect(compareLatencies([runs]).verdict).toBe('faster');
  });

  it('uses the last round though it is shorter', () => {
    const firstMs = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
    expect(compareLatencies([{ firstMs, otherMs: firstMs, roundSize: 2 }]).interval).toEqual([1, 1]);
  });
});
