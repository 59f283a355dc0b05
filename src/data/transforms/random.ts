// Repeatable randomness for transforms.

/** Gives the next number in [0, 1). */
export type RandomSource = () => number;

/** Mulberry32: 32 bits of state, period 2³², passes gjrand's small tests (Tommy Ettinger, 2017, public domain). */
export function mulberry32(seed: number): RandomSource {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Numbers that depend on the seed, the transform's place in the list and the sample, and on nothing else. */
export function randomFor(seed: number, position: number, sampleId: string): RandomSource {
  return mulberry32(fnv1a(`${seed}/${position}/${sampleId}`));
}

/** An integer in 0 … count − 1. */
export function randomInteger(random: RandomSource, count: number): number {
  return Math.floor(random() * count);
}

/** FNV-1a, 32 bits, over UTF-16 code units (Fowler, Noll, Vo). */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}
