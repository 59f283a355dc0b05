// Which classes labels and models mean: files of categories, and boxes of classes that the labels do not have.
import { describe, expect, it } from 'vitest';
import type { DetectionLabel } from '../../../src/data/detectionLabel';
import type { Metric } from '../../../src/metrics/contracts';
import { createMetric } from '../../../src/metrics/registry';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();

/** One box over the whole picture, of class 2 of a data set that numbers its own. */
const label: DetectionLabel = [
  [[0, 0, 1, 1]],
  ['dog'],
  [2],
  'a',
  {
    height: 10,
    width: 10,
    frame: [0, 0, 1, 1],
    areas: [100],
    crowds: [false],
    ignored: [false],
    categories: [
      { id: 1, name: 'cat' },
      { id: 2, name: 'dog' },
    ],
  },
];

function judged(classNumber: number, parameters: Readonly<Record<string, unknown>>): Metric {
  const metric = createMetric('VOCmAP', { box_format: 'yxyx', class_numbers: 'id', ...parameters }, []);
  const outputs = {
    boxes: { type: 'float32', dims: [1, 1, 4], data: Float32Array.of(0, 0, 1, 1) },
    scores: { type: 'float32', dims: [1, 1], data: Float32Array.of(0.9) },
    classes: { type: 'float32', dims: [1, 1], data: Float32Array.of(classNumber) },
  } as const;
  metric.update(outputs, [label]);
  return metric;
}

describe('anno_path', () => {
  it('numbers the classes that labels name, whatever number the data set gives them', () => {
    const path = folder.write('classes.yaml', 'dog: 70\ncat: 71\n');
    expect(judged(70, { anno_path: path }).avgValue['VOCmAP']).toBeCloseTo(1, 12);
    expect(judged(0, { anno_path: path, class_numbers: 'index' }).avgValue['VOCmAP']).toBeCloseTo(1, 12);
    expect(judged(2, { anno_path: path }).avgValue['VOCmAP']).toBe(0);
    expect(judged(2, {}).avgValue['VOCmAP']).toBeCloseTo(1, 12);
  });

  it('has to name every class of the labels', () => {
    const path = folder.write('few.yaml', 'cat: 71\n');
    expect(() => judged(71, { anno_path: path })).toThrow('the class "dog"');
  });
});

describe('boxes of no class of the labels', () => {
  it('are told with what else class_numbers may be', () => {
    expect(judged(2, {}).notes).toEqual([]);
    expect(judged(1, { class_numbers: 'index' }).notes).toEqual([]);
    expect(judged(0, {}).notes).toEqual([
      '1 of the 1 boxes that the model gives are of none of the 2 classes of the labels (such as 0): class_numbers is id; ' +
        'where the model counts in another way, set it to index or index_from_1, or name its classes with anno_path.',
    ]);
    expect(judged(2, { class_numbers: 'index' }).notes).toHaveLength(1);
    const again = judged(2, { class_numbers: 'index' });
    again.reset();
    expect(again.notes).toEqual([]);
  });
});
