// The accuracy goal: targets in both directions, zero and negative figures, several metrics with and without weights.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccuracyCriterion } from '../../../src/config/tuningConfig';
import { AccuracyGoal } from '../../../src/tuning/accuracy/accuracyGoal';
import type { GoalMetric } from '../../../src/tuning/accuracy/accuracyGoal';

const accuracy: GoalMetric = { name: 'topk', higherIsBetter: true };
const error: GoalMetric = { name: 'MSE', higherIsBetter: false };
const relative = (tolerance: number): AccuracyCriterion => ({ kind: 'relative', tolerance });
const absolute = (tolerance: number): AccuracyCriterion => ({ kind: 'absolute', tolerance });

describe('one metric', () => {
  it.each([
    ['relative, higher is better', relative(0.01), accuracy, 0.8, 0.792],
    ['relative, lower is better', relative(0.1), error, 2, 2.2],
    ['absolute, higher is better', absolute(0.02), accuracy, 0.8, 0.78],
    ['absolute, lower is better', absolute(0.5), error, 2, 2.5],
    ['relative to 0: nothing may be lost', relative(0.1), accuracy, 0, 0],
    ['relative to a negative figure, higher is better', relative(0.1), { ...accuracy, name: 'log' }, -2, -2.2],
    ['relative to a negative figure, lower is better', relative(0.1), error, -2, -1.8],
  ] as const)('%s', (_, criterion, metric, baseline, target) => {
    const goal = new AccuracyGoal(criterion, [metric], [baseline]);
    expect(goal.target).toBeCloseTo(target, 12);
    const worse = goal.higherIsBetter ? -1e-6 : 1e-6;
    expect(goal.meets([goal.target])).toBe(true);
    expect(goal.meets([target + worse])).toBe(false);
    expect(goal.meets([baseline - 1000 * worse])).toBe(true);
  });

  it('does not fail by rounding', () => {
    const goal = new AccuracyGoal(absolute(0.2), [accuracy], [0.3]);
    expect(0.3 - 0.2).toBeLessThan(0.1);
    expect(goal.meets([0.3 - 0.2])).toBe(true);
    expect(new AccuracyGoal(absolute(0), [accuracy], [0.1 + 0.2]).meets([0.3])).toBe(true);
    expect(new AccuracyGoal(relative(0), [error], [3e6]).meets([3e6 * (1 + Number.EPSILON)])).toBe(true);
  });

  it('takes the direction of the criterion before that of the metric', () => {
    const goal = new AccuracyGoal({ ...absolute(0.1), higherIsBetter: false }, [accuracy], [1]);
    expect(goal.higherIsBetter).toBe(false);
    expect(goal.target).toBe(1.1);
    expect(goal.gain([0.7], [1])).toBeCloseTo(0.3);
  });

  it('gains in the better direction, over the samples that both saw', () => {
    expect(new AccuracyGoal(absolute(0.1), [accuracy], [0.8]).gain([0.7], [0.75])).toBeCloseTo(-0.05);
    expect(new AccuracyGoal(absolute(0.1), [error], [2]).gain([1.5], [1.75])).toBeCloseTo(0.25);
  });

  it('is not met by a figure that is no number', () => {
    const goal = new AccuracyGoal(relative(0.1), [accuracy], [0.8]);
    expect(goal.meets([NaN])).toBe(false);
    expect(goal.gain([NaN], [0.8])).toBe(-Infinity);
  });
});

describe('several metrics', () => {
  it('with weights count as the mean of value times weight', () => {
    const metrics = [
      { ...accuracy, weight: 1 },
      { ...accuracy, name: 'F1', weight: 3 },
    ];
    const goal = new AccuracyGoal(relative(0.1), metrics, [0.8, 0.6]);
    // (0.8·1 + 0.6·3) / 2
    expect(goal.figure([0.8, 0.6])).toBeCloseTo(1.3);
    expect(goal.tolerance).toBeCloseTo(0.13);
    expect(goal.target).toBeCloseTo(1.17);
    // One may lose what the other gains.
    expect(goal.meets([0, 0.8])).toBe(true);
    expect(goal.meets([0.8, 0.5])).toBe(false);
    expect(goal.gain([0.8, 0.5], [0.8, 0.6])).toBeCloseTo(-0.15);
  });

  it('without weights each have to meet their own target in their own direction', () => {
    const goal = new AccuracyGoal(relative(0.1), [accuracy, error], [0.8, 20]);
    expect(goal.target).toBeCloseTo(0.72);
    expect(goal.meets([0.73, 21])).toBe(true);
    expect(goal.meets([0.9, 22.1])).toBe(false);
    expect(goal.meets([0.71, 10])).toBe(false);
    expect(goal.figure([0.7, 21])).toBe(0.7);
  });

  it('compares losses by how much of each may be lost', () => {
    const goal = new AccuracyGoal(relative(0.1), [accuracy, error], [0.8, 20]);
    // Half of the 2 that may be lost is half of 0.08.
    expect(goal.gain([0.8, 21], [0.8, 20])).toBeCloseTo(-0.04);
    expect(goal.gain([0.7, 21], [0.8, 20])).toBeCloseTo(-0.1);
  });

  it('has gains below the tolerance just where the goal is missed, whatever the figures', () => {
    const figure = fc.constantFrom(-2, -0.5, 0, 0.25, 1, 8);
    const values = fc.tuple(figure, figure, figure);
    const criterion = fc.record({
      kind: fc.constantFrom('relative' as const, 'absolute' as const),
      tolerance: fc.constantFrom(0, 0.125, 0.5),
    });
    fc.assert(
      fc.property(criterion, values, values, fc.boolean(), (chosen, baseline, own, isWeighted) => {
        const metrics = [accuracy, error, { ...accuracy, name: 'F1' }].map((metric) =>
          isWeighted ? { ...metric, higherIsBetter: true, weight: 0.5 } : metric,
        );
        const goal = new AccuracyGoal(chosen, metrics, baseline);
        expect(goal.gain(own, baseline) >= -goal.tolerance - 1e-9).toBe(goal.meets(own));
      }),
      { numRuns: 500 },
    );
  });
});
