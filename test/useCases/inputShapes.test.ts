// Shapes as clients write them: every way to write one means the same, and samples fit inputs or are refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fittedShape, readShapes } from '../../src/bench/dataset/inputShapes';
import type { PortFacts } from '../../src/onnx/modelFacts';

const shape = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 });
const shapes = fc.array(shape, { minLength: 1, maxLength: 4 });

describe('shapes', () => {
  it('mean the same in every way to write them', () => {
    fc.assert(
      fc.property(shapes, (list) => {
        const text = list.map((sizes) => `[${sizes.join(', ')}]`).join(',');
        expect(readShapes(list, 'shape')).toEqual(list);
        expect(readShapes(text, 'shape')).toEqual(list);
        expect(readShapes(JSON.stringify(list), 'shape')).toEqual(list);
        expect(readShapes(text.replaceAll('[', '(').replaceAll(']', ',)'), 'shape')).toEqual(list);
      }),
    );
    fc.assert(
      fc.property(shape, (sizes) => {
        for (const way of [sizes, sizes.join(','), sizes.join(' , '), `[${sizes.join()}]`]) {
          expect(readShapes(way, 'shape')).toEqual([sizes]);
        }
      }),
    );
  });

  it('are refused, never half read, when they are anything else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ minLength: 1 }), fc.jsonValue()), (value) => {
        let read: ReturnType<typeof readShapes>;
        try {
          read = readShapes(value, 'shape');
        } catch (thrown) {
          expect(thrown).toMatchObject({ name: 'RequestError' });
          return;
        }
        for (const size of (read ?? []).flat()) expect(Number.isSafeInteger(size) && size >= 1).toBe(true);
      }),
    );
  });

  it('may be those of a single number', () => {
    expect(readShapes('[]', 'shape')).toEqual([[]]);
    expect(readShapes('[],[2]', 'shape')).toEqual([[], [2]]);
  });

  it.each<[number[], PortFacts['shape'], number[] | RegExp]>([
    [
      [3, 224, 224],
      ['N', 3, 'height', null],
      [3, 224, 224],
    ],
    [
      [1, 3, 224, 224],
      [1, 3, 224, 224],
      [3, 224, 224],
    ],
    [
      [8, 3, 4, 4],
      ['N', 3, 'h', 'w'],
      [3, 4, 4],
    ],
    [[224, 224, 3], ['N', 3, 224, 224], /takes samples of the shape \[3, 224, 224\], not \[224, 224, 3\]/],
    [[3, 224], ['N', 3, 'h', 'w'], /\[3, any, any\]/],
    [[16], ['batch', 'sequence'], [16]],
    [[], ['batch'], []],
    [[1], ['batch'], []],
    [[5, 6, 7], null, [5, 6, 7]],
  ])('%j for an input of %j', (given, dims, expected) => {
    const port = { name: 'x', type: 'float32', shape: dims };
    if (expected instanceof RegExp) expect(() => fittedShape(given, port)).toThrow(expected);
    else expect(fittedShape(given, port)).toEqual(expected);
  });
});
