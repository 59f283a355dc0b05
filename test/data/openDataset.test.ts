// From a DATASET.yaml to items: loader, transforms, order.
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OpenedDataset } from '../../src/data/openDataset';
import { openDataset } from '../../src/data/openDataset';
import { temporaryFolder } from '../support/temporaryFolder';

const folder = temporaryFolder();
const fixtures = resolve(import.meta.dirname, '../fixtures');
let files = 0;

async function open(text: string): Promise<OpenedDataset> {
  return openDataset(folder.write(`d${files++}/DATASET.yaml`, text));
}

/** Two CIFAR pictures, all red 100 and green 0, blue 50; labels 7 and 1. */
function cifar(): string {
  const picture = (label: number): Buffer =>
    Buffer.concat([Buffer.from([label]), ...[100, 0, 50].map((value) => Buffer.alloc(1024, value))]);
  folder.write('cifar/test_batch.bin', Buffer.concat([picture(7), picture(1)]));
  return join(folder.path, 'cifar');
}

describe('openDataset', () => {
  it('applies the transforms in order and gives pictures as the input "image"', async () => {
    const dataset = await open(
      `dataset: {CIFAR10: {root: ${cifar()}}}\ntransform:\n  Rescale: {}\n  Transpose: {perm: [2, 0, 1]}\n  LabelShift: 1\nbatch_size: 2\nmetric: {topk: 1}\n`,
    );
    expect([dataset.batchSize, dataset.lastBatch, dataset.metric]).toMatchObject([
      2,
      'rollover',
      { name: 'topk', parameters: { k: 1 } },
    ]);
    const { inputs, annotation } = await dataset.loader.get(1);
    expect(annotation).toBe(0);
    expect(inputs['image']).toMatchObject({ type: 'float32', dims: [3, 32, 32] });
    expect(inputs['image']?.data[0]).toBeCloseTo(100 / 255, 6);
    expect(inputs['image']?.data[2048]).toBeCloseTo(50 / 255, 6);
    await dataset.close();
  });

  it('keeps uint8 where no transform changes the type', async () => {
    const dataset = await open(`dataset: {CIFAR10: {root: ${cifar()}}}`);
    expect((await dataset.loader.get(0)).inputs['image']).toMatchObject({ type: 'uint8', dims: [32, 32, 3] });
    await dataset.close();
  });

  it('applies transforms to the only input of other loaders, and refuses several', async () => {
    const single = await open(`dataset: {npy: ${join(fixtures, 'numpy/u1.npy')}}\ntransform: {Cast: float32}\n`);
    expect((await single.loader.get(1)).inputs['input']).toMatchObject({
      type: 'float32',
      data: Float32Array.of(3, 4, 5),
    });
    await single.close();
    const several = await open(`dataset: {npz: ${join(fixtures, 'numpy/stored.npz')}}\ntransform: {Cast: float32}\n`);
    await expect(Promise.resolve(several.loader.get(0))).rejects.toMatchObject({
      code: 'data-transform-inputs',
      place: expect.stringMatching(/DATASET\.yaml:2$/) as string,
    });
    await several.close();
  });

  it('shuffles into the same order in every run, losing nothing', async () => {
    const idsOf = async (): Promise<string[]> => {
      const dataset = await open('dataset: {dummy: {shape: [50, 1]}}\nshuffle: true\n');
      const items = await Promise.all(Array.from({ length: 50 }, async (_, index) => dataset.loader.get(index)));
      await dataset.close();
      return items.map(({ id }) => id);
    };
    const ids = await idsOf();
    expect(await idsOf()).toEqual(ids);
    expect(ids).not.toEqual([...ids].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1))));
    expect(new Set(ids).size).toBe(50);
  });

  it('refuses to shuffle what has no length', async () => {
    await expect(open('dataset: {dummy_v2: {input_shape: [3]}}\nshuffle: true\n')).rejects.toMatchObject({
      code: 'data-parameters',
    });
  });

  it('runs a custom module named relative to the file', async () => {
    folder.write(
      'mine/loader.mjs',
      'export default ({ n }) => ({ length: n, get: (i) => ({ inputs: { a: { dims: [1], data: Int32Array.of(i) } }, annotation: i }) });',
    );
    const dataset = await openDataset(folder.write('mine/DATASET.yaml', 'dataset: {custom: {path: loader.mjs, n: 4}}'));
    expect(dataset.loader.length).toBe(4);
    expect(await dataset.loader.get(3)).toMatchObject({ inputs: { a: { type: 'int32' } }, annotation: 3 });
    await dataset.close();
  });
});
