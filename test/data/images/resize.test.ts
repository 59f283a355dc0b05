// Resizing against Pillow's results (test/fixtures/pillow), bit for bit.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResizeFilter } from '../../../src/data/images/resampleWeights';
import { resize, type Pixels } from '../../../src/data/images/resize';
import { golden } from './pillowGolden';

type Kind = 'rgb' | 'grey' | 'extreme' | 'float';
type Size = [number, number];
const fixture = golden('resize.json') as {
  filters: ResizeFilter[];
  cases: { kind: Kind; from: Size; to: Size; hashes: string[] }[];
  arrays: { kind: Kind; from: Size; to: Size; filter: ResizeFilter; values: number[] }[];
};

/** The generated picture makeFixtures.py gave Pillow. */
function picture(kind: Kind, [height, width]: Size): Pixels<Uint8Array | Float32Array> {
  const channels = kind === 'rgb' || kind === 'extreme' ? 3 : 1;
  let state = height * 1000 + width;
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
  const length = height * width * channels;
  if (kind === 'float')
    return { data: Float32Array.from({ length }, () => (next() / 2 ** 32) * 4 - 2), height, width, channels };
  const byte = kind === 'extreme' ? () => (next() >>> 31) * 255 : () => next() >>> 24;
  return { data: Uint8Array.from({ length }, byte), height, width, channels };
}

function hashOf(data: Uint8Array | Float32Array): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

describe('resize', () => {
  for (const { kind, from, to, hashes } of fixture.cases) {
    it(`equals Pillow for ${kind} ${from.join('×')} → ${to.join('×')}, all filters`, () => {
      const source = picture(kind, from);
      const ours = fixture.filters.map((filter) => hashOf(resize(source, to[0], to[1], filter).data));
      expect(ours).toEqual(hashes);
    });
  }

  it('equals Pillow value by value', () => {
    for (const { kind, from, to, filter, values } of fixture.arrays) {
      expect([...resize(picture(kind, from), to[0], to[1], filter).data]).toEqual(values);
    }
  });

  it('keeps a picture of one colour as it is, whatever the size', () => {
    const size = fc.integer({ min: 1, max: 40 });
    const filter = fc.constantFrom<ResizeFilter>('nearest', 'box', 'bilinear', 'hamming', 'bicubic', 'lanczos');
    fc.assert(
      fc.property(size, size, size, size, filter, fc.nat(255), (height, width, toHeight, toWidth, name, value) => {
        const source = { data: new Uint8Array(height * width).fill(value), height, width, channels: 1 };
        const result = resize(source, toHeight, toWidth, name);
        expect(result.data).toEqual(new Uint8Array(toHeight * toWidth).fill(value));
      }),
      { numRuns: 60 },
    );
  });

  it('gives a copy when the size stays', () => {
    const source = picture('rgb', [4, 5]);
    const result = resize(source, 4, 5, 'bilinear');
    expect(result.data).toEqual(source.data);
    expect(result.data).not.toBe(source.data);
  });
});
