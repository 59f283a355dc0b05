// Random data: the same in every run, of the shape, type and range asked for.
import { describe, expect, it } from 'vitest';
import { openDummy, openDummyV2 } from '../../../src/data/loaders/dummy';
import { numbersOf } from '../../../src/data/numbersOf';

const place = { file: 'DATASET.yaml', line: 2 };
const values = { low: [-128], high: [127], dtype: ['float32'] as const };

describe('dummy', () => {
  it('has as many samples as the first axis says, with the label 0', async () => {
    const { loader } = openDummy({ ...values, shape: [5, 2, 3], label: true }, place);
    expect(loader.length).toBe(5);
    const item = await loader.get(4);
    expect(item).toMatchObject({ inputs: { input_0: { type: 'float32', dims: [2, 3] } }, annotation: 0 });
    expect(await loader.get(4)).toEqual(item);
    expect(await loader.get(3)).not.toEqual(item);
  });

  it('feeds several inputs of equal sample counts, without labels on request', async () => {
    const { loader } = openDummy({ ...values, shape: [[3, 2], [3]], label: false }, place);
    const item = await loader.get(0);
    expect(Object.values(item.inputs).map(({ dims }) => dims)).toEqual([[2], []]);
    expect(item.annotation).toBeUndefined();
    expect(() => openDummy({ ...values, shape: [[3, 2], [4]], label: true }, place)).toThrow('the same for all');
  });
});

describe('dummy_v2', () => {
  it('never ends, and gives the same sample at the same index in every run', async () => {
    const open = (): ReturnType<typeof openDummyV2> =>
      openDummyV2({ ...values, input_shape: [3, 4], label_shape: [1] }, place);
    const { loader } = open();
    expect([loader.length, loader.endless]).toEqual([undefined, true]);
    const item = await loader.get(1_000_000);
    expect(item).toEqual(await open().loader.get(1_000_000));
    expect(item).toMatchObject({ inputs: { input_0: { dims: [3, 4] } }, annotation: { dims: [1] } });
    // Fixed: a change of the generator would change every figure made with it.
    const [first = NaN, second = NaN] = (await loader.get(0)).inputs['input_0']?.data as Float32Array;
    expect([first.toFixed(3), second.toFixed(3)]).toMatchInlineSnapshot(`
      [
        "82.777",
        "-18.135",
      ]
    `);
  });

  it('spreads its values evenly over the range', async () => {
    const { loader } = openDummyV2(
      { low: [2], high: [6], dtype: ['float32'], input_shape: [20_000], label_shape: [] },
      place,
    );
    const data = (await loader.get(0)).inputs['input_0']?.data as Float32Array;
    const bins = [0, 0, 0, 0];
    for (const value of data) bins[Math.floor(value) - 2] = (bins[Math.floor(value) - 2] ?? 0) + 1;
    for (const bin of bins) expect(Math.abs(bin - 5000)).toBeLessThan(250);
  });

  it.each(['float32', 'float16', 'uint8', 'int8', 'int32', 'int64', 'bool'] as const)('makes %s', async (dtype) => {
    const { loader } = openDummyV2(
      { low: [0], high: [100], dtype: [dtype], input_shape: [1000], label_shape: [] },
      place,
    );
    const tensor = (await loader.get(0)).inputs['input_0'];
    expect(tensor?.type).toBe(dtype);
    const numbers = Array.from((tensor === undefined ? undefined : numbersOf(tensor)) ?? [], Number);
    const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    expect(mean).toBeGreaterThan(dtype === 'bool' ? 0.4 : 44);
    expect(mean).toBeLessThan(dtype === 'bool' ? 0.6 : 56);
  });

  it('takes a range and type for each input and label, and refuses any other number of them', async () => {
    const several = { low: [0, 5, 7], high: [1, 6, 8], dtype: ['float32', 'int64', 'int32'] as const };
    const { loader } = openDummyV2({ ...several, input_shape: [[4], [2]], label_shape: [1] }, place);
    const item = await loader.get(0);
    expect(item.inputs['input_1']?.data).toEqual(BigInt64Array.of(5n, 5n));
    expect(item.annotation).toEqual({ type: 'int32', dims: [1], data: Int32Array.of(7) });
    expect(() => openDummyV2({ ...several, input_shape: [4], label_shape: [1] }, place)).toThrow(
      'low has 3 values for 2 tensors',
    );
    const swapped = { ...values, low: [5], high: [1] };
    expect(() => openDummyV2({ ...swapped, input_shape: [4], label_shape: [] }, place)).toThrow(
      'low is 5, which is above high, 1',
    );
  });
});
