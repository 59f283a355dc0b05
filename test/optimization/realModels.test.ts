// Real models converted to half precision: they load, run, and give nearly the same numbers.
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { readModel } from '../../src/onnx/readModel';
import type { Tensor } from '../../src/onnx/tensor';
import { elementCount } from '../../src/onnx/tensor';
import { floatInput, intTensor, spread } from '../quantization/rewritingModels';
import { describeShared } from '../support/shared';
import { convertModelAndRun } from './halfModels';
import type { Feeds } from './halfModels';

vi.setConfig({ testTimeout: 60_000 });

function picture(dims: readonly number[]): Tensor {
  const data = spread(elementCount(dims), 3).map((value) => (value + 1) * 127.5);
  return { type: 'float32', dims, data };
}

function integers(dims: readonly number[], values: readonly number[]): Tensor {
  expect(intTensor('', values).dims).toEqual([elementCount(dims)]);
  return { type: 'int64', dims, data: BigInt64Array.from(values, BigInt) };
}

const speech: Feeds = {
  input: { type: 'float32', dims: [1, 576], data: spread(576, 2).map((value) => value * 0.1) },
  state: { type: 'float32', dims: [2, 1, 128], data: new Float32Array(256) },
};

/** Inputs of each model, the operators that stay float32, and the signal to noise ratio it must reach at least. */
const cases: readonly [string, Feeds, string[], number][] = [
  ['cifar10_resnet14.op13', { input: floatInput([2, 3, 32, 32]) }, [], 50],
  ['cifar10_cct.op17', { input: floatInput([1, 3, 32, 32]) }, [], 45],
  ['mobilenet_v2_1.0_224_imagenet', { input: floatInput([1, 3, 224, 224]) }, [], 35],
  [
    'sst2_transformer.op13',
    { input_ids: integers([1, 4], [101, 7, 9, 102]), attention_mask: integers([1, 4], [1, 1, 1, 0]) },
    [],
    50,
  ],
  ['yolox_nano_416', { images: picture([1, 3, 416, 416]) }, [], 40],
  ['ultraface_rfb_320', { input: floatInput([1, 3, 240, 320]) }, [], 50],
  ['silero_vad', { ...speech, sr: { type: 'int64', dims: [], data: BigInt64Array.of(16000n) } }, [], 45],
];

describeShared('real models in half precision', (folder) => {
  it.each(cases)('%s', async (name, feeds, kept, decibels) => {
    const model = readModel(join(folder, 'data/models', `${name}.onnx`));
    try {
      for (const keepIoTypes of [true, false]) {
        const converted = await convertModelAndRun(model, feeds, { keepIoTypes });
        expect(converted.decibels).toBeGreaterThan(decibels);
        expect(new Set(converted.keptFloat.map(({ opType }) => opType))).toEqual(new Set(kept));
        // Casts stand at the ends only.
        expect(converted.casts).toBeLessThanOrEqual(
          keepIoTypes ? model.graph.input.length + model.graph.output.length : 0,
        );
      }
    } finally {
      model.close();
    }
  });

  it('a model with blocked operators in the middle still runs', async () => {
    const model = readModel(join(folder, 'data/models/cifar10_cct.op13.onnx'));
    try {
      const blocked = ['Softmax', 'ReduceMean'];
      const converted = await convertModelAndRun(model, { input: floatInput([1, 3, 32, 32]) }, { blocked });
      expect(converted.keptFloat).toHaveLength(18);
      expect(converted.casts).toBe(36);
      expect(converted.decibels).toBeGreaterThan(45);
    } finally {
      model.close();
    }
  });

  it('a model that was converted by another tool is left alone', async () => {
    const model = readModel(join(folder, 'data/models/cifar10_resnet14.fp16.onnx'));
    try {
      const converted = await convertModelAndRun(model, { input: floatInput([1, 3, 32, 32]) });
      expect(converted.proto).toBe(model.proto);
      expect(converted.notes).toEqual(['It already computes in float16, so it is left as it is.']);
    } finally {
      model.close();
    }
  });
});
