// Rounding to half precision: the inverse of float16ToFloat32, and to the nearest, ties to even.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { float16Bits, float16ToFloat32 } from '../../src/onnx/halfFloat';

const patterns = Uint16Array.from({ length: 65536 }, (_, pattern) => pattern);
const numbers = float16ToFloat32(patterns);

describe('float16Bits', () => {
  it('gives back every pattern that is a number', () => {
    for (const [pattern, number] of numbers.entries()) {
      if (!Number.isNaN(number)) expect(float16Bits(number)).toBe(pattern);
    }
    expect(float16Bits(NaN)).toBe(0x7e00);
  });

  it('rounds to the nearest, and to the even one of two equally near', () => {
    fc.assert(
      fc.property(fc.nat(0x7bfe), fc.constantFrom(0, 0.25, 0.5, 0.75), (pattern, part) => {
        const lower = numbers[pattern] ?? 0;
        const upper = numbers[pattern + 1] ?? 0;
        const even = pattern % 2 === 0 ? pattern : pattern + 1;
        const expected = part === 0.5 ? even : part < 0.5 ? pattern : pattern + 1;
        expect(float16Bits(lower + part * (upper - lower))).toBe(expected);
      }),
    );
  });

  it('overflows to infinity only beyond half a step above the largest number', () => {
    expect(float16Bits(65519.99)).toBe(0x7bff);
    expect(float16Bits(65520)).toBe(0x7c00);
    expect(float16Bits(-1e9)).toBe(0xfc00);
  });
});
