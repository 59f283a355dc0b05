// Finds runs of equal blocks in a sequence: the layers of a network whose names do not tell of them.

/** Neighbouring items `start` to `end` (exclusive) that form a block. */
export interface Block {
  readonly start: number;
  readonly end: number;
}

/** A stretch that repeats itself with a period: `symbols[i] === symbols[i + period]` all along. */
interface Run {
  readonly start: number;
  readonly end: number;
  readonly period: number;
}

/** Comparisons spent at most; with more symbols only shorter periods are tried. */
const mostComparisons = 20_000_000;
/** Smaller blocks would hide more than they order. */
const smallestBlock = 4;
/** A run gives at most about so many blocks: short periods are taken several at a time. */
const mostBlocksOfRun = 100;

/**
 * Blocks that stand side by side at least twice, in order and without overlap; what is between them belongs to none. The
 * longest runs are taken first, each with its shortest period, and cut where the fewest tensors cross.
 *
 * @param symbols equal numbers for equal items
 * @param crossings by position: tensors made before it and read at or after it
 * @param largestBlock items a block may have
 */
export function repeatedBlocks(symbols: Int32Array, crossings: Int32Array, largestBlock: number): Block[] {
  const taken = new Uint8Array(symbols.length);
  const blocks: Block[] = [];
  for (const run of runsOf(symbols, largestBlock)) {
    for (const free of freeStretches(run, taken)) {
      taken.fill(1, free.start, free.end);
      blocks.push(...cutIntoBlocks(free, crossings, largestBlock));
    }
  }
  return blocks.sort((a, b) => a.start - b.start);
}

/** All runs of at least two periods, longest first; of equally long ones the one with the shortest period. */
function runsOf(symbols: Int32Array, largestBlock: number): Run[] {
  const { length } = symbols;
  const longestPeriod = Math.min(length >> 1, largestBlock, Math.floor(mostComparisons / Math.max(1, length)));
  const runs: Run[] = [];
  for (let period = 1; period <= longestPeriod; period++) addRuns(runs, symbols, period);
  return runs.sort((a, b) => b.end - b.start - (a.end - a.start) || a.period - b.period || a.start - b.start);
}

/** The runs of one period. A run that is long enough has a multiple of its period in its first part: only those are tried. */
function addRuns(runs: Run[], symbols: Int32Array, period: number): void {
  const shortest = Math.max(2 * period, 2 * smallestBlock);
  const repeats = (at: number): boolean => symbols[at] === symbols[at + period];
  for (let at = 0; at + period < symbols.length; at += period) {
    if (!repeats(at)) continue;
    let start = at;
    while (start > 0 && repeats(start - 1)) start--;
    let end = at + period + 1;
    while (end < symbols.length && repeats(end - period)) end++;
    if (end - start >= shortest) runs.push({ start, end, period });
    at = Math.floor((end - period) / period) * period;
  }
}

/** The parts of a run that no other has taken and that still repeat. */
function freeStretches({ start, end, period }: Run, taken: Uint8Array): Run[] {
  const free: Run[] = [];
  let from = start;
  for (let at = start; at <= end; at++) {
    if (at < end && taken[at] === 0) continue;
    if (at - from >= Math.max(2 * period, 2 * smallestBlock)) free.push({ start: from, end: at, period });
    from = at + 1;
  }
  return free;
}

function cutIntoBlocks({ start, end, period }: Run, crossings: Int32Array, largestBlock: number): Block[] {
  const repeats = Math.floor((end - start) / period);
  const atOnce = Math.max(Math.ceil(smallestBlock / period), Math.ceil(repeats / mostBlocksOfRun));
  const size = Math.min(atOnce, Math.max(1, Math.floor(largestBlock / period))) * period;
  const first = start + bestOffset(start, end, size, period, crossings);
  const blocks: Block[] = [];
  for (let at = first; at + size <= end; at += size) blocks.push({ start: at, end: at + size });
  return blocks.length > 1 ? blocks : [];
}

/** Where in the first period to begin so that the cuts between blocks go through the fewest tensors. */
function bestOffset(start: number, end: number, size: number, period: number, crossings: Int32Array): number {
  let best = 0;
  let fewest = Infinity;
  for (let offset = 0; offset < period; offset++) {
    let sum = 0;
    let cuts = 0;
    for (let at = start + offset; at <= end; at += size) {
      sum += crossings[at] ?? 0;
      cuts += 1;
    }
    // An offset that costs a block must be worth it.
    const lost = Math.floor((end - start) / size) - Math.floor((end - start - offset) / size);
    const average = sum / Math.max(1, cuts) + lost / 2;
    if (average < fewest) {
      fewest = average;
      best = offset;
    }
  }
  return best;
}
