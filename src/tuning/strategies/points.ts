// The product of every op's choices as points of whole numbers, enumerated or drawn without making it (SYSTEMS §3.1).
import type { RandomSource } from '../../data/transforms/random';
import { randomInteger } from '../../data/transforms/random';
import type { OpConfig, StrategyContext, TrialConfig } from '../contracts';
import type { OpChoices } from './choices';
import { samplingSizesOf, smoothQuantAlphasOf, startConfig, withForms } from './choices';

/** A choice for each dimension, counted from 0. */
export type Point = readonly number[];

/**
 * OpWise: the first dimension is the sampling size, the second the alpha of SmoothQuant, the others are the ops in graph
 * order. An op may be any of its forms or, last, float; the originals' op-wise search knows only the forms of one mode,
 * and cannot meet a goal that a single op breaks.
 */
export class OpWisePoints {
  /** How many choices each dimension has. */
  readonly counts: readonly number[];
  private readonly samplingSizes: readonly number[];
  private readonly alphas: readonly (number | 'auto' | null)[];

  constructor(
    private readonly context: StrategyContext,
    private readonly choices: readonly OpChoices[],
  ) {
    this.samplingSizes = samplingSizesOf(context.space);
    this.alphas = smoothQuantAlphasOf(context);
    this.counts = [this.samplingSizes.length, this.alphas.length, ...choices.map(({ all }) => all.length + 1)];
  }

  /** False where every op is float: that is no trial. */
  isTrial(point: Point): boolean {
    return this.choices.some(({ all }, index) => (point[index + 2] ?? 0) < all.length);
  }

  configAt(point: Point): TrialConfig {
    const start = this.startAt(point);
    const forms = this.choices.map(({ node, all }, index): [string, OpConfig] => [
      node,
      all[point[index + 2] ?? 0] ?? { mode: 'float' },
    ]);
    const alpha = this.alphas[point[1] ?? 0] ?? null;
    return { ...withForms(this.context.space, start, new Map(forms)), smoothQuantAlpha: alpha };
  }

  /** The start configuration with the point's sampling size: what changes are told against. */
  startAt(point: Point): TrialConfig {
    const samplingSize = this.samplingSizes[point[0] ?? 0] ?? 0;
    return startConfig(this.context, this.choices, samplingSize);
  }
}

/** How many points there are. */
export function pointCount(counts: readonly number[]): bigint {
  return counts.reduce((product, count) => product * BigInt(count), 1n);
}

/** Every point, the first dimension varying slowest; one at a time. */
export function* pointsInOrder(counts: readonly number[]): Generator<Point> {
  if (counts.some((count) => count < 1)) return;
  const point = counts.map(() => 0);
  for (;;) {
    yield [...point];
    let dimension = counts.length - 1;
    while (dimension >= 0 && (point[dimension] ?? 0) + 1 >= (counts[dimension] ?? 0)) point[dimension--] = 0;
    if (dimension < 0) return;
    point[dimension] = (point[dimension] ?? 0) + 1;
  }
}

/** One point, uniformly. */
export function randomPoint(counts: readonly number[], random: RandomSource): Point {
  return counts.map((count) => randomInteger(random, count));
}

/** Up to this many points are shuffled, so that the last of them is found as fast as the first. */
const shuffledPoints = 2 ** 20;

/** Draws points uniformly and never one twice, nor one that was taken otherwise. */
export class FreshPoints {
  private readonly taken = new Set<string>();
  /** A Fisher–Yates shuffle of all indexes, of which only those that moved are written down. */
  private readonly moved = new Map<number, number>();
  private remaining: number | undefined;

  constructor(
    private readonly counts: readonly number[],
    private readonly random: RandomSource,
    private readonly isWanted: (point: Point) => boolean,
  ) {
    const size = pointCount(counts);
    this.remaining = size <= BigInt(shuffledPoints) ? Number(size) : undefined;
  }

  /** Marks a point as taken. */
  take(point: Point): void {
    this.taken.add(point.join());
  }

  /** True while a point may be tried: wanted and not taken. */
  isFresh(point: Point): boolean {
    return !this.taken.has(point.join()) && this.isWanted(point);
  }

  /** The next point, taken by that; undefined when there is none. */
  next(): Point | undefined {
    for (;;) {
      const point = this.remaining === undefined ? randomPoint(this.counts, this.random) : this.nextShuffled();
      if (point === undefined) return undefined;
      if (!this.isFresh(point)) continue;
      this.take(point);
      return point;
    }
  }

  private nextShuffled(): Point | undefined {
    if (this.remaining === undefined || this.remaining === 0) return undefined;
    const place = randomInteger(this.random, this.remaining);
    const last = --this.remaining;
    const index = this.moved.get(place) ?? place;
    this.moved.set(place, this.moved.get(last) ?? last);
    return pointAt(this.counts, index);
  }
}

/** The point with this index in `pointsInOrder`. */
function pointAt(counts: readonly number[], index: number): Point {
  const point = counts.map(() => 0);
  let rest = index;
  for (let dimension = counts.length - 1; dimension >= 0; dimension--) {
    const count = counts[dimension] ?? 1;
    point[dimension] = rest % count;
    rest = Math.floor(rest / count);
  }
  return point;
}
