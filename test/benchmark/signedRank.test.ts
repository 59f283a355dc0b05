// Hodges–Lehmann and Wilcoxon's interval against tabled values and by their properties.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateCentre } from '../../src/benchmark/signedRank';

const numbers = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe('estimateCentre', () => {
  // Which pairwise mean bounds a 95 % interval, from the table of Wilcoxon's signed-rank test (two-sided 0.05): n → k.
  it.each([
    [6, 1],
    [7, 3],
    [8, 4],
    [10, 9],
    [15, 26],
    [20, 53],
  ])('cuts off as many pairwise means as the table says for %i values', (count, rank) => {
    const values = Array.from({ length: count }, (_, index) => 2 ** index);
    const means = values
      .flatMap((value, index) => values.slice(index).map((other) => (value + other) / 2))
      .sort((a, b) => a - b);
    expect(estimateCentre(values, 0.95).interval).toEqual([means[rank - 1], means[means.length - rank]]);
  });

  it('has no 95 % interval for five values and none at all for no value', () => {
    expect(estimateCentre([1, 2, 3, 4, 5], 0.95)).toEqual({ centre: 3, interval: null });
    expect(estimateCentre([], 0.95)).toEqual({ centre: NaN, interval: null });
  });

  it('moves with the values and turns with their sign', () => {
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 6, maxLength: 25 }), numbers, (values, shift) => {
        const { centre, interval } = estimateCentre(values, 0.95);
        const shifted = estimateCentre(
          values.map((value) => value + shift),
          0.95,
        );
        const turned = estimateCentre(
          values.map((value) => -value),
          0.95,
        );
        expect(shifted.centre).toBeCloseTo(centre + shift, 5);
        expect(turned.centre).toBeCloseTo(-centre, 5);
        expect(turned.interval?.[0]).toBeCloseTo(-(interval?.[1] ?? NaN), 5);
      }),
    );
  });

  it('holds the centre between the ends of the interval, and those between the values', () => {
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 6, maxLength: 25 }), (values) => {
        const { centre, interval } = estimateCentre(values, 0.95);
        const [low, high] = interval ?? [NaN, NaN];
        expect(low).toBeLessThanOrEqual(centre);
        expect(high).toBeGreaterThanOrEqual(centre);
        expect(low).toBeGreaterThanOrEqual(Math.min(...values));
        expect(high).toBeLessThanOrEqual(Math.max(...values));
      }),
    );
  });

  it('is not moved far by one wild value', () => {
    const calm = [1, 1.01, 0.99, 1.02, 0.98, 1, 1.01, 0.99, 1];
    expect(estimateCentre([...calm, 1e9], 0.95).centre).toBeLessThan(1.03);
  });
});
