// The Hodges–Lehmann estimate of a centre with Wilcoxon's signed-rank interval: no assumption but symmetry.
import { quantile, sorted } from './statistics';

/** A centre and where it lies with at least the confidence asked for; no interval where the values are too few for it. */
export interface CentreEstimate {
  readonly centre: number;
  readonly interval: readonly [number, number] | null;
}

/**
 * Estimates the centre of values drawn from a symmetric distribution (Hollander & Wolfe, Nonparametric Statistical
 * Methods, §3.2–3.3): the median of all pairwise means, and those of them that bound it. One wild value in ten moves
 * neither. 95 % takes six values at least, 99 % eight. Meant for tens of values: the pairs are all made.
 */
export function estimateCentre(values: readonly number[], confidence: number): CentreEstimate {
  const means = sorted(pairwiseMeans(values));
  const outside = meansOutside(values.length, (1 - confidence) / 2);
  const low = means[outside - 1];
  const high = means[means.length - outside];
  return { centre: quantile(means, 0.5), interval: low === undefined || high === undefined ? null : [low, high] };
}

/** (vᵢ + vⱼ) / 2 for all i ≤ j. */
function pairwiseMeans(values: readonly number[]): number[] {
  return values.flatMap((value, index) => values.slice(index).map((other) => (value + other) / 2));
}

/**
 * How many pairwise means lie before the interval's lower end, that end included: the largest k with P(W < k) ≤ tail,
 * where W, the sum of the ranks of the positive values, is distributed as a sum of each rank 1…n with probability ½.
 */
function meansOutside(count: number, tail: number): number {
  const largest = (count * (count + 1)) / 2;
  const probability = new Float64Array(largest + 1);
  probability[0] = 1;
  for (let rank = 1; rank <= count; rank++) {
    for (let sum = largest; sum >= 0; sum--) {
      probability[sum] = ((probability[sum] ?? 0) + (probability[sum - rank] ?? 0)) / 2;
    }
  }
  let outside = 0;
  let atMost = probability[0];
  while (outside <= largest && atMost <= tail) {
    outside++;
    atMost += probability[outside] ?? 0;
  }
  return outside;
}
