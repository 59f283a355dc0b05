// The formulas of a diagnosis, computed by hand, and what holds for any tensor.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histogramPair } from '../../src/diagnosis/histograms';
import { extremesOf, normalizedMse } from '../../src/diagnosis/tensorErrors';

const tensors = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 50 });

describe('the mean squared difference of scaled tensors', () => {
  it('scales each tensor by its own range', () => {
    // 0, ½, 1 against 0, ¼, 1: one difference of ¼ among three values.
    expect(normalizedMse(Float32Array.of(0, 1, 2), Float32Array.of(10, 11, 14))).toBeCloseTo(0.0625 / 3, 12);
  });

  it('takes a tensor of one value as 0 everywhere', () => {
    expect(normalizedMse(Float32Array.of(3, 3), Float32Array.of(5, 5))).toBe(0);
    expect(normalizedMse(Float32Array.of(3, 3), Float32Array.of(0, 2))).toBe(0.5);
    expect(normalizedMse(Float32Array.of(0, 2), Float32Array.of(7, 7))).toBe(0.5);
  });

  it('leaves out what is not finite in the float tensor, and is NaN where only the other is not', () => {
    expect(normalizedMse(Float32Array.of(0, Infinity, 1), Float32Array.of(0, 9, 9))).toBe(0);
    expect(normalizedMse(Float32Array.of(0, 1), Float32Array.of(0, NaN))).toBeNaN();
    expect(normalizedMse(new Float32Array(0), new Float32Array(0))).toBeNaN();
  });

  it('is 0 for a tensor against itself, and never above 1', () => {
    fc.assert(
      fc.property(tensors, tensors, (one, other) => {
        const [left, right] = [Float32Array.from(one), Float32Array.from(one, (_, index) => other[index] ?? 0)];
        expect(normalizedMse(left, left)).toBe(0);
        expect(normalizedMse(left, right)).toBeGreaterThanOrEqual(0);
        expect(normalizedMse(left, right)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('extremes', () => {
  it('are those of the finite values', () => {
    expect(extremesOf(Float32Array.of(1, -2, NaN, Infinity))).toEqual({ min: -2, max: 1 });
    expect(extremesOf(Float32Array.of(NaN))).toEqual({ min: NaN, max: NaN });
  });
});

describe('a pair of histograms', () => {
  it('has one range for both, whose last bin includes the largest value', () => {
    const pair = histogramPair(Float32Array.of(0, 63), Float32Array.of(64, 32, 32));
    expect(pair).toMatchObject({ min: 0, max: 64 });
    expect(pair?.float?.[0]).toBe(1);
    expect(pair?.float?.[63]).toBe(1);
    expect(pair?.int8[32]).toBe(2);
    expect(pair?.int8[63]).toBe(1);
  });

  it('says where there is no float tensor, and is null without a finite value', () => {
    expect(histogramPair(undefined, Float32Array.of(1))).toMatchObject({ min: 1, max: 1, float: null });
    expect(histogramPair(undefined, Float32Array.of(NaN))).toBeNull();
  });

  it('counts every finite value once', () => {
    fc.assert(
      fc.property(tensors, tensors, (one, other) => {
        const pair = histogramPair(Float32Array.from(one), Float32Array.from(other));
        const sum = (counts: readonly number[] | null | undefined): number => (counts ?? []).reduce((a, b) => a + b, 0);
        expect([sum(pair?.float), sum(pair?.int8)]).toEqual([one.length, other.length]);
      }),
    );
  });
});
