// The samples of a tuning: read once, in the same order every time, as many as asked for.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DatasetConfig } from '../../../src/config/datasetFile';
import { parseDatasetFile } from '../../../src/config/datasetFile';
import { SampleBatches } from '../../../src/tuning/accuracy/sampleBatches';
import type { SampleOptions } from '../../../src/tuning/accuracy/sampleBatches';
import { failureOf } from '../../support/failureOf';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();
const { signal } = new AbortController();
const plain: SampleOptions = { fixedBatch: undefined, isShuffled: false };

/** Counts what is read from it, in a global that a test looks at. */
const counting = folder.write(
  'counting.mjs',
  `export default ({ count, key, elements }) => {
    globalThis[key] = [];
    const data = new Float32Array(elements);
    return {
      length: count,
      get(index) {
        globalThis[key].push(index);
        return { id: String(index), inputs: { x: { dims: [elements], data } }, annotation: index };
      },
      close() { globalThis[key].push('closed'); },
    };
  };`,
);

let made = 0;

interface Counted {
  readonly dataset: DatasetConfig;
  /** Indexes in the order they were read, and `closed`. */
  readonly read: () => (number | string)[];
}

function counted(count: number, { batchSize = 4, elements = 2, more = '' } = {}): Counted {
  const key = `sampleBatches ${++made}`;
  const text = `dataset: {custom: {path: ${JSON.stringify(counting)}, count: ${count}, key: ${key}, elements: ${elements}}}\nbatch_size: ${batchSize}\n${more}`;
  const dataset = parseDatasetFile(text, join(folder.path, 'DATASET.yaml'));
  return { dataset, read: () => (globalThis as unknown as Record<string, (number | string)[]>)[key] ?? [] };
}

async function idsOf(samples: SampleBatches, count?: number): Promise<string[][]> {
  const ids: string[][] = [];
  for await (const batch of samples.batches(signal, count)) ids.push([...batch.ids]);
  return ids;
}

describe('SampleBatches', () => {
  it('reads every sample once, however often it is asked', async () => {
    const { dataset, read } = counted(10);
    const samples = await SampleBatches.open(dataset, plain);
    const whole = [
      ['0', '1', '2', '3'],
      ['4', '5', '6', '7'],
      ['8', '9'],
    ];
    expect(samples.length).toBe(10);
    expect(await idsOf(samples)).toEqual(whole);
    expect(await idsOf(samples)).toEqual(whole);
    expect(read()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await samples.close();
    expect(read().at(-1)).toBe('closed');
  });

  it('goes on behind a beginning that was read before', async () => {
    const { dataset } = counted(10);
    const samples = await SampleBatches.open(dataset, plain);
    expect(await idsOf(samples, 5)).toEqual([
      ['0', '1', '2', '3'],
      ['4', '5', '6', '7'],
    ]);
    expect((await idsOf(samples)).flat()).toHaveLength(10);
    expect(await idsOf(samples, 4)).toEqual([['0', '1', '2', '3']]);
    await samples.close();
  });

  it('reads no batch more than was asked for', async () => {
    const { dataset } = counted(100, { batchSize: 1 });
    const samples = await SampleBatches.open(dataset, plain);
    const iterator = samples.batches(signal, 2);
    const phases: (boolean | undefined)[] = [];
    for (let step = 0; step < 3; step++) phases.push((await iterator.next()).done);
    expect(phases).toEqual([false, false, true]);
    // Two, and what is decoded ahead of its use.
    expect((await idsOf(samples, 2)).flat()).toEqual(['0', '1']);
    await samples.close();
  });

  it('reads again what is too large to keep', async () => {
    // Three samples of 200 MB: two fit.
    const { dataset, read } = counted(3, { batchSize: 1, elements: 50 * 2 ** 20 });
    const samples = await SampleBatches.open(dataset, plain);
    expect((await idsOf(samples)).flat()).toEqual(['0', '1', '2']);
    expect((await idsOf(samples)).flat()).toEqual(['0', '1', '2']);
    expect(read().filter((index) => index === 2)).toHaveLength(2);
    await samples.close();
  });

  it('stops at a limit', async () => {
    const { dataset, read } = counted(10);
    const samples = await SampleBatches.open(dataset, { ...plain, limit: 6 });
    expect(samples.length).toBe(6);
    expect(await idsOf(samples)).toEqual([
      ['0', '1', '2', '3'],
      ['4', '5'],
    ]);
    expect(read()).toEqual([0, 1, 2, 3, 4, 5]);
    await samples.close();
  });

  it('shuffles the first samples of the limit, the same way in every run', async () => {
    const orders: string[][] = [];
    for (let run = 0; run < 2; run++) {
      const { dataset } = counted(40);
      const samples = await SampleBatches.open(dataset, { ...plain, limit: 20, isShuffled: true });
      const ids = (await idsOf(samples)).flat();
      orders.push(ids);
      // A failure names the place in the data set, not that in our order.
      expect(ids.map((_, index) => String(samples.indexOf(index)))).toEqual(ids);
      await samples.close();
    }
    const [first = [], second] = orders;
    expect(second).toEqual(first);
    const inOrder = Array.from({ length: 20 }, (_, index) => String(index));
    expect(first).not.toEqual(inOrder);
    expect([...first].sort((a, b) => Number(a) - Number(b))).toEqual(inOrder);
  });

  it('discards a last batch as the data set says, and then keeps the order that decides which', async () => {
    const { dataset } = counted(10, { more: 'last_batch: discard\n' });
    const samples = await SampleBatches.open(dataset, { ...plain, isShuffled: true });
    expect(await idsOf(samples)).toEqual([
      ['0', '1', '2', '3'],
      ['4', '5', '6', '7'],
    ]);
    await samples.close();
  });

  it('discards nothing where the model has a batch size of its own', async () => {
    const { dataset } = counted(5, { more: 'last_batch: discard\n' });
    const samples = await SampleBatches.open(dataset, { fixedBatch: 3, isShuffled: false });
    expect(samples.batchSize).toBe(3);
    expect(await idsOf(samples)).toEqual([
      ['0', '1', '2'],
      ['3', '4'],
    ]);
    await samples.close();
  });

  it('refuses data without end, unless there is a limit', async () => {
    const dataset = parseDatasetFile('dataset: {dummy_v2: {input_shape: [3]}}\n', join(folder.path, 'endless.yaml'));
    const failure = await failureOf(SampleBatches.open(dataset, plain));
    expect(failure.code).toBe('tuning-endless-data');
    const samples = await SampleBatches.open(dataset, { ...plain, limit: 3, isShuffled: true });
    expect(samples.length).toBe(3);
    expect((await idsOf(samples)).flat()).toHaveLength(3);
    await samples.close();
  });

  it('ends when it is stopped', async () => {
    const { dataset } = counted(10, { batchSize: 1 });
    const stop = new AbortController();
    const samples = await SampleBatches.open(dataset, plain);
    const iterator = samples.batches(stop.signal);
    await iterator.next();
    stop.abort();
    await expect(iterator.next()).rejects.toThrow('aborted');
    await samples.close();
  });
});
