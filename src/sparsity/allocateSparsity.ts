// Shares an overall sparsity out among the layers, so that those that bear it best get most (SYSTEMS §6.5). Pure
// arithmetic on curves: whoever shows a slider can call it for every position.

import type { DenseReason } from '../protocol/pruning';

/** A layer's curves by percent of sparsity, 0…99. */
export interface AllocationLayer {
  readonly name: string;
  /** Any measure that grows as the outputs get worse. */
  readonly loss: readonly number[];
  /** What the layer costs in time or operations; absent where it is not known, for all layers then. */
  readonly perf?: readonly number[];
  /** Left dense: the first layer of a model, and grouped convolutions. */
  readonly isSkipped: boolean;
}

export interface AllocationSettings {
  /** Mean sparsity over the layers that take part. */
  readonly targetFraction: number;
  /** 1: by loss alone; 0: by performance alone. */
  readonly lossWeight: number;
  /** Layers that would get less stay dense, and others get their share. */
  readonly minSparsityFraction: number;
  /**
   * No layer gets so much that its estimated recovery is lower, where loss decides alone. The less loss decides, the more a
   * layer may lose; by performance alone, anything.
   */
  readonly minRecovery: number;
}

export interface LayerAllocation {
  readonly name: string;
  readonly sparsityFraction: number;
  /** 1: dense, or as harmless as by loss alone; 0: twice that loss, or pruned where loss alone would not. */
  readonly estimatedRecovery: number;
}

/** Settings of the original. Below a target of twice the least sparsity that is half the target: else nothing would be left. */
export function usualSettings(targetFraction: number): AllocationSettings {
  return {
    targetFraction,
    lossWeight: 1,
    minSparsityFraction: Math.min(0.4, targetFraction / 2),
    minRecovery: -1,
  };
}

/**
 * Which layers stay dense when a sparsity is shared out (SYSTEMS §6.5): the first of several, which sees the input, and
 * grouped convolutions, which have few weights.
 *
 * @param layers in the order of the file
 */
export function keptDense(layers: readonly { readonly groups: number }[]): boolean[] {
  return layersKeptDense(layers).map((reason) => reason !== null);
}

/** The same with the reason; null for a layer that takes part. */
export function layersKeptDense(layers: readonly { readonly groups: number }[]): (DenseReason | null)[] {
  return layers.map(({ groups }, index) => {
    if (index === 0 && layers.length > 1) return 'first';
    return groups > 1 ? 'grouped' : null;
  });
}

/**
 * Mean sparsity (0…1) of the layers that take part, 0 without any. It is the target, to a percent of a layer, unless a layer
 * was set by hand, or more was asked for than any layer is pruned to.
 *
 * @param takesPart by index of the layer
 */
export function reachedFraction(
  allocated: readonly { readonly sparsityFraction: number }[],
  takesPart: (index: number) => boolean,
): number {
  return meanOf(allocated.filter((_, index) => takesPart(index)).map(({ sparsityFraction }) => sparsityFraction));
}

/** Stands for a loss that is not finite: worse than any that is, and arithmetic with it stays finite. */
export const unboundedLoss = 1e30;

/** No layer is pruned further; of 100 percent nothing would be left. */
const largestPercent = 97;
/** Ranges of curves are compared up to here: beyond, all of them rise steeply. */
const comparedPercent = 95;

/**
 * The sparsity of each layer, in order: percent by percent, the layer to which the next one costs least is given it. What
 * the filters of SYSTEMS §6.5 keep from a layer goes to the others, so that the mean that was asked for is reached.
 *
 * @param overrides sparsities that a person chose, by name; they stand beside what is shared out
 */
export function allocateSparsity(
  layers: readonly AllocationLayer[],
  settings: AllocationSettings,
  overrides: ReadonlyMap<string, number> = new Map(),
): LayerAllocation[] {
  const byLoss = sharedOut(layers, { ...settings, lossWeight: 1 }, () => largestPercent);
  const { lossWeight, minRecovery } = settings;
  const leastRecovery = 1 - (1 - minRecovery) / lossWeight;
  const percents =
    lossWeight === 1
      ? byLoss
      : sharedOut(layers, settings, (layer, index) => mostPercent(layer, byLoss[index] ?? 0, leastRecovery));
  return layers.map((layer, index) => {
    const sparsityFraction = overrides.get(layer.name) ?? (percents[index] ?? 0) / 100;
    const percent = Math.min(99, Math.round(sparsityFraction * 100));
    return {
      name: layer.name,
      sparsityFraction,
      estimatedRecovery: estimatedRecovery(layer, percent, byLoss[index] ?? 0),
    };
  });
}

/** The most that a layer may get; never less than what loss alone gives it, so that there is room for the whole target. */
function mostPercent(layer: AllocationLayer, percentByLoss: number, leastRecovery: number): number {
  let percent = percentByLoss;
  while (percent < largestPercent && estimatedRecovery(layer, percent + 1, percentByLoss) >= leastRecovery) percent++;
  return percent;
}

/** A layer that takes part while percents are given out. */
interface Taker {
  readonly costs: readonly number[];
  readonly most: number;
  percent: number;
}

/** Percent by layer; those of layers that would get little are given to others as long as these have room for them. */
function sharedOut(
  layers: readonly AllocationLayer[],
  { targetFraction, lossWeight, minSparsityFraction }: AllocationSettings,
  mostOf: (layer: AllocationLayer, index: number) => number,
): number[] {
  const costs = costCurves(layers, lossWeight);
  const all = layers.map((layer, index): Taker => {
    return { costs: costs[index] ?? [], most: layer.isSkipped ? 0 : mostOf(layer, index), percent: 0 };
  });
  const taking = all.filter((_, index) => layers[index]?.isSkipped === false);
  give(taking, Math.round(taking.length * 100 * targetFraction));
  let open: readonly Taker[] = taking;
  for (let least = leastOf(open); least !== undefined; least = leastOf(open)) {
    const others = open.filter((taker) => taker !== least);
    if (least.percent >= minSparsityFraction * 100 || roomOf(others) < least.percent) break;
    open = others;
    give(open, least.percent);
    least.percent = 0;
  }
  return all.map(({ percent }) => percent);
}

/** Gives so many percents, each where it costs least. What follows for some of the layers does not hang on the others. */
function give(takers: readonly Taker[], steps: number): void {
  for (let step = 0; step < steps; step++) {
    let cheapest: Taker | undefined;
    let least = Infinity;
    for (const taker of takers) {
      const next = taker.percent + 1;
      const cost = next > taker.most ? Infinity : (taker.costs[next] ?? Infinity);
      if (cost < least) [cheapest, least] = [taker, cost];
    }
    if (cheapest === undefined) return;
    cheapest.percent++;
  }
}

function leastOf(takers: readonly Taker[]): Taker | undefined {
  const [first, ...others] = takers;
  return others.reduce((least, taker) => (taker.percent < (least?.percent ?? Infinity) ? taker : least), first);
}

function roomOf(takers: readonly Taker[]): number {
  return takers.reduce((room, { most, percent }) => room + most - percent, 0);
}

/** What each percent costs. A gain of performance is no cost: it counts below 0. */
function costCurves(layers: readonly AllocationLayer[], lossWeight: number): number[][] {
  const taking = layers.filter(({ isSkipped }) => !isSkipped);
  const isTimed = lossWeight < 1 && taking.every(({ perf }) => perf !== undefined);
  const loss = rescaled(layers, taking, lossSensitivity);
  const perf = isTimed ? rescaled(layers, taking, perfSensitivity) : undefined;
  const weight = perf === undefined ? 1 : lossWeight;
  return layers.map((_, index) =>
    (loss[index] ?? []).map((cost, percent) => weight * cost + (1 - weight) * (perf?.[index]?.[percent] ?? 0)),
  );
}

/** Above that of the dense layer; a curve that falls again is noise. */
function lossSensitivity({ loss }: AllocationLayer): number[] {
  let highest = -Infinity;
  return loss.map((value) => {
    highest = Math.max(highest, value - (loss[0] ?? 0));
    return highest;
  });
}

/** What it costs less than the dense layer, as a negative number; a curve that rises again is noise. */
function perfSensitivity({ perf = [] }: AllocationLayer): number[] {
  let lowest = Infinity;
  return perf.map((value) => {
    lowest = Math.min(lowest, value - (perf[0] ?? 0));
    return lowest;
  });
}

/** Curves in one unit: less the mean of the minima, over the mean range, so that loss and performance can be added. */
function rescaled(
  layers: readonly AllocationLayer[],
  taking: readonly AllocationLayer[],
  sensitivityOf: (layer: AllocationLayer) => number[],
): number[][] {
  const counted = taking.map(sensitivityOf);
  const lowest = meanOf(counted.map((curve) => curve.reduce((least, value) => Math.min(least, value), Infinity)));
  const range = meanOf(counted.map((curve) => Math.abs((curve[comparedPercent] ?? 0) - (curve[0] ?? 0))));
  return layers.map((layer) => sensitivityOf(layer).map((value) => (value - lowest) / (range || 1)));
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * SYSTEMS §6.5: what the layer loses beside what it would lose if loss alone decided. Never above 1: what is spared one layer
 * makes nothing better that is lost in another.
 */
function estimatedRecovery(layer: AllocationLayer, percent: number, percentByLoss: number): number {
  if (percent === 0) return 1;
  const curve = lossSensitivity(layer);
  const [estimated = 0, base = 0] = [curve[percent], curve[percentByLoss]];
  if (percentByLoss === 0) return 0;
  if (estimated === base) return 1;
  return base === 0 ? 0 : Math.min(1, (base - estimated) / base + 1);
}

/**
 * A curve by percent from points of a sensitivity analysis, straight between them and level behind the last.
 *
 * @param points by rising sparsity, above 0
 */
export function curveByPercent(
  baseline: number,
  points: readonly { readonly sparsityFraction: number; readonly value: number }[],
): number[] {
  const known = [{ sparsityFraction: 0, value: baseline }, ...points];
  return Array.from({ length: 100 }, (_, percent) => {
    const at = percent / 100;
    const next = known.findIndex(({ sparsityFraction }) => sparsityFraction >= at);
    const [right, left] = [known[next], known[next - 1]];
    if (right === undefined) return known.at(-1)?.value ?? baseline;
    if (left === undefined || right.sparsityFraction === at) return right.value;
    const share = (at - left.sparsityFraction) / (right.sparsityFraction - left.sparsityFraction);
    return left.value + share * (right.value - left.value);
  });
}
