// A loader's items in a random order that is the same in every run.
import type { DataLoader } from '../contracts';
import { randomInteger, mulberry32 } from '../transforms/random';

const usualSeed = 9527;

/** The indexes 0 … length − 1 in the order in which a shuffled loader gives them (Fisher–Yates). */
export function shuffledOrder(length: number, seed = usualSeed): Uint32Array {
  const order = Uint32Array.from({ length }, (_, index) => index);
  const random = mulberry32(seed);
  for (let last = order.length - 1; last > 0; last--) {
    const other = randomInteger(random, last + 1);
    const kept = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
}

/** The same items, permuted. Only for loaders with a length. */
export function shuffled(loader: DataLoader & { readonly length: number }): DataLoader {
  const order = shuffledOrder(loader.length);
  return {
    ...loader,
    get: (index) => loader.get(order[index] ?? index),
    ...(loader.known === undefined ? {} : { known: (index) => loader.known?.(order[index] ?? index) }),
    close: () => loader.close?.(),
  };
}
