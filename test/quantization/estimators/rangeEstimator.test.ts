// Range estimators: hand-computed ranges, and what holds for every range.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregate, aggregators, quantile } from '../../../src/quantization/estimators/aggregators';
import { quantileOf } from '../../../src/quantization/estimators/quantiles';
import {
  asymmetricRange,
  defaultEstimator,
  estimatedRange,
  sampleFigure,
} from '../../../src/quantization/estimators/rangeEstimator';
import { parametersOfRange } from '../../../src/quantization/numberScheme';

const limits = { qmin: 0, qmax: 255 };
const finite = fc.double({ min: -1e4, max: 1e4, noNaN: true });

describe('aggregate', () => {
  it('gives what each is named after', () => {
    const figures = [1, 2, 3, 4, 100];
    expect(aggregate(figures, 'mean')).toBe(22);
    expect(aggregate(figures, 'min')).toBe(1);
    expect(aggregate(figures, 'max')).toBe(100);
    expect(aggregate(figures, 'median')).toBe(3);
    // 1 % and 99 % of five figures are inside the outer ones: both fall out.
    expect(aggregate(figures, 'mean_no_outliers')).toBe(3);
    expect(aggregate(figures, 'median_no_outliers')).toBe(3);
    // Pairs of 1, 2, 4: 1, 1.5, 2.5, 2, 3, 4, of which the middle is 2.25.
    expect(aggregate([1, 2, 4], 'hl_estimator')).toBe(2.25);
  });

  it('goes to the next power of 2 beyond the figure that is furthest from 0', () => {
    expect(aggregate([1, 5, 3], 'power_of_2')).toBe(8);
    expect(aggregate([-0.3, 0.1], 'power_of_2')).toBe(-0.5);
    expect(aggregate([4], 'power_of_2')).toBe(4);
    expect(aggregate([0], 'power_of_2')).toBe(2 ** -16);
  });

  it('lies between the extremes', () => {
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 1, maxLength: 30 }),
        fc.constantFrom(...aggregators.filter((one) => one !== 'power_of_2')),
        (figures, how) => {
          const value = aggregate(figures, how);
          expect(value).toBeGreaterThanOrEqual(Math.min(...figures) - 1e-6);
          expect(value).toBeLessThanOrEqual(Math.max(...figures) + 1e-6);
        },
      ),
    );
  });
});

describe('quantileOf', () => {
  it('is what sorting gives', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, q) => {
          const sorted = quantile(values, q);
          expect(Math.abs(quantileOf(Float32Array.from(values), q) - sorted)).toBeLessThanOrEqual(
            1e-9 * Math.abs(sorted),
          );
        },
      ),
    );
  });
});

describe('estimatedRange', () => {
  it('is 0 to the mean of the largest magnitudes where nothing is negative', () => {
    expect(estimatedRange(defaultEstimator('symmetric'), [0, 0.5], [2, 4])).toEqual({ min: 0, max: 3 });
  });

  it('has its zero point in the middle where something is', () => {
    const { min, max } = estimatedRange(defaultEstimator('symmetric'), [-1, 0], [254, 254]);
    expect({ min, max }).toEqual({ min: -256, max: 254 });
    expect(parametersOfRange(min, max, limits, false)).toEqual({ scale: 2, zeroPoint: 128 });
  });

  it('takes means of extremes for asymmetric ranges, clipped where told', () => {
    const estimator = defaultEstimator('asymmetric');
    const range = estimatedRange(estimator, [0, 0], [1, 3]);
    expect(range).toEqual({ min: 0, max: 2 });
    const clipped = { ...estimator, max: { ...estimator.max, clippingValue: 1.5 } };
    expect(estimatedRange(clipped, [0, 0], [1, 3])).toEqual({ min: 0, max: 1.5 });
  });

  it('is never too thin for its rounding', () => {
    expect(estimatedRange(defaultEstimator('symmetric'), [0], [0])).toEqual({ min: 0, max: 8e-5 });
    expect(estimatedRange(defaultEstimator('asymmetric'), [0], [0])).toEqual({ min: 0, max: 8e-4 });
  });

  it('an asymmetric range holds what it was made of, and 0 on a level', () => {
    fc.assert(
      fc.property(finite, finite, (one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const { min, max } = asymmetricRange(low, high);
        const width = max - min;
        const slack = 1e-9 * width;
        // Ends that are less than half a level beyond 0 are rounded to it.
        expect(min).toBeLessThanOrEqual(Math.min(low, 0) + width / 509 + slack);
        expect(max).toBeGreaterThanOrEqual(Math.max(high, 0) - width / 509 - slack);
        const zero = (-min * 255) / width;
        expect(Math.abs(zero - Math.round(zero))).toBeLessThan(1e-6);
        expect(width).toBeGreaterThanOrEqual(8e-4 - 1e-12);
      }),
    );
  });
});

describe('sampleFigure', () => {
  it('asks for the quantile of its own end', () => {
    const asked: [number, boolean][] = [];
    const ask = (q: number, ofMagnitudes: boolean): number => {
      asked.push([q, ofMagnitudes]);
      return 7;
    };
    const range = { min: -3, max: 2 };
    const end = { aggregator: 'mean', outlierProb: 0.25 } as const;
    expect(sampleFigure({ ...end, type: 'abs_max' }, 'max', range, ask)).toBe(3);
    expect(sampleFigure({ ...end, type: 'quantile' }, 'min', range, ask)).toBe(7);
    expect(sampleFigure({ ...end, type: 'quantile' }, 'max', range, ask)).toBe(7);
    expect(sampleFigure({ ...end, type: 'abs_quantile' }, 'max', range, ask)).toBe(7);
    expect(asked).toEqual([
      [0.25, false],
      [0.75, false],
      [0.75, true],
    ]);
  });
});
