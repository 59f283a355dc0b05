// Sensitivities that need no inference: loss from the magnitudes of the weights, speed from operations (SYSTEMS §6.2).
import type { ApproximateLossPoint, ApproximatePerfPoint } from '../protocol/pruning';
import type { LayerFlops } from '../sparsity/layerFlops';

/** Points of a curve over `count` weights: one each, or about a thousand where there are more. */
function pointsOver(count: number): { readonly step: number; readonly points: number } {
  const step = count >= 1000 ? Math.floor(count / 1000) : 1;
  return { step, points: Math.ceil(count / step) };
}

function percentAt(point: number, step: number, count: number): number {
  return Math.min((100 * point * step) / count, 100);
}

/**
 * Point k is the sum of the k · step smallest magnitudes.
 *
 * @param ascending magnitudes of the weights in ascending order
 */
export function approximateLoss(ascending: Float32Array): ApproximateLossPoint[] {
  const { step, points } = pointsOver(ascending.length);
  const curve: ApproximateLossPoint[] = [];
  let loss = 0;
  for (let point = 1; point <= points; point++) {
    for (let index = (point - 1) * step; index < Math.min(point * step, ascending.length); index++) {
      loss += ascending[index] ?? 0;
    }
    curve.push({ loss, sparsityPercent: percentAt(point, step, ascending.length) });
  }
  return curve;
}

/** Operations that are left when zeros cost nothing; those of the bias always are. */
export function approximatePerf(flops: LayerFlops, weightCount: number): ApproximatePerfPoint[] {
  const { step, points } = pointsOver(weightCount);
  return Array.from({ length: points }, (_, index) => {
    const sparsityPercent = percentAt(index + 1, step, weightCount);
    return { flops: flops.weight * (1 - sparsityPercent / 100) + flops.bias, sparsityPercent };
  });
}

/**
 * Loss of magnitude by percent of sparsity, 0…99: the mean of the magnitudes between one percent and the next, 0 at 0 (the
 * profile Sparsify made from weights, SYSTEMS §6.3). Where a percent has no weight of its own, it has the next one's.
 */
export function magnitudeProfile(ascending: Float32Array): number[] {
  const profile = [0];
  let before = 0;
  for (let percent = 1; percent < 100; percent++) {
    const end = Math.round((percent / 100) * ascending.length);
    const first = Math.min(before, ascending.length - 1);
    let sum = 0;
    for (let index = first; index < Math.max(end, first + 1); index++) sum += ascending[index] ?? 0;
    profile.push(sum / (Math.max(end, first + 1) - first));
    before = Math.max(end, before);
  }
  return profile;
}
