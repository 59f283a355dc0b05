// The estimate from part of the samples: its interval holds the true mean, and no trial that meets the goal is given up.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mulberry32 } from '../../../src/data/transforms/random';
import type { RandomSource } from '../../../src/data/transforms/random';
import { estimatePairedMean } from '../../../src/tuning/accuracy/pairedEstimate';

const population = 2000;
const repetitions = 2000;

/** The first `count` of the numbers, shuffled. */
function drawn(values: readonly number[], count: number, random: RandomSource): number[] {
  const rest = [...values];
  for (let index = 0; index < count; index++) {
    const other = index + Math.floor(random() * (rest.length - index));
    [rest[index], rest[other]] = [rest[other]!, rest[index]!];
  }
  return rest.slice(0, count);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** −1 for a share of right answers that become wrong, 1 for the other way round, else 0. */
function flips(lost: number, won: number): number[] {
  return Array.from({ length: population }, (_, index) =>
    index < lost * population ? -1 : index < (lost + won) * population ? 1 : 0,
  );
}

const random = mulberry32(11);
const even = Array.from({ length: population }, () => random() - 0.7);
const skewed = Array.from({ length: population }, () => -Math.log(1 - random()));

describe('estimatePairedMean', () => {
  it.each([
    ['evenly spread differences', even],
    ['a few large ones', skewed],
    ['answers that change in both directions', flips(0.2, 0.15)],
    ['answers that get lost', flips(0.1, 0)],
  ])('has the true mean in its interval in 99 of 100 draws: %s', (_, differences) => {
    const truth = mean(differences);
    const unit = 1 / population;
    for (const count of [128, 512]) {
      let held = 0;
      for (let repetition = 0; repetition < repetitions; repetition++) {
        const values = drawn(differences, count, random);
        const zeros = values.map(() => 0);
        const estimate = estimatePairedMean(values, zeros, population, unit);
        if (Math.abs(estimate.mean - truth) <= estimate.margin) held++;
      }
      expect(held / repetitions).toBeGreaterThanOrEqual(0.99);
    }
  });

  it.each([
    [0.01, 0],
    [0.02, 0.01],
    [0.06, 0.05],
    [0.31, 0.3],
  ])('seldom puts a model that loses just what it may beyond the goal: %s lost, %s won', (lost, won) => {
    const differences = flips(lost, won);
    let wrong = 0;
    for (let repetition = 0; repetition < repetitions; repetition++) {
      const values = drawn(differences, 128, random);
      const estimate = estimatePairedMean(values, new Array<number>(128).fill(0), population, 1 / population);
      if (estimate.mean + estimate.margin < -0.01 - 1e-9) wrong++;
    }
    expect(wrong / repetitions).toBeLessThanOrEqual(0.005);
  });

  it('knows everything once every sample was seen', () => {
    const numbers = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(numbers, (values) => {
        const reference = values.map((value) => value / 3);
        const estimate = estimatePairedMean(values, reference, values.length, 0.1);
        expect(estimate.margin).toBe(0);
        expect(estimate.mean).toBeCloseTo(mean(values) - mean(reference), 9);
      }),
    );
  });

  it('is surer the more samples were seen, and not sure of a few that agree', () => {
    const margin = (count: number): number =>
      estimatePairedMean(new Array<number>(count).fill(-1), new Array<number>(count).fill(0), 1000, 0.001).margin;
    expect(margin(10)).toBeGreaterThan(margin(100));
    expect(margin(100)).toBeGreaterThan(margin(900));
    expect(margin(10)).toBeGreaterThan(0.3);
  });

  it('says nothing where a figure is no number', () => {
    expect(estimatePairedMean([1, NaN], [0, 0], 10, 0.1).mean).toBeNaN();
  });
});
