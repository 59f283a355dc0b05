// Estimated ranges on the engine: figures of single batches, with extremes from the graph and quantiles from values.
import { describe, expect, it } from 'vitest';
import type { Batch } from '../../../src/data/contracts';
import type { ModelProto } from '../../../src/onnx/messages';
import { encodeModel } from '../../../src/onnx/writeModel';
import { estimateRanges } from '../../../src/quantization/estimators/estimateRanges';
import { defaultEstimator } from '../../../src/quantization/estimators/rangeEstimator';
import type { RangeEstimator } from '../../../src/quantization/estimators/rangeEstimator';
import { openSessionFromBytes } from '../../../src/runtime/onnxRuntimeNode';
import { failureOf } from '../../support/failureOf';
import { node, smallModel } from '../rewritingModels';

const model = smallModel({
  nodes: [node('Relu', ['x'], 'r'), node('Add', ['x', 'x'], 'double')],
  inputs: { x: ['batch', 4] },
  outputs: ['r', 'double'],
});

const batchOf = (...data: number[]): Batch => ({
  ids: ['one'],
  inputs: { x: { type: 'float32', dims: [1, 4], data: Float32Array.from(data) } },
  annotations: [undefined],
});

async function rangesOf(estimator: RangeEstimator, batches: readonly Batch[]): Promise<Record<string, unknown>> {
  const { ranges, notes, samples } = await estimateRanges(
    {
      model,
      tensors: ['x', 'r', 'double'],
      estimator,
      expectedSamples: batches.length,
      // eslint-disable-next-line @typescript-eslint/require-await -- the data is there
      batches: async function* () {
        yield* batches;
      },
      open: (proto: ModelProto) => openSessionFromBytes(encodeModel(proto)),
    },
    { signal: new AbortController().signal, onProgress: () => undefined },
  );
  return { ...Object.fromEntries(ranges), notes, samples };
}

const two = [batchOf(-1, 0, 1, 2), batchOf(-3, 0, 1, 4)];

describe('estimateRanges', () => {
  it('takes means of the extremes of batches', async () => {
    const { r, double, samples } = await rangesOf(defaultEstimator('asymmetric'), two);
    expect(samples).toBe(2);
    expect(r).toEqual({ min: 0, max: 3 });
    // −4..6 holds 0 on level 102 exactly.
    expect(double).toEqual({ min: -4, max: 6 });
  });

  it('makes symmetric ranges of mean magnitudes', async () => {
    const { x, r } = await rangesOf(defaultEstimator('symmetric'), two);
    expect(x).toEqual({ min: (-3 * 256) / 254, max: 3 });
    expect(r).toEqual({ min: 0, max: 3 });
  });

  it('takes quantiles of the values themselves, the same where nothing is cut off', async () => {
    const none = (estimator: RangeEstimator): RangeEstimator => ({
      ...estimator,
      min: { ...estimator.min, outlierProb: 0 },
      max: { ...estimator.max, outlierProb: 0 },
    });
    const quantiles = await rangesOf(none(defaultEstimator('asymmetric', 'quantile')), two);
    expect(quantiles).toEqual(await rangesOf(defaultEstimator('asymmetric'), two));
    const half = { ...defaultEstimator('asymmetric', 'quantile').max, outlierProb: 1 / 3 };
    const cut = await rangesOf({ ...defaultEstimator('asymmetric'), max: half }, two);
    // The second largest of four, in both batches.
    expect(cut['r']).toEqual({ min: 0, max: 1 });
  });

  it('leaves out what is not finite and says so; refuses data without a sample', async () => {
    const { x, notes } = await rangesOf(defaultEstimator('asymmetric'), [batchOf(NaN, 0, 1, 2), batchOf(0, 0, 0, 4)]);
    expect(x).toEqual({ min: 0, max: 3 });
    expect(notes).toContainEqual(expect.stringContaining('"x" held NaN'));
    expect((await failureOf(rangesOf(defaultEstimator('asymmetric'), []))).code).toBe('quantize-no-samples');
  });
});
