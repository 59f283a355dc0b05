// mIOU against cases worked out by hand, and its bounds.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanIntersectionOverUnion } from '../../src/metrics/segmentation';

function integers(...rows: number[][]): { y: { type: 'int32'; dims: number[]; data: Int32Array } } {
  return { y: { type: 'int32', dims: [rows.length, rows[0]?.length ?? 0], data: Int32Array.from(rows.flat()) } };
}

const create = (classes = 3): ReturnType<typeof meanIntersectionOverUnion> =>
  meanIntersectionOverUnion({ num_classes: classes, output: undefined });

describe('mIOU', () => {
  it('counts over all samples, and averages over the classes that occur', () => {
    const metric = create(4);
    metric.update(integers([0, 0, 1, 1], [2, 2, 2, 0]), [
      [0, 1, 1, 1],
      [2, 2, 0, 0],
    ]);
    // Class 0: 2 of {hits 2, false 1, missed 1}; class 1: 2 of 3; class 2: 2 of 3; class 3 occurs nowhere.
    expect(metric.avgValue['mIOU']).toBeCloseTo((2 / 4 + 2 / 3 + 2 / 3) / 3, 12);
    // By sample: (1/2 + 2/3) / 2, and (2/3 + 1/2) / 2.
    expect(metric.value['mIOU']).toEqual([(1 / 2 + 2 / 3) / 2, (1 / 2 + 2 / 3) / 2]);
    metric.reset();
    expect(metric.avgValue['mIOU']).toBeNaN();
  });

  it('leaves out void labels, and counts an answer that is no class as missed', () => {
    const metric = create(2);
    metric.update(integers([0, 1, 7, 1]), [Uint8Array.of(0, 255, 1, 1)]);
    expect(metric.avgValue['mIOU']).toBeCloseTo((1 + 1 / 2) / 2, 12);
    metric.update(integers([0]), [[255]]);
    expect(metric.value['mIOU']?.[1]).toBe(1);
  });

  it('takes scores with the classes first or last', () => {
    const labels = [{ type: 'uint8', dims: [1, 2], data: Uint8Array.of(2, 0) }];
    const first = { type: 'float32', dims: [1, 3, 1, 2], data: Float32Array.of(0, 5, 1, 1, 4, 2) } as const;
    const last = { type: 'float32', dims: [1, 1, 2, 3], data: Float32Array.of(0, 1, 4, 5, 1, 2) } as const;
    for (const y of [first, last]) {
      const metric = create();
      metric.update({ y }, labels);
      expect(metric.avgValue['mIOU']).toBe(1);
    }
  });

  it('refuses a label of another size, and no label', () => {
    expect(() => create().update(integers([0, 1]), [[0, 1, 2]])).toThrow('an output has 2 elements and its label 3');
    expect(() => create().update(integers([0, 1]), [undefined])).toThrow('the data set has none');
  });

  it('is 1 for the labels themselves, within 0 and 1 else, and the same for classes renamed', () => {
    const pixels = fc.array(fc.tuple(fc.nat(2), fc.nat(2)), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(pixels, (pairs) => {
        const valueOf = (answers: number[], labels: number[]): number => {
          const metric = create();
          metric.update(integers(answers), [labels]);
          return metric.avgValue['mIOU'] ?? NaN;
        };
        const [answers, labels] = [pairs.map(([answer]) => answer), pairs.map(([, label]) => label)];
        const renamed = (all: number[]): number[] => all.map((one) => (one + 1) % 3);
        expect(valueOf(labels, labels)).toBe(1);
        const value = valueOf(answers, labels);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
        expect(valueOf(renamed(answers), renamed(labels))).toBeCloseTo(value, 12);
        // The union is the same whichever of the two is right.
        expect(valueOf(labels, answers)).toBeCloseTo(value, 12);
      }),
    );
  });
});
