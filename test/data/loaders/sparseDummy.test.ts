// Random sparse data: so many values as asked for, each at a place of its own, the same in every run.
import { describe, expect, it } from 'vitest';
import { openSparseDummy } from '../../../src/data/loaders/sparseDummy';

const place = { file: 'DATASET.yaml', line: 2 };
const values = { low: [2], high: [3], dtype: ['float32'] as const, label_shape: [], sparse_ratio: [0.75] };

describe('sparse_dummy_v2', () => {
  it('gives coordinates in order, each once and inside the shape, and a value for each', async () => {
    const { loader } = openSparseDummy({ ...values, dense_shape: [4, 6] }, place);
    expect([loader.length, loader.endless]).toEqual([undefined, true]);
    for (let sample = 0; sample < 20; sample++) {
      const { inputs, annotation } = await loader.get(sample);
      expect(annotation).toBeUndefined();
      expect(inputs).toMatchObject({ indices_0: { type: 'int64', dims: [6, 2] }, values_0: { dims: [6] } });
      const flat = [...(inputs['indices_0']?.data as BigInt64Array)].map(Number);
      const positions = flat.flatMap((row, at) => (at % 2 === 0 ? [row * 6 + (flat[at + 1] ?? NaN)] : []));
      expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
      expect(positions.every((position) => position >= 0 && position < 24)).toBe(true);
      expect([...(inputs['values_0']?.data as Float32Array)].every((value) => value >= 2 && value < 3)).toBe(true);
    }
    expect(await loader.get(7)).toEqual(await openSparseDummy({ ...values, dense_shape: [4, 6] }, place).loader.get(7));
    expect(await loader.get(7)).not.toEqual(await loader.get(8));
  });

  it('draws every place about as often', async () => {
    const { loader } = openSparseDummy({ ...values, sparse_ratio: [0.5], dense_shape: [8] }, place);
    const counts = new Array<number>(8).fill(0);
    for (let sample = 0; sample < 400; sample++) {
      const { inputs } = await loader.get(sample);
      for (const index of inputs['indices_0']?.data as BigInt64Array) counts[Number(index)]! += 1;
    }
    // 200 expected, standard deviation 10.
    for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(50);
  });

  it('has several shapes with shares of their own, and dense labels', async () => {
    const several = { ...values, dense_shape: [[10], [2, 5]], sparse_ratio: [0, 1], label_shape: [3] };
    const { inputs, annotation } = await openSparseDummy(several, place).loader.get(0);
    expect(Object.entries(inputs).map(([name, { dims }]) => [name, dims])).toEqual([
      ['indices_0', [10, 1]],
      ['values_0', [10]],
      ['indices_1', [0, 2]],
      ['values_1', [0]],
    ]);
    expect(annotation).toMatchObject({ dims: [3] });
  });

  it('refuses lists that do not fit, and shapes without measure', () => {
    expect(() => openSparseDummy({ ...values, dense_shape: [4], sparse_ratio: [0, 1] }, place)).toThrow(
      'sparse_ratio has 2 values for 1 dense shapes',
    );
    expect(() => openSparseDummy({ ...values, dense_shape: [100_000, 100_000] }, place)).toThrow('more than 67108864');
  });
});
