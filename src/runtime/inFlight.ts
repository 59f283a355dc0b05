// Work on one item after the other, with more than one under way: an engine in another process computes while what it gave
// before is read here.

/**
 * Each item with what `work` makes of it, in the order of the items; up to `most` are under way at once. Whoever leaves early
 * waits for those. Throws what items and work throw, each in its turn.
 */
export async function* inFlight<Item, Result>(
  items: AsyncIterable<Item>,
  most: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<readonly [Item, Result], void, undefined> {
  const begun: Promise<readonly [Item, Result]>[] = [];
  const pair = async (item: Item): Promise<readonly [Item, Result]> => [item, await work(item)];
  try {
    for await (const item of items) {
      const one = pair(item);
      // Seen when its turn comes; until then a failure must not count as unhandled.
      one.catch(() => undefined);
      begun.push(one);
      const first = begun.length < most ? undefined : begun.shift();
      if (first !== undefined) yield await first;
    }
    for (let first = begun.shift(); first !== undefined; first = begun.shift()) yield await first;
  } finally {
    await Promise.allSettled(begun);
  }
}

/** For a pass over samples: one is computed, one is read. */
export const overlapped = 2;
