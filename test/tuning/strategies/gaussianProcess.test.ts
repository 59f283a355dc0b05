// The Gaussian process against figures worked out by hand, and the bound that is climbed.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mulberry32 } from '../../../src/data/transforms/random';
import { choleskyOf, halfLogDeterminant, solveLower, solveUpper } from '../../../src/tuning/strategies/cholesky';
import type { GaussianProcess } from '../../../src/tuning/strategies/gaussianProcess';
import { fitGaussianProcess, matern52 } from '../../../src/tuning/strategies/gaussianProcess';
import { kappa, mostPromising } from '../../../src/tuning/strategies/upperConfidence';

describe('the Matérn 5/2 kernel', () => {
  it('is (1 + a + a²/3)·e^−a', () => {
    expect(matern52(0, 3)).toBe(1);
    // a = √5: (1 + 2.236068 + 1.666667) · 0.106878
    expect(matern52(1, 1)).toBeCloseTo(0.523994, 5);
    expect(matern52(2, 1)).toBeCloseTo(0.13866, 5);
    expect(matern52(2, 2)).toBeCloseTo(matern52(1, 1), 12);
  });
});

describe('a process through two points', () => {
  // Targets 1 and 3 are −1 and 1 in units of their deviation 1 around their mean 2.
  const process = fitGaussianProcess([[0], [1]], [1, 3], 1);

  it('has the mean (k₁ − k₂) / (1 − k₁) at 2', () => {
    // (0.523994 − 0.138660) / (1 − 0.523994) = 0.80951
    expect(process.predict([2]).mean).toBeCloseTo(2.80951, 4);
    expect(process.predict([0.5]).mean).toBeCloseTo(2, 10);
  });

  it('has the variance 1 − kᵀK⁻¹k at 2', () => {
    // 1 − (k₂² + k₁² − 2·k₁²·k₂) / (1 − k₁²) = 0.699967
    expect(process.predict([2]).deviation).toBeCloseTo(Math.sqrt(0.699967), 4);
  });

  it('is sure where it has looked and knows nothing far away', () => {
    expect(process.predict([0]).mean).toBeCloseTo(1, 4);
    expect(process.predict([0]).deviation).toBeLessThan(0.002);
    expect(process.predict([50]).mean).toBeCloseTo(2, 6);
    expect(process.predict([50]).deviation).toBeCloseTo(1, 6);
  });

  it('has the log marginal likelihood −½·yᵀK⁻¹y − ½·ln det K − ln 2π', () => {
    // −½ · 2 / (1 − k₁) − ½ · ln(1 − k₁²) − ln 2π
    expect(process.logMarginalLikelihood).toBeCloseTo(-3.7782, 3);
  });
});

const observations = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })), {
    selector: (point) => point.join(),
    minLength: 2,
    maxLength: 12,
  })
  .chain((points) =>
    fc.record({
      points: fc.constant(points),
      targets: fc.array(fc.integer({ min: -10, max: 10 }), {
        minLength: points.length,
        maxLength: points.length,
      }),
    }),
  );

describe('a fitted process', () => {
  it('takes the likeliest length scale', () => {
    fc.assert(
      fc.property(observations, fc.double({ min: -2, max: 4, noNaN: true }), ({ points, targets }, logScale) => {
        const best = fitGaussianProcess(points, targets);
        const other = fitGaussianProcess(points, targets, 10 ** logScale);
        expect(best.logMarginalLikelihood).toBeGreaterThanOrEqual(other.logMarginalLikelihood - 0.5);
      }),
      { numRuns: 50 },
    );
  });

  it('tells apart what changes fast from what changes slowly', () => {
    const points = Array.from({ length: 12 }, (_, index) => [index]);
    const slow = fitGaussianProcess(
      points,
      points.map(([x = 0]) => Math.sin(x / 4)),
    );
    const fast = fitGaussianProcess(
      points,
      points.map(([x = 0]) => Math.sin(x * 2)),
    );
    expect(slow.lengthScale).toBeGreaterThan(3 * fast.lengthScale);
    expect(slow.predict([5.5]).mean).toBeCloseTo(Math.sin(5.5 / 4), 2);
  });

  it('follows the unit and the origin of the targets', () => {
    fc.assert(
      fc.property(observations, ({ points, targets }) => {
        const one = fitGaussianProcess(points, targets, 2).predict([2.5, 1]);
        const moved = targets.map((target) => 3 * target + 7);
        const other = fitGaussianProcess(points, moved, 2).predict([2.5, 1]);
        expect(other.mean).toBeCloseTo(3 * one.mean + 7, 6);
        if (new Set(targets).size > 1) expect(other.deviation).toBeCloseTo(3 * one.deviation, 6);
      }),
      { numRuns: 50 },
    );
  });

  it('bears points so near one another that their kernel is singular', () => {
    const points = Array.from({ length: 30 }, (_, index) => [index * 1e-9]);
    const { mean } = fitGaussianProcess(
      points,
      points.map((_, index) => index % 2),
      100,
    ).predict([0]);
    expect(mean).toBeCloseTo(0.5, 1);
  });
});

describe('the Cholesky factor', () => {
  it('is that of a small matrix', () => {
    const factor = choleskyOf(Float64Array.of(4, 2, 2, 10), 2)!;
    expect([...factor.values]).toEqual([2, 0, 1, 3]);
    expect(halfLogDeterminant(factor)).toBeCloseTo(Math.log(36) / 2, 12);
    // 4x + 2y = 8, 2x + 10y = 22
    expect([...solveUpper(factor, solveLower(factor, [8, 22]))]).toEqual([1, 2]);
  });

  it('is absent for a matrix that is not positive definite', () => {
    expect(choleskyOf(Float64Array.of(1, 2, 2, 1), 2)).toBeUndefined();
    expect(choleskyOf(Float64Array.of(NaN), 1)).toBeUndefined();
  });
});

describe('the most promising point', () => {
  const flat = (mean: (point: ArrayLike<number>) => number, deviation = (): number => 0): GaussianProcess => ({
    lengthScale: 1,
    logMarginalLikelihood: 0,
    predict: (point) => ({ mean: mean(point), deviation: deviation() }),
  });
  const distanceTo =
    (target: number) =>
    (point: ArrayLike<number>): number =>
      -Array.from(point).reduce((sum, value) => sum + Math.abs(value - target), 0);

  it('is the highest of all in a small space, of those that may be tried', () => {
    const random = mulberry32(1);
    expect(mostPromising([4, 4], flat(distanceTo(2)), random, () => true)).toEqual([2, 2]);
    expect(mostPromising([4, 4], flat(distanceTo(3)), random, ([x, y]) => x !== 3 && y !== 2)).toEqual([2, 3]);
    expect(mostPromising([4, 4], flat(distanceTo(3)), random, () => false)).toBeUndefined();
  });

  it('is climbed to where it cannot be drawn', () => {
    const counts = Array.from({ length: 40 }, () => 6);
    expect(mostPromising(counts, flat(distanceTo(4)), mulberry32(1), () => true)).toEqual(counts.map(() => 4));
  });

  it('prefers what is unknown by κ deviations', () => {
    const process: GaussianProcess = {
      ...flat(() => 0),
      predict: (point) => (point[0] === 1 ? { mean: 0, deviation: 1 } : { mean: kappa - 0.01, deviation: 0 }),
    };
    expect(mostPromising([2], process, mulberry32(1), () => true)).toEqual([1]);
  });
});
