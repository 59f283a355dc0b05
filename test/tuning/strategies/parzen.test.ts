// The loss of tpe and the Parzen estimator against figures worked out by hand.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mulberry32 } from '../../../src/data/transforms/random';
import { targetOf } from '../../../src/tuning/strategies/bayesian';
import { frequencies, splitByLoss, suggestByParzen } from '../../../src/tuning/strategies/parzen';
import { assumedExtremes, lossScaleOf, tpeLoss } from '../../../src/tuning/strategies/tpeLoss';

describe('the loss of tpe', () => {
  const weights = { accuracyWeight: 1, latencyWeight: 1, threshold: 0.01 };
  const scale = lossScaleOf(assumedExtremes, 0.01);

  it('counts latency alone while the accuracy is acceptable', () => {
    // 10 / (8·ln 2) · 8·ln(2 / 1.5)
    expect(tpeLoss({ accuracyLoss: 0.005, latencyRatio: 1.5 }, weights, scale)).toBeCloseTo(4.15037, 4);
    expect(tpeLoss({ accuracyLoss: -0.5, latencyRatio: 2 }, weights, scale)).toBeCloseTo(0, 9);
    expect(tpeLoss({ accuracyLoss: 0.01, latencyRatio: 1 }, weights, scale)).toBeCloseTo(10, 9);
  });

  it('adds accuracy and 80 where more than acceptable is lost', () => {
    // 10 / (e^0.01 − 1) · (e^0.02 − 1) + 80
    expect(tpeLoss({ accuracyLoss: 0.02, latencyRatio: 2 }, weights, scale)).toBeCloseTo(100.1005, 3);
    expect(tpeLoss({ accuracyLoss: 0.02, latencyRatio: 2 }, { ...weights, accuracyWeight: 0.5 }, scale)).toBeCloseTo(
      90.05025,
      3,
    );
  });

  it('counts accuracy always where latency counts for nothing', () => {
    // 10 / (e^0.01 − 1) · (e^0.005 − 1)
    const loss = tpeLoss({ accuracyLoss: 0.005, latencyRatio: 1 }, { ...weights, latencyWeight: 0 }, scale);
    expect(loss).toBeCloseTo(4.9875, 3);
  });

  it('spans ten between the extremes that were seen', () => {
    const seen = lossScaleOf({ accuracyLoss: 0.3, latencyRatio: 1.7 }, 0.01);
    expect(tpeLoss({ accuracyLoss: 0.3, latencyRatio: 1.7 }, weights, seen)).toBeCloseTo(90, 9);
    expect(tpeLoss({ accuracyLoss: 0, latencyRatio: 1 }, weights, seen)).toBeCloseTo(10, 9);
  });

  it('falls back to what is assumed where nothing was lost or won', () => {
    expect(lossScaleOf({ accuracyLoss: 0, latencyRatio: 1 }, 0.01)).toEqual(scale);
    expect(lossScaleOf({ accuracyLoss: 0, latencyRatio: 1 }, 0)).toEqual(scale);
  });

  it('is lower for the faster of two, whatever was seen', () => {
    const ratio = fc.double({ min: 0.1, max: 8, noNaN: true });
    fc.assert(
      fc.property(ratio, ratio, ratio, fc.double({ min: 0, max: 1, noNaN: true }), (one, other, best, worst) => {
        const seen = lossScaleOf({ accuracyLoss: worst, latencyRatio: Math.max(1, best) }, 0.01);
        const [slow, fast] = one < other ? [one, other] : [other, one];
        const lossAt = (latencyRatio: number): number => tpeLoss({ accuracyLoss: 0, latencyRatio }, weights, seen);
        expect(lossAt(fast)).toBeLessThanOrEqual(lossAt(slow));
      }),
    );
  });
});

describe('the Parzen estimator', () => {
  const lossy = (losses: readonly number[]): { point: number[]; loss: number }[] =>
    losses.map((loss, index) => ({ point: [index], loss }));

  it('calls 0.3·√n trials good, rounded up and 25 at most; of equals the earlier', () => {
    expect(splitByLoss(lossy([3, 1, 2, 1])).good).toEqual([[1]]);
    expect(splitByLoss(lossy(Array.from({ length: 100 }, (_, index) => -index))).good).toEqual([[99], [98], [97]]);
    expect(splitByLoss(lossy([Infinity, Infinity, 1])).others).toEqual([[0], [1]]);
    expect(splitByLoss(lossy(Array.from({ length: 10_000 }, () => 1))).good).toHaveLength(25);
  });

  it('counts choices on top of the prior', () => {
    // (0.5 + 2, 0.5 + 1, 0.5) of 4.5
    expect(frequencies([[0], [0], [1]], 0, 3, 0.5)).toEqual([2.5 / 4.5, 1.5 / 4.5, 0.5 / 4.5]);
  });

  it('draws mostly what the good trials have and the others lack', () => {
    const observations = Array.from({ length: 30 }, (_, index) => ({
      point: [index < 2 ? 2 : index % 2, 0],
      loss: index,
    }));
    const random = mulberry32(7);
    const draws = Array.from({ length: 2000 }, () => suggestByParzen([3, 1], observations, random));
    expect(draws.filter(([choice]) => choice === 2).length).toBeGreaterThan(1900);
    expect(draws.every(([, single]) => single === 0)).toBe(true);
    expect(new Set(draws.map(([choice]) => choice)).size).toBe(3);
  });
});

describe('the target of bayesian', () => {
  const float = { tolerance: 0.01, baseline: { accuracy: 0.8, latencyMs: 10 } };

  it('is the latency once the goal is met, and takes off the logarithm of what is missed before', () => {
    expect(targetOf(float, { accuracyGain: -0.01, latencyMs: 5 })).toBe(-0.5);
    expect(targetOf(float, { accuracyGain: 0.1, latencyMs: 5 })).toBe(-0.5);
    // Two tolerances lost: one missed.
    expect(targetOf(float, { accuracyGain: -0.02, latencyMs: 5 })).toBeCloseTo(-Math.log(2) - 0.5, 12);
    expect(targetOf({ ...float, tolerance: 0 }, { accuracyGain: -0.001, latencyMs: 10 })).toBeCloseTo(-Math.log(2) - 1);
  });

  it('is absent for a failed trial and takes an unknown latency for the float one', () => {
    expect(targetOf(float, { accuracyGain: -Infinity, latencyMs: NaN })).toBeUndefined();
    expect(targetOf(float, { accuracyGain: 0, latencyMs: NaN })).toBe(-1);
  });
});
