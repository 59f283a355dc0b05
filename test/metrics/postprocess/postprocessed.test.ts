// Steps between a model and its metric: decoding of boxes, suppression, Collect.
import { describe, expect, it } from 'vitest';
import { checkDatasetText } from '../../../src/config/datasetFile';
import type { Annotation } from '../../../src/data/contracts';
import { outputStepEntries } from '../../../src/dictionary/postprocessing';
import type { Metric, ModelOutputs } from '../../../src/metrics/contracts';
import { outputStepNames, postprocessed } from '../../../src/metrics/postprocess/postprocessed';
import { suppressed } from '../../../src/metrics/postprocess/suppression';
import type { Tensor } from '../../../src/onnx/tensor';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();
const tensor = (dims: number[], data: number[]): Tensor => ({ type: 'float32', dims, data: Float32Array.from(data) });

/** Keeps what it is given. */
function recorder(): { metric: Metric; updates: { outputs: ModelOutputs; annotations: readonly Annotation[] }[] } {
  const updates: { outputs: ModelOutputs; annotations: readonly Annotation[] }[] = [];
  const metric: Metric = {
    attributes: { it: { direction: 'higher-better', type: 'accuracy' } },
    update: (outputs, annotations) => void updates.push({ outputs, annotations }),
    value: { it: [] },
    avgValue: { it: 1 },
    reset: () => undefined,
  };
  return { metric, updates };
}

/** The step as a file names it, so that defaults come from the dictionary. */
function decoded(step: string, outputs: ModelOutputs, batch = 1): ModelOutputs {
  const text = `dataset: {dummy: [1]}\npostprocess: {transform: ${step}}`;
  const { config, problems } = checkDatasetText(text, `${folder.path}/DATASET.yaml`);
  expect(problems).toEqual([]);
  const { metric, updates } = recorder();
  postprocessed(metric, config?.postprocess ?? []).update(
    outputs,
    Array.from({ length: batch }, () => 0),
  );
  return updates[0]?.outputs ?? {};
}

const numbers = (outputs: ModelOutputs, name: string): number[] =>
  Array.from((outputs[name]?.data ?? []) as Float32Array, (value: number) => Math.round(value * 1e4) / 1e4);

describe('postprocessing', () => {
  it('has code for exactly the steps of the dictionary', () => {
    expect([...outputStepNames].sort()).toEqual(outputStepEntries.map(({ name }) => name).sort());
  });
});

describe('DecodeYolo', () => {
  it('decodes the grid of yolox: centre (p + cell) · stride, size exp(p) · stride, score objectness · class', () => {
    const rows = Array.from({ length: 5 }, () => [0, 0, 0, 0, 0, 0, 0]);
    // The last cell of the grid of 2 × 2 with stride 16, and the one cell of stride 32.
    rows[3] = [0.5, 0.5, 0, Math.log(2), 0.5, 0.2, 0.8];
    const result = decoded('{DecodeYolo: {head: yolox, input_size: 32, strides: [16, 32], score_threshold: 0.15}}', {
      output: tensor([1, 5, 7], rows.flat()),
    });
    expect(numbers(result, 'boxes')).toEqual([24 / 32 - 0.5, 24 / 32 - 0.25, 24 / 32 + 0.5, 24 / 32 + 0.25]);
    expect(numbers(result, 'scores')).toEqual([0.4]);
    expect(numbers(result, 'classes')).toEqual([1]);
  });

  it('reads boxes in pixels of yolov5, and those of yolov8 along the last axis without objectness', () => {
    const v5 = decoded('{DecodeYolo: {head: yolov5, input_size: [10, 20]}}', {
      output: tensor([1, 2, 6], [10, 5, 4, 2, 1, 0.9, 1, 1, 1, 1, 0, 1]),
    });
    expect(numbers(v5, 'boxes')).toEqual([0.4, 0.4, 0.6, 0.6]);
    const v8 = decoded('{DecodeYolo: {head: yolov8, input_size: [10, 20]}}', {
      output: tensor([1, 5, 2], [10, 1, 5, 1, 4, 1, 2, 1, 0.9, 0]),
    });
    expect(numbers(v8, 'boxes')).toEqual([0.4, 0.4, 0.6, 0.6]);
    expect(numbers(v8, 'scores')).toEqual([0.9]);
  });

  it('fills up samples with fewer boxes with the class −1', () => {
    const result = decoded(
      '{DecodeYolo: {head: yolov5, input_size: 10}}',
      { output: tensor([2, 1, 6], [5, 5, 2, 2, 1, 1, 5, 5, 2, 2, 0, 0]) },
      2,
    );
    expect(numbers(result, 'classes')).toEqual([0, -1]);
    expect(numbers(result, 'num_detections')).toEqual([1, 0]);
  });

  it('says what the output should look like', () => {
    const run = (): unknown =>
      decoded('{DecodeYolo: {head: yolox, input_size: 416}}', { output: tensor([1, 5, 7], Array<number>(35).fill(0)) });
    expect(run).toThrow('its rows are [5, 7], and yolox with this input_size has 3549 boxes');
    expect(run).toThrow(expect.objectContaining({ place: 'postprocess.transform.DecodeYolo' }));
  });
});

describe('DecodeSsd', () => {
  const scores = tensor([1, 2, 3], [0.1, 0.2, 0.7, 0.9, 0.05, 0.05]);

  it('leaves out the background, and reads corners', () => {
    const result = decoded('{DecodeSsd: {boxes: b, scores: s, score_threshold: 0.3}}', {
      s: scores,
      b: tensor([1, 2, 4], [0.1, 0.2, 0.3, 0.4, 0, 0, 1, 1]),
    });
    expect(numbers(result, 'boxes')).toEqual([0.2, 0.1, 0.4, 0.3]);
    expect(numbers(result, 'classes')).toEqual([2]);
  });

  it('adds offsets to priors', () => {
    const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4), }";
    const prefix = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
    const values = new Float32Array([0.5, 0.5, 0.2, 0.4, 0.5, 0.5, 1, 1]);
    folder.write('priors.npy', Buffer.concat([prefix, Buffer.from(header), Buffer.from(values.buffer)]));
    const result = decoded(
      '{DecodeSsd: {boxes: b, scores: s, encoding: offsets, priors: priors.npy, score_threshold: 0.3}}',
      { s: scores, b: tensor([1, 2, 4], [1, -1, 0, 0, 0, 0, 0, 0]) },
    );
    // Centre 0.5 + 0.1 · 0.2 and 0.5 − 0.1 · 0.4.
    expect(numbers(result, 'boxes')).toEqual([0.26, 0.42, 0.66, 0.62]);
  });

  it('makes probabilities by softmax, and asks for priors with offsets', () => {
    const outputs = { s: tensor([1, 1, 2], [0, Math.log(3)]), b: tensor([1, 1, 4], [0, 0, 1, 1]) };
    const result = decoded('{DecodeSsd: {boxes: b, scores: s, activation: softmax}}', outputs);
    expect(numbers(result, 'scores')).toEqual([0.75]);
    expect(() => decoded('{DecodeSsd: {boxes: b, scores: s, encoding: offsets}}', outputs)).toThrow('needs them');
  });
});

describe('suppressed', () => {
  const box = (left: number, score: number, classNumber = 0): Parameters<typeof suppressed>[0][number] => ({
    ...{ left, top: 0, width: 10, height: 10, score, classNumber },
  });
  const options = { score_threshold: 0, iou_threshold: 0.5, max_detections: 10, class_agnostic: false };

  it('keeps the best of boxes that overlap more than the threshold, class by class', () => {
    const all = [box(0, 0.5), box(1, 0.9), box(2, 0.7, 1), box(50, 0.1)];
    expect(suppressed(all, options).map(({ score }) => score)).toEqual([0.9, 0.7, 0.1]);
    expect(suppressed(all, { ...options, class_agnostic: true }).map(({ score }) => score)).toEqual([0.9, 0.1]);
    expect(suppressed(all, { ...options, max_detections: 1 })).toHaveLength(1);
  });
});

describe('Collect', () => {
  it('hands on so many samples at once, and the rest when a figure is asked for', () => {
    const { metric, updates } = recorder();
    const collecting = postprocessed(metric, [{ name: 'Collect', parameters: { length: 3 } }]);
    for (const label of [1, 2, 3, 4]) collecting.update({ y: tensor([1, 2], [label, 0]) }, [label]);
    expect(updates).toHaveLength(1);
    expect(updates[0]?.annotations).toEqual([1, 2, 3]);
    expect(updates[0]?.outputs['y']).toEqual(tensor([3, 2], [1, 0, 2, 0, 3, 0]));
    expect(collecting.avgValue).toEqual({ it: 1 });
    expect(updates[1]?.annotations).toEqual([4]);
  });
});
