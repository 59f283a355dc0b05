// The number scheme against values made by ONNX Runtime's own quantizer (1.30.0), and its laws.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QuantizedType } from '../../src/config/recipe';
import { roundHalfToEven } from '../../src/onnx/roundHalfEven';
import {
  parametersOfRange,
  quantizeBias,
  quantizedLimits,
  quantizePerChannel,
  quantizeValues,
  rangesPerChannel,
  storedLimits,
} from '../../src/quantization/numberScheme';

type Golden = readonly [
  min: number,
  max: number,
  type: QuantizedType,
  symmetric: boolean,
  reduced: boolean,
  scale: number,
  zeroPoint: number,
];

// prettier-ignore
const goldens: readonly Golden[] = [
  [-1.5, 3.25, 'uint8', false, false, 0.018627451732754707, 81],
  [-1.5, 3.25, 'int8', false, false, 0.018627451732754707, -47],
  [-1.5, 3.25, 'uint8', true, false, 0.02549019642174244, 128],
  [-1.5, 3.25, 'int8', true, false, 0.025590552017092705, 0],
  [-1.5, 3.25, 'int8', true, true, 0.05078125, 0],
  [-1.5, 3.25, 'uint8', false, true, 0.03740157559514046, 40],
  [0.25, 3, 'uint8', false, false, 0.0117647061124444, 0],
  [0.25, 3, 'int8', false, false, 0.0117647061124444, -128],
  [-7, -2, 'uint8', false, false, 0.027450980618596077, 255],
  [-7, -2, 'int8', true, true, 0.109375, 0],
  [-0.1, 0.1, 'uint8', false, false, 0.0007843137136660516, 128],
  [-0.1, 0.1, 'uint8', false, true, 0.0015748031437397003, 63],
  [0, 0, 'uint8', false, false, 1, 0],
  [0, 1e-37, 'int8', true, false, 1, 0],
  [-0.42421296, 2.8214867, 'uint8', false, false, 0.012728233821690083, 33],
  [-0.42421296, 2.8214867, 'int8', false, false, 0.012728233821690083, -95],
];

const float = fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e30), max: Math.fround(1e30) });
const type = fc.constantFrom<QuantizedType>('uint8', 'int8');

describe('scale and zero point', () => {
  it.each(goldens)(
    'of %d..%d as %s, symmetric %s, reduced %s',
    (min, max, kind, symmetric, reduced, scale, zeroPoint) => {
      const limits = quantizedLimits(kind, symmetric, reduced);
      const parameters = parametersOfRange(Math.fround(min), Math.fround(max), limits, symmetric);
      expect(parameters).toEqual({ scale, zeroPoint });
    },
  );

  it('stay finite for a range wider than float32 can hold', () => {
    const { scale } = parametersOfRange(-3e38, 3e38, storedLimits('uint8'), false);
    expect(scale).toBe(Math.fround(6e38 / 255));
  });

  it('keep 0 exact and every value of the range within one step', () => {
    fc.assert(
      fc.property(
        float,
        float,
        fc.double({ min: 0, max: 1, noNaN: true }),
        type,
        fc.boolean(),
        (a, b, part, kind, symmetric) => {
          const [min, max] = [Math.min(a, b), Math.max(a, b)];
          const { scale, zeroPoint } = parametersOfRange(min, max, quantizedLimits(kind, symmetric, false), symmetric);
          const inside = Math.fround(min + (max - min) * part);
          const quantized = quantizeValues(Float32Array.of(0, inside), kind, { scale, zeroPoint });
          expect(quantized[0]).toBe(zeroPoint);
          // Half a step of rounding, and half a step by which the rounded zero point may shift the range.
          expect(Math.abs(((quantized[1] ?? 0) - zeroPoint) * scale - inside)).toBeLessThanOrEqual(scale * 1.001);
        },
      ),
    );
  });
});

describe('rounding', () => {
  it('goes half to even', () => {
    expect([0.5, 1.5, 2.5, -0.5, -1.5, 2.4999999, 1e16].map(roundHalfToEven)).toEqual([0, 2, 2, 0, -2, 2, 1e16]);
  });

  it('divides in float32 and saturates as the reference does', () => {
    const values = Float32Array.of(0, 0.05, 0.15, 0.25, -0.05, -0.15, -0.25, 100, -100, 0.1500001);
    const scale = Math.fround(0.1);
    expect([...quantizeValues(values, 'uint8', { scale, zeroPoint: 3 })]).toEqual([3, 3, 5, 5, 3, 1, 1, 255, 0, 5]);
    expect([...quantizeValues(values, 'int8', { scale, zeroPoint: 0 })]).toEqual([0, 0, 2, 2, 0, -2, -2, 127, -128, 2]);
  });

  it('makes NaN the zero point', () => {
    expect([...quantizeValues(Float32Array.of(NaN), 'uint8', { scale: 1, zeroPoint: 7 })]).toEqual([7]);
  });
});

describe('per channel', () => {
  it('quantizes each channel as if it were alone, on any axis', () => {
    const shape = fc.tuple(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 4 }),
    );
    fc.assert(
      fc.property(shape, fc.integer({ min: 0, max: 2 }), fc.infiniteStream(float), (dims, axis, stream) => {
        const [a, b, c] = dims;
        const values = Float32Array.from([...stream.take(a * b * c)]);
        const channels = dims[axis] ?? 0;
        const channelOf = (index: number): number =>
          [Math.floor(index / (b * c)), Math.floor(index / c) % b, index % c][axis] ?? 0;
        const { min, max } = rangesPerChannel(values, dims, axis);
        const alone = Array.from({ length: channels }, (_, channel) =>
          parametersOfRange(min[channel] ?? 0, max[channel] ?? 0, quantizedLimits('int8', true, false), true),
        );
        const scales = Float32Array.from(alone, ({ scale }) => scale);
        const together = quantizePerChannel(values, dims, axis, 'int8', scales, new Int8Array(channels));
        together.forEach((quantized, index) => {
          const channel = channelOf(index);
          const parameters = alone[channel] ?? { scale: 1, zeroPoint: 0 };
          expect(quantized).toBe(quantizeValues(Float32Array.of(values[index] ?? 0), 'int8', parameters)[0]);
          expect(values[index]).toBeGreaterThanOrEqual(min[channel] ?? NaN);
          expect(values[index]).toBeLessThanOrEqual(max[channel] ?? NaN);
        });
      }),
    );
  });
});

describe('an int32 bias', () => {
  it('rounds half to even and saturates', () => {
    expect([...quantizeBias(Float32Array.of(1, -3, 5e9, -5e9), Float32Array.of(2))]).toEqual([
      0, -2, 2147483647, -2147483648,
    ]);
  });

  it('takes one scale for each value where there are several', () => {
    expect([...quantizeBias(Float32Array.of(1, 1), Float32Array.of(0.5, 0.25))]).toEqual([2, 4]);
  });
});
