// Rounding: to the nearest whole number, and of two equally near to the even one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundHalfToEven } from '../../src/onnx/roundHalfEven';

describe('roundHalfToEven', () => {
  it('is at most half away, on a whole number, and even where it is exactly half', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -(2 ** 53), max: 2 ** 53 }), (value) => {
        const rounded = roundHalfToEven(value);
        const distance = Math.abs(rounded - value);
        const isNearest = distance < 0.5 || (distance === 0.5 && rounded % 2 === 0);
        expect(Number.isInteger(rounded) && isNearest).toBe(true);
      }),
    );
  });

  it('rounds the last halves there are, between 2^51 and 2^52', () => {
    expect([2381788515371203.5, -2381788515371203.5, 2381788515371202.5].map(roundHalfToEven)).toEqual([
      2381788515371204, -2381788515371204, 2381788515371202,
    ]);
  });
});
