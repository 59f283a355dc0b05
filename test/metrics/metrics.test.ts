// The metrics on small cases counted by hand, and topk against sorting.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Annotation } from '../../src/data/contracts';
import type { DictionaryEntry } from '../../src/dictionary/entry';
import { metricEntries } from '../../src/dictionary/metrics';
import type { Metric, ModelOutputs } from '../../src/metrics/contracts';
import { createMetric } from '../../src/metrics/registry';
import type { Tensor } from '../../src/onnx/tensor';

const floats = (dims: readonly number[], ...values: number[]): Tensor => ({
  type: 'float32',
  dims,
  data: Float32Array.from(values),
});
const int64s = (dims: readonly number[], ...values: number[]): Tensor => ({
  type: 'int64',
  dims,
  data: BigInt64Array.from(values, BigInt),
});

/** A metric with the defaults of the dictionary. */
function metricOf(name: string, parameters: Record<string, unknown> = {}): Metric {
  const entry: DictionaryEntry | undefined = metricEntries.find((each) => each.name === name);
  const defaults = Object.fromEntries((entry?.parameters ?? []).map((each) => [each.name, each.default]));
  return createMetric(name, { ...defaults, ...parameters });
}

interface Case {
  parameters?: Record<string, unknown>;
  outputs: ModelOutputs | Tensor;
  labels: readonly Annotation[];
  reference?: Tensor;
}

/** The figure of one update. */
function figure(name: string, { parameters, outputs, labels, reference }: Case): number | undefined {
  const metric = metricOf(name, parameters);
  const byName =
    'dims' in outputs && Array.isArray(outputs['dims']) ? { y: outputs as Tensor } : (outputs as ModelOutputs);
  metric.update(byName, labels, reference === undefined ? undefined : { y: reference });
  return metric.avgValue[name];
}

const scores = floats([3, 4], 0.1, 0.5, 0.3, 0.1, 9, 1, 2, 3, -4, -3, -2, -1);

describe('topk', () => {
  it('counts labels among the k highest scores', () => {
    expect(figure('topk', { outputs: scores, labels: [1, 0, 2] })).toBeCloseTo(2 / 3, 12);
    expect(figure('topk', { parameters: { k: 2 }, outputs: scores, labels: [2, 3, 2] })).toBe(1);
  });

  it('takes labels as N×1, one-hot, tensors and 64-bit integers', () => {
    const labels = [[0, 1, 0, 0], int64s([1], 0), BigInt64Array.of(3n)];
    expect(figure('topk', { outputs: scores, labels })).toBe(1);
    expect(figure('topk', { outputs: scores, labels: [[1], 0n, floats([4], 0, 0, 0, 1)] })).toBe(1);
  });

  it('flattens trailing axes of size 1, as classifiers with a 1×1 map have them', () => {
    expect(figure('topk', { outputs: { y: { ...scores, dims: [3, 4, 1, 1] } }, labels: [1, 0, 3] })).toBe(1);
  });

  it('does not call a model right that gives every class the same score', () => {
    const constant = floats([2, 4], 1, 1, 1, 1, 1, 1, 1, 1);
    expect(figure('topk', { parameters: { k: 2 }, outputs: constant, labels: [3, 1] })).toBe(0.5);
    expect(figure('topk', { outputs: floats([1, 2], NaN, NaN), labels: [0] })).toBe(0);
  });

  it('equals sorting by score, then by class index', () => {
    const rows = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(rows, fc.nat(), fc.integer({ min: 1, max: 9 }), (row, labelSeed, k) => {
        const label = labelSeed % row.length;
        const order = row.map((_, index) => index).sort((a, b) => (row[b] ?? 0) - (row[a] ?? 0) || a - b);
        const expected = order.slice(0, k).includes(label) ? 1 : 0;
        expect(figure('topk', { parameters: { k }, outputs: floats([1, row.length], ...row), labels: [label] })).toBe(
          expected,
        );
      }),
    );
  });

  it('names a label outside the classes, and says when labels seem to count from 1', () => {
    expect(() => figure('topk', { outputs: scores, labels: [0, 1, 4] })).toThrow(
      expect.objectContaining({
        code: 'metric-label-range',
        nextStep: expect.stringContaining('LabelShift') as string,
      }) as Error,
    );
    expect(() => figure('topk', { outputs: scores, labels: [0, 1, -1] })).toThrow(
      'the label -1 is not among the 4 classes',
    );
    expect(() => figure('topk', { outputs: scores, labels: [0, 1, 'dog'] })).toThrow('gives text');
    expect(() => figure('topk', { outputs: scores, labels: [0, 1, [1, 0]] })).toThrow('2 numbers');
  });

  it('without labels points to agreement', () => {
    expect(() => figure('topk', { outputs: scores, labels: [undefined, undefined, undefined] })).toThrow(
      expect.objectContaining({
        code: 'metric-label-missing',
        nextStep: expect.stringContaining('agreement') as string,
      }) as Error,
    );
  });
});

describe('every metric', () => {
  const two: ModelOutputs = { first: floats([1, 2], 1, 0), second: floats([1, 2], 0, 1) };

  it('looks at the first output, or at the one named', () => {
    expect(figure('topk', { outputs: two, labels: [1] })).toBe(0);
    expect(figure('topk', { parameters: { output: 'second' }, outputs: two, labels: [1] })).toBe(1);
    expect(() => figure('topk', { parameters: { output: 'third' }, outputs: two, labels: [1] })).toThrow(
      'the model has first, second',
    );
  });

  it('adds up over updates of any batch size, keeps per-sample values, and starts anew after reset', () => {
    const metric = metricOf('topk');
    metric.update({ y: scores }, [1, 0, 2]);
    metric.update({ y: floats([1, 2], 0, 1) }, [1]);
    expect(metric.value['topk']).toEqual([1, 1, 0, 1]);
    expect(metric.avgValue['topk']).toBe(0.75);
    metric.reset();
    metric.update({ y: floats([1, 2], 0, 1) }, [0]);
    expect(metric.avgValue['topk']).toBe(0);
  });

  it('refuses text outputs and outputs without a row for each sample', () => {
    const text: Tensor = { type: 'string', dims: [1], data: ['cat'] };
    expect(() => figure('topk', { outputs: text, labels: [0] })).toThrow('it is text');
    expect(() => figure('Loss', { outputs: floats([], 3), labels: [0, 0] })).toThrow('no row for each of 2');
  });

  it('reads half-precision outputs as the numbers they are', () => {
    const half: Tensor = { type: 'float16', dims: [1, 2], data: Uint16Array.of(0x3c00, 0xc000) };
    expect(figure('topk', { outputs: half, labels: [0] })).toBe(1);
    expect(figure('MSE', { outputs: half, labels: [[1, 0]] })).toBe(2);
  });
});

describe('Accuracy', () => {
  it('takes arg-max over axis 1 for several classes, also at each position of a map', () => {
    expect(figure('Accuracy', { outputs: scores, labels: [1, 0, 0] })).toBeCloseTo(2 / 3, 12);
    // 2 classes × 3 positions; arg-max over the classes is 1, 0, 1.
    const map = floats([1, 2, 3], 0, 5, 0, 1, 2, 3);
    expect(figure('Accuracy', { outputs: map, labels: [[1, 0, 0]] })).toBeCloseTo(2 / 3, 12);
  });

  it('takes arg-max over the last axis where only that fits the label', () => {
    // 3 tokens × 2 classes: 1, 0, 0.
    expect(figure('Accuracy', { outputs: floats([1, 3, 2], 0, 1, 1, 0, 2, 1), labels: [[1, 0, 1]] })).toBeCloseTo(
      2 / 3,
      12,
    );
  });

  it('compares single scores with a threshold', () => {
    const outputs = floats([4, 1], 0.2, 0.6, 0.5, 0.9);
    expect(figure('Accuracy', { outputs, labels: [0, 1, 1, 1] })).toBe(0.75);
    expect(figure('Accuracy', { parameters: { threshold: 0 }, outputs: floats([2], -3, 0.2), labels: [0, 1] })).toBe(1);
  });

  it('compares several labels of a sample element by element, never above 1', () => {
    expect(
      figure('Accuracy', {
        outputs: floats([2, 2], 0.9, 0.1, 0.8, 0.7),
        labels: [
          [1, 0],
          [1, 0],
        ],
      }),
    ).toBe(0.75);
  });

  it('takes integer outputs as answers', () => {
    expect(figure('Accuracy', { outputs: int64s([3], 7, 1, 2), labels: [7, 1, 1] })).toBeCloseTo(2 / 3, 12);
  });

  it('says when sizes do not fit', () => {
    expect(() =>
      figure('Accuracy', {
        outputs: scores,
        labels: [
          [1, 2],
          [1, 2],
          [1, 2],
        ],
      }),
    ).toThrow('4 elements and its label 2');
  });
});

describe('F1', () => {
  it('measures the overlap of bags of tokens for each sample, whatever the batch size', () => {
    const outputs = int64s([2, 4], 1, 2, 2, 3, 5, 5, 5, 5);
    // Sample 0: common 1, 2 → 2·2/(4+3); sample 1: common one 5 → 2·1/(4+2).
    expect(
      figure('F1', {
        outputs,
        labels: [
          [1, 2, 9],
          [5, 6],
        ],
      }),
    ).toBeCloseTo((4 / 7 + 1 / 3) / 2, 12);
  });

  it('takes arg-max of scores as tokens', () => {
    expect(figure('F1', { outputs: floats([1, 2, 2], 0, 1, 1, 0), labels: [[0, 0]] })).toBeCloseTo(0.5, 12);
  });

  it('does not take token numbers of floating point for scores of 0 or 1', () => {
    const outputs = floats([1, 3], 17, 4, 9);
    const message = /floating point output "y" for scores, .* but a label is 17\./;
    expect(() => figure('F1', { outputs, labels: [[17, 4, 9]] })).toThrow(message);
    expect(() => figure('Accuracy', { outputs, labels: [[17, 4, 9]] })).toThrow(message);
    expect(figure('F1', { outputs: int64s([1, 3], 17, 4, 9), labels: [[17, 4, 9]] })).toBe(1);
    expect(figure('Accuracy', { outputs: floats([1, 2], 0.2, 0.9), labels: [[0, 1]] })).toBe(1);
  });

  it('in mode binary is that of class 1', () => {
    const outputs = floats([5, 2], 0, 1, 0, 1, 1, 0, 1, 0, 0, 1);
    // Predicted 1 1 0 0 1, expected 1 0 1 0 1: 2 hits, 3 predicted, 3 expected.
    expect(figure('F1', { parameters: { mode: 'binary' }, outputs, labels: [1, 0, 1, 0, 1] })).toBeCloseTo(4 / 6, 12);
    expect(figure('F1', { parameters: { mode: 'binary' }, outputs: floats([2], 0.1, 0.2), labels: [0, 0] })).toBe(0);
    expect(() => figure('F1', { parameters: { mode: 'binary' }, outputs: scores, labels: [0, 2, 1] })).toThrow(
      '0 or 1',
    );
  });

  it('in mode macro is the mean over classes predicted or expected, over all updates together', () => {
    const metric = metricOf('F1', { mode: 'macro' });
    metric.update({ y: floats([2, 3], 1, 0, 0, 0, 1, 0) }, [0, 0]);
    metric.update({ y: floats([1, 3], 0, 1, 0) }, [1]);
    // Class 0: 1 hit, 1 predicted, 2 expected; class 1: 1 hit, 2 predicted, 1 expected; class 2 never.
    expect(metric.avgValue['F1']).toBeCloseTo(2 / 3, 12);
    expect(metric.value['F1']?.[1]).toBe(1);
  });
});

describe('MSE, MAE, RMSE', () => {
  const outputs = floats([2, 2], 1, 2, 3, 4);
  const labels = [
    [1, 0],
    [0, 4],
  ];

  it('compare with labels, element by element', () => {
    expect(figure('MSE', { outputs, labels })).toBe((4 + 9) / 4);
    expect(figure('MAE', { outputs, labels })).toBe((2 + 3) / 4);
    expect(figure('RMSE', { outputs, labels })).toBe(Math.sqrt(13 / 4));
    expect(metricOf('MSE').attributes['MSE']?.direction).toBe('lower-better');
  });

  it('compare with the float model on request, and then need no labels', () => {
    const parameters = { compare_label: false };
    expect(metricOf('MSE', parameters).needsReference).toBe(true);
    expect(metricOf('MSE').needsReference).toBeUndefined();
    const none = [undefined, undefined];
    expect(figure('MAE', { parameters, outputs, labels: none, reference: floats([2, 2], 1, 1, 1, 1) })).toBe(1.5);
    expect(() => figure('MAE', { parameters, outputs, labels: none })).toThrow('which was not given');
  });

  it('refuse labels of another size', () => {
    expect(() => figure('MSE', { outputs, labels: [1, 2] })).toThrow('an output has 2 elements and its label 1');
  });
});

describe('Loss', () => {
  it('is the sum of the output over the number of samples, without labels', () => {
    expect(figure('Loss', { outputs: floats([2, 2], 1, 2, 3, 4), labels: [undefined, undefined] })).toBe(5);
  });
});

describe('agreement', () => {
  const none = [undefined, undefined];

  it('is the share of equal arg-max over the last axis, without labels', () => {
    const outputs = floats([2, 2, 2], 0, 1, 1, 0, 0, 1, 0, 1);
    const reference = floats([2, 2, 2], 0, 9, 1, 2, 3, 4, 0, 5);
    expect(figure('agreement', { outputs, labels: none, reference })).toBe(0.75);
  });

  it('leaves out what the float model is less sure of than it is asked for', () => {
    const outputs = floats([2, 2], 0, 1, 1, 0);
    // Softmax 0.55 and 0.998; as probabilities already, the second line is 0.55 and 0.9.
    const unsure = floats([2, 2], 0.2, 0, 0, 6);
    expect(figure('agreement', { parameters: { confidence: 0.6 }, outputs, labels: none, reference: unsure })).toBe(0);
    const probabilities = floats([2, 2], 0.45, 0.55, 0.9, 0.1);
    expect(
      figure('agreement', { parameters: { confidence: 0.6 }, outputs, labels: none, reference: probabilities }),
    ).toBe(1);
    expect(
      figure('agreement', { parameters: { confidence: 0 }, outputs, labels: none, reference: probabilities }),
    ).toBe(1);
  });

  it('compares integer outputs as they are, and calls NaN no agreement', () => {
    expect(figure('agreement', { outputs: int64s([2], 3, 4), labels: none, reference: int64s([2], 3, 5) })).toBe(0.5);
    const nan = floats([2, 2], NaN, NaN, 1, 0);
    expect(figure('agreement', { outputs: nan, labels: none, reference: nan })).toBe(0.5);
  });

  it('refuses a single score, which would always agree, and a missing float model', () => {
    const single = floats([2, 1], 0.4, 0.6);
    expect(() => figure('agreement', { outputs: single, labels: none, reference: single })).toThrow(
      'there is no arg-max',
    );
    expect(() => figure('agreement', { outputs: scores, labels: [0, 0, 0] })).toThrow('was not given');
  });
});
