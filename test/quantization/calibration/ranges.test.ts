// Percentile and entropy ranges against values made by ONNX Runtime's own calibrators (1.30.0).
import { describe, expect, it } from 'vitest';
import type { TensorRange } from '../../../src/config/recipe';
import { defaultRecipe } from '../../../src/config/recipe';
import { BinCounts } from '../../../src/quantization/calibration/binCounts';
import { MagnitudeHistogram } from '../../../src/quantization/calibration/magnitudeHistogram';
import { rangeCutFor } from '../../../src/quantization/calibration/rangeCut';

/** 10,000 values of a cubic through 0, moved up by `shift`. */
function cubic(shift = 0): Float32Array {
  return Float32Array.from({ length: 10_000 }, (_, index) => {
    const value = (((index * 7919) % 10_007) - 5003) / 1000;
    return (value * value * value) / 125 + shift;
  });
}

/** 100,000 values with long thin tails: what the entropy method cuts. */
function longTails(): Float32Array {
  return Float32Array.from({ length: 100_000 }, (_, index) => {
    const uniform = (((index * 7919) % 100_003) + 0.5) / 100_003;
    return ((index % 2 === 0 ? 1 : -1) * uniform) / Math.sqrt(Math.sqrt(1 - uniform));
  });
}

function observedIn(values: Float32Array): TensorRange {
  return { min: values.reduce((a, b) => Math.min(a, b)), max: values.reduce((a, b) => Math.max(a, b)) };
}

function cut(values: Float32Array, settings: Partial<typeof defaultRecipe.calibration>, batches = 1): TensorRange {
  const whole = rangeCutFor(observedIn(values), { ...defaultRecipe.calibration, ...settings });
  if (whole === undefined) return observedIn(values);
  const size = Math.ceil(values.length / batches);
  for (let batch = 0; batch < batches; batch++) {
    whole.add(values.subarray(batch * size, (batch + 1) * size));
    whole.reached((batch + 1) / batches);
  }
  return whole.range();
}

const relu = cubic().map((value) => Math.max(value, 0));

describe('percentile', () => {
  it.each([
    ['both signs', cubic(), 99.999, -1.001312017440796, 1.001312017440796],
    ['both signs', cubic(), 99.9, -0.9993553161621094, 0.9993553161621094],
    ['both signs', cubic(), 99, -0.9724515080451965, 0.9724515080451965],
    ['positive', cubic(2.5), 99.9, 1.4981988668441772, 3.4959309101104736],
    ['Relu', relu, 99.9, 0, 0.9959312081336975],
    ['long tails', longTails(), 99.999, -21.13715171813965, 14.141888618469238],
    ['long tails', longTails(), 99.9, -5.617301940917969, 5.617301940917969],
  ])('of values of %s', (_, values, percentile, min, max) => {
    const range = cut(values, { method: 'percentile', percentile });
    expect(range.min).toBeCloseTo(min, 4);
    expect(range.max).toBeCloseTo(max, 4);
  });

  it.each([2, 7, 100])('gives the same in %d batches, though most values are no longer told apart', (batches) => {
    // Not a round number of values: a share that falls exactly between two bins is decided by rounding.
    const values = longTails().subarray(0, 99_991);
    for (const percentile of [99.999, 99.9, 99]) {
      const settings = { method: 'percentile', percentile } as const;
      expect(cut(values, settings, batches)).toEqual(cut(values, settings));
    }
  });

  it('leaves values that are all alike as they are', () => {
    expect(rangeCutFor({ min: 2, max: 2 }, { ...defaultRecipe.calibration, method: 'percentile' })).toBeUndefined();
    expect(rangeCutFor({ min: 0, max: 0 }, { ...defaultRecipe.calibration, method: 'entropy' })).toBeUndefined();
  });
});

describe('entropy', () => {
  it.each([
    [256, -10.573739051818848, 10.738954544067383],
    [512, -11.647634506225586, 11.730241775512695],
    [2048, -7.930304527282715, 7.950956344604492],
  ])('cuts long tails with %d bins as the reference does', (bins, min, max) => {
    const range = cut(longTails(), { method: 'entropy', bins, entropyLevels: 128 });
    expect(range.min).toBeCloseTo(min, 5);
    expect(range.max).toBeCloseTo(max, 5);
  });

  it.each([
    [256, 30.46875],
    [512, 15.234375],
    [2048, 11.30859375],
  ])('cuts what Relu gives with %d bins as the reference does', (bins, max) => {
    const values = longTails().map((value, index) => {
      const uniform = (((index * 7919) % 100_003) + 0.5) / 100_003;
      return value < 0 ? 0 : Math.min(uniform / (1 - uniform) / (1 + uniform), 60);
    });
    expect(cut(values, { method: 'entropy', bins, entropyLevels: 128 })).toEqual({ min: 0, max });
  });

  it('with as many bins as levels is minmax', () => {
    for (const values of [cubic(), relu, longTails()]) {
      expect(cut(values, { method: 'entropy', bins: 128, entropyLevels: 128 })).toEqual(observedIn(values));
    }
  });
});

describe('bins', () => {
  it('hold the counts of numpy.histogram', () => {
    const values = cubic();
    const { min, max } = observedIn(values.map(Math.abs));
    const histogram = new MagnitudeHistogram(min, max, 64);
    histogram.add(values);
    // prettier-ignore
    expect([...histogram.counts()]).toEqual([
      2499, 649, 456, 364, 306, 268, 240, 217, 200, 186, 174, 164, 153, 148, 140, 134, 130, 122, 120, 115, 110, 108, 104,
      102, 100, 96, 94, 92, 88, 88, 86, 82, 82, 80, 80, 76, 76, 74, 74, 72, 70, 70, 68, 68, 66, 66, 64, 64, 61, 62, 62,
      60, 60, 58, 58, 58, 56, 56, 56, 54, 54, 54, 52, 54,
    ]);
  });

  it('end exactly at the range and never overlap', () => {
    const { edges } = new BinCounts(-0.1, 0.3, 2048);
    expect([edges[0], edges.at(-1)]).toEqual([Math.fround(-0.1), Math.fround(0.3)]);
    expect(edges.every((edge, index) => index === 0 || edge > (edges[index - 1] ?? NaN))).toBe(true);
  });
});
