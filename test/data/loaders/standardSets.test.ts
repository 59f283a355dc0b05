// CIFAR and MNIST in their several forms.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openCifar10, openCifar100 } from '../../../src/data/loaders/cifar';
import { openFashionMnist, openMnist } from '../../../src/data/loaders/mnist';
import type { PictureSource } from '../../../src/data/loaders/sources';
import { describeShared } from '../../support/shared';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();
const fixture = (name: string): Buffer => readFileSync(resolve(import.meta.dirname, '../../fixtures', name));

/** Binary records: label bytes, then planes of 1024 bytes that hold `10 · record + channel`. */
function records(...labels: number[][]): Buffer {
  return Buffer.concat(
    labels.map((label, record) =>
      Buffer.concat([Buffer.from(label), ...[0, 1, 2].map((channel) => Buffer.alloc(1024, 10 * record + channel))]),
    ),
  );
}

async function labelsOf(source: PictureSource): Promise<unknown[]> {
  const items = await Promise.all(Array.from({ length: source.length }, async (_, index) => source.get(index)));
  source.close?.();
  return items.map(({ label }) => label);
}

describe('CIFAR', () => {
  it('reads the binary version, as many batch files as are there, in numeric order, as pixels', async () => {
    folder.write('c10/data_batch_2.bin', records([4]));
    folder.write('c10/data_batch_10.bin', records([5]));
    folder.write('c10/data_batch_1.bin', records([1], [2]));
    folder.write('c10/test_batch.bin', records([9]));
    const root = join(folder.path, 'c10');
    expect(await labelsOf(await openCifar10({ root, train: true }))).toEqual([1, 2, 4, 5]);
    const test = await openCifar10({ root, train: false });
    const { id, image } = await test.get(0);
    test.close?.();
    expect(id).toBe('test_batch.bin#0');
    expect(image).toMatchObject({ type: 'uint8', dims: [32, 32, 3] });
    expect([...(image.data.slice(0, 6) as Uint8Array)]).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it('reads the Python version, also inside the folder it is published in', async () => {
    folder.write('py/cifar-10-batches-py/test_batch', fixture('cifar/python2'));
    const source = await openCifar10({ root: join(folder.path, 'py'), train: false });
    const { image } = await source.get(1);
    // Planes of (i mod 251): pixel 0 of picture 1 is element 3072 + 1024 · channel.
    expect([...(image.data.slice(0, 3) as Uint8Array)]).toEqual([3072 % 251, 4096 % 251, 5120 % 251]);
    expect(await labelsOf(source)).toEqual([7, 1]);
  });

  it('uses the fine labels of CIFAR-100 in both versions', async () => {
    folder.write('c100/cifar-100-binary/test.bin', records([1, 42], [2, 43]));
    folder.write('c100py/train', fixture('cifar/fine'));
    expect(await labelsOf(await openCifar100({ root: join(folder.path, 'c100'), train: false }))).toEqual([42, 43]);
    expect(await labelsOf(await openCifar100({ root: join(folder.path, 'c100py'), train: true }))).toEqual([99, 3]);
  });

  it('names a truncated file, a missing part, and a pickle of something else', async () => {
    folder.write('cut/test_batch.bin', records([1]).subarray(0, 3000));
    folder.write('evil/test_batch', fixture('cifar/evil'));
    const open = (name: string): Promise<PictureSource> => openCifar10({ root: join(folder.path, name), train: false });
    await expect(open('cut')).rejects.toMatchObject({
      code: 'data-file-malformed',
      place: join(folder.path, 'cut/test_batch.bin'),
    });
    await expect(open('c100')).rejects.toMatchObject({
      code: 'data-empty',
      message: expect.stringContaining('test_batch') as string,
    });
    await expect(open('none')).rejects.toMatchObject({ code: 'file-missing-folder' });
    await expect(open('evil')).rejects.toMatchObject({ code: 'data-file-malformed' });
  });
});

function idx(dims: readonly number[], bytes: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * dims.length);
  header.writeUInt32BE(0x0800 + dims.length);
  dims.forEach((dim, axis) => header.writeUInt32BE(dim, 4 + 4 * axis));
  return Buffer.concat([header, Buffer.from(bytes)]);
}

const images = idx([2, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
const labels = idx([2], [8, 3]);

describe('MNIST and FashionMNIST', () => {
  it.each([
    ['plain', { 't10k-images-idx3-ubyte': images, 't10k-labels-idx1-ubyte': labels }],
    ['gzipped', { 't10k-images-idx3-ubyte.gz': gzipSync(images), 't10k-labels-idx1-ubyte.gz': gzipSync(labels) }],
    ['dotted', { 't10k-images.idx3-ubyte': images, 't10k-labels.idx1-ubyte': labels }],
    ['nested', { 'MNIST/raw/t10k-images-idx3-ubyte': images, 'MNIST/raw/t10k-labels-idx1-ubyte': labels }],
  ])('reads idx files, %s', async (name, files) => {
    for (const [file, bytes] of Object.entries(files)) folder.write(`${name}/${file}`, bytes);
    const source = openMnist({ root: join(folder.path, name), train: false });
    expect(await source.get(1)).toMatchObject({
      image: { type: 'uint8', dims: [2, 3, 1], data: Uint8Array.of(7, 8, 9, 10, 11, 12) },
      label: 3,
    });
    expect(await labelsOf(source)).toEqual([8, 3]);
  });

  it('reads the npz of Keras', async () => {
    folder.write('npz/fashion_mnist.npz', fixture('numpy/mnist.npz'));
    const source = openFashionMnist({ root: join(folder.path, 'npz'), train: true });
    expect((await source.get(1)).image).toEqual({
      type: 'uint8',
      dims: [2, 3, 1],
      data: Uint8Array.of(6, 7, 8, 9, 10, 11),
    });
    expect(await labelsOf(source)).toEqual([5, 6]);
    expect(() => openFashionMnist({ root: join(folder.path, 'npz'), train: false })).toThrow('has no array "x_test"');
  });

  it.each([
    ['images that end too early', images.subarray(0, 20), labels, 'says it holds 2×2×3 bytes but has 4'],
    ['too few labels', images, idx([1], [8]), 'it has 1 labels for the 2 pictures'],
    ['another format', Buffer.from('hello, this is no idx file'), labels, 'it is no idx file'],
    ['a header that is cut off', images.subarray(0, 9), labels, 'it ends within its header'],
    ['no pictures', idx([0, 28, 28], []), labels, 'it holds no element'],
  ])('refuses %s', (name, imageBytes, labelBytes, sentence) => {
    folder.write(`${name}/train-images-idx3-ubyte`, imageBytes);
    folder.write(`${name}/train-labels-idx1-ubyte`, labelBytes);
    expect(() => openMnist({ root: join(folder.path, name), train: true })).toThrow(sentence);
  });

  it('refuses a gzip file that unpacks without end, and a damaged one', () => {
    folder.write('bomb/train-labels-idx1-ubyte', labels);
    folder.write('bomb/train-images-idx3-ubyte.gz', gzipSync(Buffer.alloc(257 * 2 ** 20)));
    folder.write('torn/train-labels-idx1-ubyte', labels);
    folder.write('torn/train-images-idx3-ubyte.gz', gzipSync(images).subarray(0, 20));
    expect(() => openMnist({ root: join(folder.path, 'bomb'), train: true })).toThrow(
      'far more than such a file holds',
    );
    expect(() => openMnist({ root: join(folder.path, 'torn'), train: true })).toThrow('its compressed data is damaged');
  });

  it('names the files it looked for', () => {
    expect(() => openMnist({ root: folder.path, train: true })).toThrow('train-images-idx3-ubyte[.gz]');
  });
});

describeShared('the published files', (shared) => {
  it('of MNIST hold digits of every class', async () => {
    const source = openMnist({ root: join(shared, 'data/mnist'), train: false });
    expect(source.length).toBe(1000);
    expect((await source.get(0)).image.dims).toEqual([28, 28, 1]);
    expect(new Set(await labelsOf(source)).size).toBe(10);
  });

  it('of CIFAR-10 hold pictures of every class', async () => {
    const source = await openCifar10({ root: join(shared, 'data/cifar10'), train: true });
    expect(source.length).toBe(300);
    expect(new Set(await labelsOf(source)).size).toBe(10);
  });
});
