// Rounding to 16 bit: the same as the plain definition, except for numbers that do not fit.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bfloat16ToFloat32, float16Bits, float16ToFloat32 } from '../../src/onnx/halfFloat';
import { bfloat16Format, float16Format } from '../../src/optimization/lowFormat';
import type { LowFormat } from '../../src/optimization/lowFormat';

const anyFloat = fc.float({ noNaN: true, noDefaultInfinity: true });
/** float32 patterns about the range of float16, where ties and subnormal numbers are. */
const nearHalf = fc
  .integer({ min: 0x33000000, max: 0x47800000 })
  .map((word) => new Float32Array(Uint32Array.of(word & 0xfffff800).buffer)[0] ?? 0);

function rounded(format: LowFormat, ...values: number[]): { bits: number[]; raised: number; lowered: number } {
  const counts = { raised: 0, lowered: 0 };
  const bits = [...format.round(Float32Array.from(values), counts)];
  return { bits, ...counts };
}

describe('float16', () => {
  it('is the nearest number, ties to even', () => {
    fc.assert(
      fc.property(fc.oneof(anyFloat, nearHalf), (value) => {
        fc.pre(value === 0 || (Math.abs(value) >= 2 ** -24 && Math.abs(value) <= 65504));
        expect(rounded(float16Format, value)).toEqual({ bits: [float16Bits(value)], raised: 0, lowered: 0 });
      }),
      { numRuns: 2000 },
    );
  });

  it('gives back every pattern, infinity and NaN included', () => {
    const patterns = Uint16Array.from({ length: 65536 }, (_, pattern) => pattern);
    const counts = { raised: 0, lowered: 0 };
    const again = float16Format.round(float16ToFloat32(patterns), counts);
    for (const [pattern, bits] of again.entries()) {
      const isNaNPattern = (pattern & 0x7fff) > 0x7c00;
      if (bits !== (isNaNPattern ? 0x7e00 : pattern)) throw new Error(`${pattern} became ${bits}`);
    }
    expect(counts).toEqual({ raised: 0, lowered: 0 });
  });

  it('clamps and counts what does not fit', () => {
    expect(rounded(float16Format, 65504, 65505, -3.4e38, 1e-8, -1e-40, 5.97e-8, -0)).toEqual({
      bits: [0x7bff, 0x7bff, 0xfbff, 0x0001, 0x8001, 0x0001, 0x8000],
      lowered: 2,
      raised: 2,
    });
  });

  it('never makes a finite number infinite, nor another number 0', () => {
    fc.assert(
      fc.property(anyFloat, (value) => {
        const [number = NaN] = float16ToFloat32(Uint16Array.from(rounded(float16Format, value).bits));
        expect(Number.isFinite(number)).toBe(true);
        expect(number === 0).toBe(value === 0);
      }),
    );
  });
});

describe('bfloat16', () => {
  it('is one of the two neighbours, and the nearer one', () => {
    fc.assert(
      fc.property(anyFloat, (value) => {
        const { bits, raised, lowered } = rounded(bfloat16Format, value);
        fc.pre(raised + lowered === 0);
        const [bit = 0] = bits;
        const around = [bit - 1, bit, bit + 1].filter((one) => one >= 0 && one < 65536 && (one & 0x7fff) < 0x7f80);
        const errors = around.map((one) => Math.abs((bfloat16ToFloat32(Uint16Array.of(one))[0] ?? 0) - value));
        expect(Math.abs((bfloat16ToFloat32(Uint16Array.of(bit))[0] ?? 0) - value)).toBe(Math.min(...errors));
      }),
      { numRuns: 1000 },
    );
  });

  it('takes the even one of two equally near, and clamps what does not fit', () => {
    const float = (word: number): number => new Float32Array(Uint32Array.of(word).buffer)[0] ?? 0;
    expect(rounded(bfloat16Format, float(0x3f808000), float(0x3f818000), float(0x7f7fffff), float(1))).toEqual({
      bits: [0x3f80, 0x3f82, 0x7f7f, 0x0001],
      lowered: 1,
      raised: 1,
    });
    expect(rounded(bfloat16Format, Infinity, NaN).bits).toEqual([0x7f80, 0x7fc0]);
  });
});
