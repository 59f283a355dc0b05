// Random transforms: repeatable, different from each other, and fair.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mulberry32, randomFor } from '../../../src/data/transforms/random';
import { randomRectangle } from '../../../src/data/transforms/randomCrops';
import { buildTransforms } from '../../../src/data/transforms/registry';
import type { Sample } from '../../../src/data/transforms/sample';
import { flipLeftRight, flipUpDown } from '../../../src/data/transforms/picture';
import { apply, counting, sampleOf, withDefaults } from './samples';

const names = ['RandomCrop', 'RandomResizedCrop', 'RandomHorizontalFlip', 'RandomVerticalFlip'];
const parametersOf = (name: string): Record<string, unknown> => (name.endsWith('Crop') ? { size: [5, 4] } : {});
const samples = Array.from({ length: 40 }, (_, index) => sampleOf(counting(9, 7, 3), index, `${index}.png`));

describe('random transforms', () => {
  for (const name of names) {
    it(`${name} treats a sample alike in every run and in any order`, () => {
      const run = (order: Sample[]): Sample[] => order.map(buildTransforms([withDefaults(name, parametersOf(name))]));
      expect(run(samples.toReversed()).toReversed()).toEqual(run(samples));
    });

    it(`${name} treats samples differently, and depends on the seed`, () => {
      const images = (seed: number): string[] =>
        samples.map((sample) => apply(name, { ...parametersOf(name), seed }, sample).image.data.join());
      expect(new Set(images(1)).size).toBeGreaterThan(1);
      expect(images(1)).not.toEqual(images(2));
    });
  }

  it('flip about half of the samples', () => {
    const many = Array.from({ length: 1000 }, (_, index) => sampleOf(counting(1, 2, 1), 0, `${index}.png`));
    const flipped = many.filter((sample) => apply('RandomHorizontalFlip', {}, sample).image.data[0] === 1).length;
    expect(flipped).toBeGreaterThan(430);
    expect(flipped).toBeLessThan(570);
  });

  it('with one seed in one list draw independently', () => {
    const both = buildTransforms([withDefaults('RandomHorizontalFlip'), withDefaults('RandomVerticalFlip')]);
    const seen = new Set(samples.map((sample) => both({ ...sample, image: counting(2, 2, 1) }).image.data.join()));
    expect(seen.size).toBe(4);
  });

  it('crop at every place a crop can be', () => {
    const many = Array.from({ length: 200 }, (_, index) => sampleOf(counting(3, 3, 1), 0, `${index}.png`));
    const corners = new Set(many.map((sample) => apply('RandomCrop', { size: [2] }, sample).image.data[0]));
    expect([...corners].sort()).toEqual([0, 1, 3, 4]);
  });

  it('RandomResizedCrop keeps to area, ratio and picture', () => {
    const length = fc.integer({ min: 40, max: 400 });
    const property = fc.property(length, length, fc.nat(), (height, width, seed) => {
      const rectangle = randomRectangle({ height, width, channels: 3 }, [0.2, 0.6], [0.75, 4 / 3], mulberry32(seed));
      expect(rectangle.top + rectangle.height).toBeLessThanOrEqual(height);
      expect(rectangle.left + rectangle.width).toBeLessThanOrEqual(width);
      // Sides are rounded to whole pixels.
      expect(rectangle.width / rectangle.height).toBeGreaterThan(0.75 * 0.9);
      expect(rectangle.width / rectangle.height).toBeLessThan((4 / 3) * 1.1);
      const share = (rectangle.height * rectangle.width) / (height * width);
      expect(share).toBeLessThan(0.6 * 1.1);
    });
    fc.assert(property, { numRuns: 100 });
  });

  it('RandomResizedCrop takes the middle when nothing fits', () => {
    const wide = randomRectangle({ height: 10, width: 100, channels: 3 }, [1, 1], [0.75, 4 / 3], mulberry32(1));
    expect(wide).toEqual({ top: 0, left: 43, height: 10, width: 13 });
    const tall = randomRectangle({ height: 100, width: 10, channels: 3 }, [1, 1], [0.75, 4 / 3], mulberry32(1));
    expect(tall).toEqual({ top: 43, left: 0, height: 13, width: 10 });
  });

  it('RandomResizedCrop can take the whole picture', () => {
    const whole = randomRectangle({ height: 10, width: 10, channels: 3 }, [1, 1], [1, 1], mulberry32(1));
    expect(whole).toEqual({ top: 0, left: 0, height: 10, width: 10 });
  });
});

describe('flips', () => {
  it('are involutions', () => {
    const length = fc.integer({ min: 1, max: 9 });
    const property = fc.property(length, length, fc.integer({ min: 1, max: 4 }), (height, width, channels) => {
      const { dims } = counting(height, width, channels);
      const image = { type: 'uint8', dims, data: counting(...dims).data as Uint8Array } as const;
      expect(flipLeftRight(flipLeftRight(image))).toEqual(image);
      expect(flipUpDown(flipUpDown(image))).toEqual(image);
    });
    fc.assert(property, { numRuns: 40 });
  });

  it('mirror columns, and rows', () => {
    const image = { type: 'uint8', dims: [2, 2, 1], data: Uint8Array.of(1, 2, 3, 4) } as const;
    expect([...flipLeftRight(image).data]).toEqual([2, 1, 4, 3]);
    expect([...flipUpDown(image).data]).toEqual([3, 4, 1, 2]);
  });
});

describe('the generator', () => {
  it('gives mulberry32’s published first numbers', () => {
    const random = mulberry32(1);
    expect([random(), random()].map((value) => Math.round(value * 2 ** 32))).toEqual([2693262067, 11749833]);
  });

  it('depends on seed, place and sample', () => {
    const first = (seed: number, position: number, id: string): number => randomFor(seed, position, id)();
    expect(new Set([first(1, 0, 'a'), first(2, 0, 'a'), first(1, 1, 'a'), first(1, 0, 'b')]).size).toBe(4);
  });
});
