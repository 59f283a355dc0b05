// Work with more than one under way: order, how many, and that nothing is left behind.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { inFlight } from '../../src/runtime/inFlight';

async function* upTo(count: number): AsyncGenerator<number, void, undefined> {
  for (let item = 0; item < count; item++) yield await Promise.resolve(item);
}

describe('work in flight', () => {
  it('comes in the order of the items, however long each takes, with no more than so many under way', async () => {
    let underWay = 0;
    let most = 0;
    const work = async (item: number): Promise<number> => {
      most = Math.max(most, ++underWay);
      await sleep(item % 2 === 0 ? 5 : 1);
      underWay--;
      return item * 10;
    };
    const given: (readonly [number, number])[] = [];
    for await (const pair of inFlight(upTo(7), 2, work)) given.push(pair);
    expect(given).toEqual([0, 1, 2, 3, 4, 5, 6].map((item) => [item, item * 10]));
    expect(most).toBe(2);
  });

  it('is one after the other with 1, and nothing without items', async () => {
    const begun: number[] = [];
    const work = (item: number): Promise<number> => Promise.resolve(begun.push(item));
    for await (const [item] of inFlight(upTo(3), 1, work)) expect(begun).toHaveLength(item + 1);
    for await (const pair of inFlight(upTo(0), 2, work)) expect.fail(String(pair));
    expect(begun).toEqual([0, 1, 2]);
  });

  it('throws what the work throws in its turn, after what is under way has ended', async () => {
    const ended: number[] = [];
    const given: number[] = [];
    const work = async (item: number): Promise<void> => {
      await sleep(item);
      ended.push(item);
      if (item === 1) throw new Error('the second');
    };
    const all = async (): Promise<void> => {
      for await (const [item] of inFlight(upTo(9), 3, work)) given.push(item);
    };
    await expect(all()).rejects.toThrow('the second');
    expect(given).toEqual([0]);
    expect(ended).toEqual([0, 1, 2, 3]);
  });

  it('waits for what is under way when it is left early', async () => {
    const ended: number[] = [];
    const work = async (item: number): Promise<void> => {
      await sleep(2);
      ended.push(item);
    };
    for await (const [item] of inFlight(upTo(9), 2, work)) if (item === 1) break;
    expect(ended).toEqual([0, 1, 2]);
  });
});
