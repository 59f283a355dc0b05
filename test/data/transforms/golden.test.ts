// Whole transforms against what Pillow and numpy give (test/fixtures/pillow), bit for bit.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../../src/onnx/tensor';
import { golden } from '../images/pillowGolden';
import { apply, sampleOf } from './samples';

const fixture = golden('transforms.json') as {
  cases: {
    transform: string;
    parameters: Record<string, unknown>;
    from: [number, number];
    tall: boolean;
    type: string;
    dims: number[];
    hash: string;
  }[];
  casts: { floats: number[]; integers: number[]; cases: { from: string; to: string; values: number[] }[] };
};

/** makeFixtures.py's 33 × 47 picture. */
function picture(): Tensor {
  let state = 33 * 1000 + 47;
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24;
  return { type: 'uint8', dims: [33, 47, 3], data: Uint8Array.from({ length: 33 * 47 * 3 }, next) };
}

describe('transforms equal Pillow and numpy', () => {
  const wide = picture();
  const tall = apply('Transpose', { perm: [1, 0, 2] }, sampleOf(wide)).image;
  for (const { transform, parameters, tall: isTall, type, dims, hash } of fixture.cases) {
    it(`${transform} ${JSON.stringify(parameters)} of a ${isTall ? 'tall' : 'wide'} picture`, () => {
      const { image } = apply(transform, parameters, sampleOf(isTall ? tall : wide));
      expect({ type: image.type, dims: image.dims }).toEqual({ type, dims });
      const { buffer, byteOffset, byteLength } = image.data as Uint8Array;
      const bytes = new Uint8Array(buffer, byteOffset, byteLength);
      expect(createHash('sha256').update(bytes).digest('hex').slice(0, 16)).toBe(hash);
    });
  }

  const { floats, integers, cases } = fixture.casts;
  const sources: Record<string, Tensor> = {
    float32: { type: 'float32', dims: [floats.length], data: Float32Array.from(floats) },
    int32: { type: 'int32', dims: [integers.length], data: Int32Array.from(integers) },
  };
  for (const { from, to, values } of cases) {
    it(`Cast of ${from} to ${to}`, () => {
      const { image } = apply('Cast', { dtype: to }, sampleOf(sources[from]!));
      expect(image.type).toBe(to);
      // int32 of a negative fraction is −0 in the fixture's floats.
      expect(Array.from(image.data as ArrayLike<number | bigint>, (value) => Number(value) + 0)).toEqual(
        values.map((value) => value + 0),
      );
    });
  }
});
