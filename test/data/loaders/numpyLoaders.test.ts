// The loaders npz and npy on files written by NumPy (test/fixtures/numpy/make.py).
import { copyFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openNpyItems, openNpzItems } from '../../../src/data/loaders/numpyLoaders';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();

const fixture = (name: string): string => resolve(import.meta.dirname, '../../fixtures/numpy', name);

describe('npz', () => {
  it('feeds all arrays but the labels, row by row', async () => {
    const { loader } = openNpzItems({ path: fixture('deflated.npz'), labels: 'y', inputs: undefined });
    expect(loader.length).toBe(3);
    expect(await loader.get(1)).toEqual({
      id: '#1',
      inputs: {
        x: { type: 'float32', dims: [2, 2], data: Float32Array.of(1, 1.25, 1.5, 1.75) },
        mask: { type: 'int64', dims: [2], data: BigInt64Array.of(1n, 1n) },
      },
      annotation: 0,
    });
    await loader.close?.();
  });

  it('gives labels of several numbers as a tensor, and feeds only the arrays named', async () => {
    const { loader } = openNpzItems({ path: fixture('stored.npz'), labels: 'mask', inputs: ['x'] });
    const item = await loader.get(2);
    expect(Object.keys(item.inputs)).toEqual(['x']);
    expect(item.annotation).toEqual({ type: 'int64', dims: [2], data: BigInt64Array.of(0n, 0n) });
    await loader.close?.();
  });

  it('reads a folder with one sample in each file, in the order of the names', async () => {
    const path = folder.fresh();
    for (const name of ['b.npz', 'a.npz']) copyFileSync(fixture('uneven.npz'), join(path, name));
    writeFileSync(join(path, 'notes.txt'), 'no sample');
    const { loader } = openNpzItems({ path, labels: undefined, inputs: ['x'] });
    expect(loader.length).toBe(2);
    const { id, inputs, annotation } = await loader.get(0);
    expect([id, inputs['x']?.dims[0], annotation]).toEqual(['a.npz', 3, undefined]);
    const open = (): unknown => openNpzItems({ path: folder.fresh(), labels: undefined, inputs: undefined });
    expect(open).toThrow('no file in it ends in .npz');
  });

  it('says which arrays differ in their number of samples, and how to choose', () => {
    const open = (): unknown => openNpzItems({ path: fixture('uneven.npz'), labels: undefined, inputs: undefined });
    expect(open).toThrow('different numbers of samples: x 3, names 7');
    expect(open).toThrow(
      expect.objectContaining({ nextStep: expect.stringContaining('inputs: [') as string }) as Error,
    );
  });

  it('names the nearest array for labels that are not there', () => {
    const open = (): unknown => openNpzItems({ path: fixture('stored.npz'), labels: 'Y', inputs: undefined });
    expect(open).toThrow(expect.objectContaining({ code: 'data-array-missing', nextStep: 'Did you mean y?' }) as Error);
  });
});

describe('npy', () => {
  it('feeds the rows of one array, with labels of another', async () => {
    const { loader } = openNpyItems({ path: fixture('f4.npy'), labels: fixture('i8.npy') });
    expect(await loader.get(1)).toMatchObject({
      inputs: { input: { type: 'float32', dims: [3], data: Float32Array.of(3, 4, 5) } },
      annotation: { dims: [3], data: BigInt64Array.of(3n, 4n, 5n) },
    });
    await loader.close?.();
  });

  it('asks for equal files, not for names of arrays, when there are more labels than samples', () => {
    const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (3,)}".padEnd(117) + '\n';
    const labels = folder.write('labels.npy', Buffer.from(`\x93NUMPY\x01\0\x76\0${header}abc`, 'latin1'));
    const open = (): unknown => openNpyItems({ path: fixture('f4.npy'), labels });
    const nextStep = 'Save both files with one row for each sample, in the same order.';
    expect(open).toThrow(expect.objectContaining({ code: 'data-sample-counts', nextStep }) as Error);
  });

  it('has no annotation without labels, and names a missing file', async () => {
    const { loader } = openNpyItems({ path: fixture('u1.npy'), labels: undefined });
    expect((await loader.get(0)).annotation).toBeUndefined();
    await loader.close?.();
    const open = (): unknown => openNpyItems({ path: fixture('none.npy'), labels: undefined });
    expect(open).toThrow(expect.objectContaining({ code: 'file-missing-folder', place: fixture('none.npy') }) as Error);
  });
});
