// Samplers over loaders of both item forms, and what is said of loaders that are none.
import { describe, expect, it } from 'vitest';
import type { DataLoader, LoaderItem, Sample } from '../../../src/pipeline/library/contracts';
import { BatchSampler, createSampler, IndexSampler } from '../../../src/pipeline/library/samplers';
import type { Tensor } from '../../../src/onnx/tensor';
import { failureOf } from '../../support/failureOf';

const tensor: Tensor = { type: 'float32', dims: [2], data: Float32Array.of(1, 2) };

const loaderOf = (length: number, item: (index: number) => unknown): DataLoader => ({
  length,
  get: (index) => item(index) as LoaderItem,
});

const pairs = (length: number): DataLoader => loaderOf(length, (index) => [tensor, index * 10]);

async function batchesOf(sampler: BatchSampler): Promise<(readonly Sample[])[]> {
  const batches: (readonly Sample[])[] = [];
  for await (const batch of sampler) batches.push(batch);
  return batches;
}

const indexesOf = async (sampler: BatchSampler): Promise<number[]> =>
  (await batchesOf(sampler)).flatMap((batch) => batch.map(({ index }) => index));

describe('BatchSampler', () => {
  it('gives batches in order, the last one short, and counts samples', async () => {
    const sampler = new BatchSampler(pairs(5), { batchSize: 2 });
    expect(sampler.length).toBe(5);
    expect((await batchesOf(sampler)).map((batch) => batch.length)).toEqual([2, 2, 1]);
    expect(await indexesOf(new BatchSampler(pairs(5), { subsetIndices: [4, 1] }))).toEqual([4, 1]);
  });

  it('reads both forms of items', async () => {
    const named = loaderOf(1, () => [['a.png', null], { x: tensor }, { width: 3 }]);
    const [[sample]] = (await batchesOf(new BatchSampler(named))) as [[Sample]];
    expect(sample).toEqual({
      index: 0,
      id: 'a.png',
      data: { x: tensor },
      annotation: undefined,
      metadata: { width: 3 },
    });
    const [[pair]] = (await batchesOf(new BatchSampler(pairs(1)))) as [[Sample]];
    expect(pair).toMatchObject({ id: '0', annotation: 0 });
  });

  it.each([
    [
      'fails',
      loaderOf(1, () => {
        throw new Error('no such file');
      }),
      'pipeline-loader-failed',
      'sample 0: no such file',
    ],
    [
      'gives no item',
      loaderOf(1, () => undefined),
      'pipeline-item-form',
      'gave undefined for sample 0; [data, annotation]',
    ],
    [
      'gives bare numbers',
      loaderOf(1, () => [[1, 2], 3]),
      'pipeline-item-form',
      'an array of 2 (an array of 2, a number)',
    ],
    ['is empty', pairs(0), 'pipeline-empty-loader', 'its length is 0'],
    ['has no length', loaderOf(NaN, () => [tensor, 0]), 'pipeline-loader-length', 'is NaN'],
    [
      'mixes forms',
      loaderOf(2, (index) => (index === 0 ? [tensor, 0] : [['b', 0], tensor])),
      'pipeline-mixed-items',
      'samples 0 and 1',
    ],
  ])('says that a loader %s', async (_what, loader, code, sentence) => {
    const failure = await failureOf(
      Promise.resolve().then(() => batchesOf(new BatchSampler(loader, { batchSize: 2 }))),
    );
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(sentence);
  });
});

describe('createSampler', () => {
  it('takes the first samples, the named ones, or all', async () => {
    expect(await indexesOf(createSampler(pairs(5), 3))).toEqual([0, 1, 2]);
    expect(await indexesOf(createSampler(pairs(5), [3, 3]))).toEqual([3, 3]);
    expect(await indexesOf(createSampler(pairs(3), null))).toEqual([0, 1, 2]);
  });

  it('draws without repetition, the same with the same seed', async () => {
    const drawn = await indexesOf(createSampler(pairs(100), 50, { shuffleData: true, seed: 1 }));
    expect(new Set(drawn).size).toBe(50);
    expect(await indexesOf(createSampler(pairs(100), 50, { shuffleData: true, seed: 1 }))).toEqual(drawn);
    expect(await indexesOf(createSampler(pairs(100), 50, { shuffleData: true, seed: 2 }))).not.toEqual(drawn);
  });
});

describe('IndexSampler', () => {
  it('gives indexes alone', async () => {
    const given: number[] = [];
    for await (const index of new IndexSampler([2, 0])) given.push(index);
    expect(given).toEqual([2, 0]);
  });
});
