// Rounding: to the nearest whole number, and of two equally near to the even one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundHalfToEven } from '../../src/onnx/roundHalfEven';

describe('roundHalfToEven', () => {
  it('goes to the even one of two equally near', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4999999, 1e16].map(roundHalfToEven)).toEqual([0, 2, 2, 0, -2, 2, 1e16]);
  });

  it('is at most half away, on a whole number, and even where it is exactly half', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -(2 ** 53), max: 2 ** 53 }), (value) => {
        const rounded = roundHalfToEven(value);
        const distance = Math.abs(rounded - value);
        if (Math.abs(value) >= 2 ** 51) return rounded === value;
        return Number.isInteger(rounded) && (distance < 0.5 || (distance === 0.5 && rounded % 2 === 0));
      }),
    );
  });
});
