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
  /** Layers that would get less stay dense. */
  readonly minSparsityFraction: number;
  /** Layers whose estimated recovery would be lower stay dense. */
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
 * Mean sparsity (0…1) of the layers that take part, 0 without any. It is below the target where some of them stay dense:
 * their share is not given to others.
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
 * The sparsity of each layer, in order: percent by percent, the layer to which the next one costs least is given it.
 *
 * @param overrides sparsities that a person chose, by name; they stand beside what is shared out
 */
export function allocateSparsity(
  layers: readonly AllocationLayer[],
  settings: AllocationSettings,
  overrides: ReadonlyMap<string, number> = new Map(),
): LayerAllocation[] {
  const percents = sharedOut(layers, settings);
  const byLoss = settings.lossWeight === 1 ? percents : sharedOut(layers, { ...settings, lossWeight: 1 });
  return layers.map((layer, index) => {
    const recoveryAt = (percent: number): number => estimatedRecovery(layer, percent, byLoss[index] ?? 0);
    const chosen = overrides.get(layer.name);
    if (chosen !== undefined) {
      return {
        name: layer.name,
        sparsityFraction: chosen,
        estimatedRecovery: recoveryAt(Math.min(99, Math.round(chosen * 100))),
      };
    }
    const percent = percents[index] ?? 0;
    const isFiltered = percent < settings.minSparsityFraction * 100 || recoveryAt(percent) < settings.minRecovery;
    const kept = isFiltered ? 0 : percent;
    return { name: layer.name, sparsityFraction: kept / 100, estimatedRecovery: recoveryAt(kept) };
  });
}

/** Percent by layer before filters. */
function sharedOut(layers: readonly AllocationLayer[], { targetFraction, lossWeight }: AllocationSettings): number[] {
  const costs = costCurves(layers, lossWeight);
  const percents = layers.map(() => 0);
  const taking = layers.flatMap(({ isSkipped }, index) => (isSkipped ? [] : [index]));
  const steps = Math.round(taking.length * 100 * targetFraction);
  for (let step = 0; step < steps; step++) {
    let cheapest = -1;
    let least = Infinity;
    for (const index of taking) {
      const next = (percents[index] ?? 0) + 1;
      const cost = next > largestPercent ? Infinity : (costs[index]?.[next] ?? Infinity);
      if (cost < least) [cheapest, least] = [index, cost];
    }
    if (cheapest < 0) break;
    percents[cheapest] = (percents[cheapest] ?? 0) + 1;
  }
  return percents;
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

/** SYSTEMS §6.5: what the layer loses beside what it would lose if loss alone decided. */
function estimatedRecovery(layer: AllocationLayer, percent: number, percentByLoss: number): number {
  if (percent === 0) return 1;
  const curve = lossSensitivity(layer);
  const [estimated = 0, base = 0] = [curve[percent], curve[percentByLoss]];
  if (percentByLoss === 0) return 0;
  if (estimated === base) return 1;
  return base === 0 ? 0 : (base - estimated) / base + 1;
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
