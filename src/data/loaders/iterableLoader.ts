// An iterable of items as a DataLoader: read in order, begun anew for a second pass.
import type { DataItem, DataLoader } from '../contracts';
import { dataErrors } from '../dataErrors';

/** Something that can be gone through from its beginning, as often as it is called. */
export type Begin = () => Promise<AsyncIterator<unknown> | Iterator<unknown>>;

/**
 * `get` may be called ahead of its answers; items are read strictly one after the other. Asking for an earlier item
 * begins anew; asking for a later one skips those between.
 *
 * @param check makes an item of what the iterable gave
 */
export function iterableLoader(begin: Begin, check: (given: unknown, index: number) => DataItem): DataLoader {
  let iterator: AsyncIterator<unknown> | Iterator<unknown> | undefined;
  let position = 0;
  let queue: Promise<unknown> = Promise.resolve();

  const end = async (): Promise<void> => {
    const ended = iterator;
    iterator = undefined;
    await ended?.return?.();
  };
  const read = async (index: number): Promise<DataItem> => {
    if (iterator === undefined || index < position) {
      await end();
      iterator = await begin();
      position = 0;
    }
    for (;;) {
      const step = await iterator.next();
      if (step.done === true) throw dataErrors.end(index);
      position++;
      if (position > index) return check(step.value, index);
    }
  };
  return {
    get: (index) => {
      const item = queue.then(() => read(index));
      queue = item.catch(() => undefined);
      return item;
    },
    close: async () => {
      await queue;
      await end();
    },
  };
}
