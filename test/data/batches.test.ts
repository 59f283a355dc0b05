// Stacking, limits, reading ahead, and the ends of loaders.
import { describe, expect, it } from 'vitest';
import { batches } from '../../src/data/batches';
import type { BatchOptions } from '../../src/data/batches';
import type { Batch, DataItem, DataLoader } from '../../src/data/contracts';
import { dataErrors } from '../../src/data/dataErrors';

const signal = new AbortController().signal;
const item = (index: number, dims: readonly number[] = [2]): DataItem => ({
  id: `i${index}`,
  inputs: { x: { type: 'float32', dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(index) } },
  annotation: index,
});

async function all(loader: DataLoader, options: Omit<BatchOptions, 'signal'>): Promise<Batch[]> {
  const found: Batch[] = [];
  for await (const batch of batches(loader, { ...options, signal })) found.push(batch);
  return found;
}

describe('batches', () => {
  it('stacks items along a new first axis, in order, and keeps a short last batch', async () => {
    const found = await all({ length: 5, get: (index) => item(index) }, { batchSize: 2 });
    expect(found.map(({ ids }) => ids)).toEqual([['i0', 'i1'], ['i2', 'i3'], ['i4']]);
    expect(found[1]?.inputs['x']).toEqual({ type: 'float32', dims: [2, 2], data: Float32Array.of(2, 2, 3, 3) });
    expect(found[2]?.inputs['x']?.dims).toEqual([1, 2]);
    expect(found[1]?.annotations).toEqual([2, 3]);
  });

  it('leaves the short last batch out on request, and stops at the limit', async () => {
    const loader: DataLoader = { length: 5, get: (index) => item(index) };
    expect((await all(loader, { batchSize: 2, lastBatch: 'discard' })).map(({ ids }) => ids.length)).toEqual([2, 2]);
    expect((await all(loader, { batchSize: 2, limit: 3 })).map(({ ids }) => ids.length)).toEqual([2, 1]);
  });

  it('reads an endless loader up to the limit, and one of unknown length up to its end', async () => {
    const endless: DataLoader = { endless: true, get: (index) => item(index) };
    expect((await all(endless, { batchSize: 3, limit: 7 })).map(({ ids }) => ids.length)).toEqual([3, 3, 1]);
    const ending: DataLoader = {
      get: (index) => {
        if (index >= 4) throw dataErrors.end(index);
        return item(index);
      },
    };
    expect((await all(ending, { batchSize: 3 })).map(({ ids }) => ids.length)).toEqual([3, 1]);
  });

  it('stacks text and 64-bit integers', async () => {
    const loader: DataLoader = {
      length: 2,
      get: (index) => ({
        id: String(index),
        inputs: {
          text: { type: 'string', dims: [1], data: [`t${index}`] },
          ids: { type: 'int64', dims: [], data: BigInt64Array.of(BigInt(index)) },
        },
        annotation: undefined,
      }),
    };
    const [batch] = await all(loader, { batchSize: 2 });
    expect(batch?.inputs['text']).toEqual({ type: 'string', dims: [2, 1], data: ['t0', 't1'] });
    expect(batch?.inputs['ids']).toEqual({ type: 'int64', dims: [2], data: BigInt64Array.of(0n, 1n) });
  });

  it('fills shorter sequences up to the longest of their batch, where the loader says with what', async () => {
    const lengths = [1, 3, 2];
    const loader: DataLoader = { length: 3, fill: { x: 9 }, get: (index) => item(index, [lengths[index] ?? 0, 1]) };
    const [batch, last] = await all(loader, { batchSize: 2 });
    expect(batch?.inputs['x']).toEqual({ type: 'float32', dims: [2, 3, 1], data: Float32Array.of(0, 9, 9, 1, 1, 1) });
    expect(last?.inputs['x']?.dims).toEqual([1, 2, 1]);
    const uneven: DataLoader = { ...loader, get: (index) => item(index, [index + 1, index + 1]) };
    await expect(all(uneven, { batchSize: 2 })).rejects.toThrow(/cannot be put into one batch: "x"/);
  });

  it('names both samples and shapes when a batch does not fit together', async () => {
    const shapes: DataLoader = { length: 2, get: (index) => item(index, [2 + index]) };
    await expect(all(shapes, { batchSize: 2 })).rejects.toMatchObject({
      code: 'data-batch-shapes',
      message: expect.stringContaining('"x" is float32 [2] in i0 and float32 [3] in i1') as string,
    });
    const names: DataLoader = {
      length: 2,
      get: (index) => ({ ...item(index), inputs: { [`x${index}`]: item(0).inputs['x']! } }),
    };
    await expect(all(names, { batchSize: 2 })).rejects.toMatchObject({ code: 'data-batch-names' });
    expect(await all(shapes, { batchSize: 1 })).toHaveLength(2);
  });

  it('prepares a few items at once and keeps their order', async () => {
    let running = 0;
    let most = 0;
    const loader: DataLoader = {
      length: 20,
      get: async (index) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, index % 3));
        running--;
        return item(index);
      },
    };
    const ids = (await all(loader, { batchSize: 4 })).flatMap((batch) => batch.ids);
    expect(ids).toEqual(Array.from({ length: 20 }, (_, index) => `i${index}`));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThan(20);
  });

  it('ends with the failure of an item at its turn, after the batches before it', async () => {
    const loader: DataLoader = {
      length: 9,
      get: (index) => (index === 3 ? Promise.reject(new Error('item 3')) : item(index)),
    };
    const seen: string[][] = [];
    const run = async (): Promise<void> => {
      for await (const batch of batches(loader, { batchSize: 2, signal })) seen.push([...batch.ids]);
    };
    await expect(run()).rejects.toThrow('item 3');
    expect(seen).toEqual([['i0', 'i1']]);
  });

  it('stops at an abort, and leaves nothing reading from the loader', async () => {
    const abort = new AbortController();
    let running = 0;
    const loader: DataLoader = {
      length: 1000,
      get: async (index) => {
        running++;
        await new Promise((resolve) => setTimeout(resolve, 1));
        running--;
        return item(index);
      },
    };
    const run = async (): Promise<void> => {
      for await (const batch of batches(loader, { batchSize: 1, signal: abort.signal })) {
        if (batch.ids[0] === 'i3') abort.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ name: 'AbortError' });
    expect(running).toBe(0);
  });
});
