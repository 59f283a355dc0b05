// Ranges of weights by quantiles and cut ends, for each channel and for all of them.
import { describe, expect, it } from 'vitest';
import type { WeightRange } from '../../../src/config/recipe';
import { weightRanges } from '../../../src/quantization/estimators/weightRanges';

/** Two rows: 0 to 100 with a step of 1, and the same below 0, doubled. */
const values = Float32Array.from({ length: 202 }, (_, at) => (at <= 100 ? at : -2 * (at - 101)));
const rows = { dims: [2, 101], axis: 0 };
const quantiles: WeightRange = {
  min: { type: 'quantile', outlierProb: 0.1 },
  max: { type: 'quantile', outlierProb: 0.1 },
};

describe('weightRanges', () => {
  it('are quantiles of each channel', () => {
    const { min, max } = weightRanges(values, rows, false, quantiles);
    expect([...min]).toEqual([10, -180]);
    expect([...max]).toEqual([90, -20]);
  });

  it('are as wide below 0 where they are symmetric, by the upper end alone', () => {
    const range: WeightRange = { ...quantiles, max: { type: 'abs_quantile', outlierProb: 0.05 } };
    const { min, max } = weightRanges(values, rows, true, range);
    expect([...max]).toEqual([95, 190]);
    expect([...min]).toEqual([-95, -190]);
  });

  it('go no further than they may, over all values, without those that are no numbers', () => {
    const range: WeightRange = {
      min: { type: 'min', outlierProb: 0, clippingValue: 5 },
      max: { type: 'max', outlierProb: 0 },
    };
    const odd = Float32Array.of(-7, NaN, 3, Infinity);
    const found = weightRanges(odd, { dims: [4], axis: undefined }, false, range);
    expect([[...found.min], [...found.max]]).toEqual([[-5], [3]]);
  });

  it('are those of another axis', () => {
    const range: WeightRange = { min: { type: 'min', outlierProb: 0 }, max: { type: 'abs_max', outlierProb: 0 } };
    const columns = weightRanges(Float32Array.of(1, -2, 3, -4), { dims: [2, 2], axis: 1 }, true, range);
    expect([...columns.max]).toEqual([3, 4]);
  });
});
