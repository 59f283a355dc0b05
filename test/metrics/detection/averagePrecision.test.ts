// Average precision against the reference evaluator of COCO (test/fixtures/detection), and cases worked out by hand.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areaRanges, averagePrecision, overlapOf } from '../../../src/metrics/detection/averagePrecision';
import type { FoundBox, JudgedPicture, TrueBox } from '../../../src/metrics/detection/averagePrecision';
import type { DetectionLabel } from '../../../src/data/detectionLabel';
import { detectionFigures } from '../../../src/dictionary/detectionMetrics';
import { createMetric } from '../../../src/metrics/registry';

interface Golden {
  readonly stats: readonly number[];
  readonly images: readonly { readonly id: number; readonly width: number; readonly height: number }[];
  readonly categories: readonly { readonly id: number; readonly name: string }[];
  readonly annotations: readonly {
    readonly image_id: number;
    readonly category_id: number;
    readonly bbox: readonly [number, number, number, number];
    readonly area: number;
    readonly iscrowd: number;
  }[];
  readonly detections: readonly {
    readonly image_id: number;
    readonly category_id: number;
    readonly bbox: readonly [number, number, number, number];
    readonly score: number;
  }[];
}

const path = resolve(import.meta.dirname, '../../fixtures/detection/coco_golden.json');
const golden = JSON.parse(readFileSync(path, 'utf8')) as Golden;

function labelOf({ id, height, width }: Golden['images'][number]): DetectionLabel {
  const own = golden.annotations.filter((each) => each.image_id === id);
  return [
    own.map(({ bbox: [x, y, w, h] }) => [y / height, x / width, (y + h) / height, (x + w) / width]),
    [],
    own.map((each) => each.category_id),
    id,
    {
      height,
      width,
      frame: [0, 0, 1, 1],
      areas: own.map(({ area }) => area),
      crowds: own.map(({ iscrowd }) => iscrowd === 1),
      ignored: own.map(() => false),
      categories: golden.categories,
    },
  ];
}

/** Detections as outputs of a model; float64, because scores of the reference are. */
function outputsOf({
  id,
}: Golden['images'][number]): Record<string, { type: 'float64'; dims: number[]; data: Float64Array }> {
  const own = golden.detections.filter((each) => each.image_id === id);
  const tensor = (dims: number[], data: number[]): { type: 'float64'; dims: number[]; data: Float64Array } => ({
    type: 'float64',
    dims,
    data: Float64Array.from(data),
  });
  return {
    boxes: tensor(
      [1, own.length, 4],
      own.flatMap(({ bbox }) => [...bbox]),
    ),
    scores: tensor(
      [1, own.length],
      own.map(({ score }) => score),
    ),
    classes: tensor(
      [1, own.length],
      own.map((each) => each.category_id),
    ),
  };
}

describe('COCOmAP', () => {
  it('has the twelve figures of the reference evaluator', () => {
    const metric = createMetric('COCOmAP', {
      map_key: detectionFigures[0],
      box_format: 'xywh',
      input_size: [480, 640],
      class_numbers: 'id',
    });
    // In another order than that of the ids, in which equal scores are ranked.
    for (const image of golden.images.toReversed()) metric.update(outputsOf(image), [labelOf(image)]);
    const figures = metric.avgValue;
    expect(figures['COCOmAP']).toBe(figures['DetectionBoxes_Precision/mAP']);
    detectionFigures.forEach((name, index) => {
      expect(figures[name], name).toBeCloseTo(golden.stats[index] ?? NaN, 12);
    });
  });
});

const truth = (left: number, more: Partial<TrueBox> = {}): TrueBox => ({
  left,
  top: 0,
  width: 10,
  height: 10,
  area: 100,
  category: 1,
  isCrowd: false,
  isIgnored: false,
  ...more,
});
const found = (left: number, score: number, more: Partial<FoundBox> = {}): FoundBox => ({
  left,
  top: 0,
  width: 10,
  height: 10,
  category: 1,
  score,
  ...more,
});
const picture = (truths: TrueBox[], boxes: FoundBox[], id = 1): JudgedPicture => ({ id, truths, found: boxes });
const area = (pictures: readonly JudgedPicture[], points = 0): number =>
  averagePrecision(pictures, { overlaps: [0.5], points, range: areaRanges.all, detections: 100 }).precision;

describe('averagePrecision', () => {
  it('is the area under the curve, worked out by hand', () => {
    // right, wrong, right of two boxes: 1 up to recall 1/2, then 2/3.
    const judged = [picture([truth(0), truth(50)], [found(0, 0.9), found(200, 0.8), found(50, 0.7)])];
    expect(area(judged)).toBeCloseTo(0.5 * 1 + 0.5 * (2 / 3), 12);
    // 6 of 11 recalls up to 1/2.
    expect(area(judged, 11)).toBeCloseTo((6 + 5 * (2 / 3)) / 11, 12);
  });

  it('counts a second detection of a box as wrong, but not one of a difficult box', () => {
    expect(area([picture([truth(0), truth(50)], [found(0, 0.9), found(0, 0.8), found(50, 0.7)])])).toBeLessThan(1);
    const difficult = truth(100, { isIgnored: true });
    const twice = [found(100, 0.95), found(100, 0.94), found(0, 0.9)];
    expect(area([picture([truth(0), difficult], twice)])).toBeCloseTo(1, 12);
  });

  it('lets a crowd take in any number of detections inside it', () => {
    const crowd = truth(100, { width: 300, height: 300, area: 9e4, isCrowd: true });
    expect(area([picture([truth(0), crowd], [found(120, 0.99), found(150, 0.98), found(0, 0.5)])])).toBeCloseTo(1, 12);
  });

  it('has no value where nothing is to be found', () => {
    expect(area([picture([], [found(0, 1)])])).toBeNaN();
  });

  it('is between 0 and 1, whatever is there and found, and does not depend on the order of pictures', () => {
    const place = fc.integer({ min: 0, max: 60 });
    const score = fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10);
    const one = fc.record({
      truths: fc.array(place.map((at) => truth(at))),
      found: fc.array(fc.tuple(place, score).map(([at, s]) => found(at, s))),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 5 }), (some) => {
        const pictures = some.map((each, id) => ({ ...each, id }));
        const value = area(pictures, 101);
        expect(Number.isNaN(value) || (value >= 0 && value <= 1)).toBe(true);
        expect(area(pictures.toReversed(), 101)).toEqual(value);
      }),
    );
  });
});

describe('overlapOf', () => {
  it('is intersection over union, and over a crowd the share inside', () => {
    expect(overlapOf(found(0, 1), truth(5))).toBeCloseTo(1 / 3, 12);
    expect(overlapOf(found(0, 1), truth(5), true)).toBeCloseTo(1 / 2, 12);
    expect(overlapOf(found(0, 1), truth(10))).toBe(0);
  });
});
