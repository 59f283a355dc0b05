// A Gaussian process with a Matérn 5/2 kernel: what is to be expected at a point nobody has looked at.
import type { CholeskyFactor } from './cholesky';
import { choleskyOf, halfLogDeterminant, solveLower, solveUpper } from './cholesky';

/** Mean and standard deviation of the value at a point, in the unit of the targets. */
export interface Prediction {
  readonly mean: number;
  readonly deviation: number;
}

export interface GaussianProcess {
  readonly lengthScale: number;
  readonly logMarginalLikelihood: number;
  predict(point: ArrayLike<number>): Prediction;
}

/** Added to the kernel's diagonal: the variance of the noise, in units of the targets' variance (SYSTEMS §3.3). */
const noiseVariance = 1e-6;

/**
 * Fits a process to values at points (Rasmussen & Williams, Gaussian Processes for Machine Learning, algorithm 2.1).
 * Targets are brought to mean 0 and deviation 1 first; the kernel has variance 1 and one length scale for all
 * dimensions.
 *
 * @param points at least one, all of the same length.
 * @param targets a finite value for each.
 * @param lengthScale absent: the one with the largest marginal likelihood.
 */
export function fitGaussianProcess(
  points: readonly ArrayLike<number>[],
  targets: readonly number[],
  lengthScale?: number,
): GaussianProcess {
  const { mean, deviation } = momentsOf(targets);
  const normalized = targets.map((target) => (target - mean) / deviation);
  const distances = pairwiseDistances(points);
  const scale = lengthScale ?? bestLengthScale(distances, normalized);
  const { factor, weights, logMarginalLikelihood } = posteriorOf(distances, normalized, scale);
  // A search asks for tens of thousands of points: the kernel is written into the same place each time.
  const kernel = new Float64Array(points.length);
  const predict = (point: ArrayLike<number>): Prediction => {
    for (const [index, other] of points.entries()) kernel[index] = matern52(distance(point, other), scale);
    const expected = mean + deviation * dot(kernel, weights);
    const explained = solveLower(factor, kernel, kernel);
    return { mean: expected, deviation: deviation * Math.sqrt(Math.max(0, 1 - dot(explained, explained))) };
  };
  return { lengthScale: scale, logMarginalLikelihood, predict };
}

/** Covariance of two values this far apart: (1 + a + a²/3)·e^−a with a = √5·distance / lengthScale. */
export function matern52(distanceApart: number, lengthScale: number): number {
  const scaled = (Math.sqrt(5) * distanceApart) / lengthScale;
  return (1 + scaled + (scaled * scaled) / 3) * Math.exp(-scaled);
}

interface Posterior {
  readonly factor: CholeskyFactor;
  /** (K + noise)⁻¹ · targets. */
  readonly weights: Float64Array;
  readonly logMarginalLikelihood: number;
}

/** @param targets normalized. */
function posteriorOf(distances: Float64Array, targets: readonly number[], lengthScale: number): Posterior {
  const size = targets.length;
  const factor = factorOf(distances, size, lengthScale);
  const weights = solveUpper(factor, solveLower(factor, targets));
  const logMarginalLikelihood =
    -0.5 * dot(targets, weights) - halfLogDeterminant(factor) - (size / 2) * Math.log(2 * Math.PI);
  return { factor, weights, logMarginalLikelihood };
}

/** Rounding can leave a kernel of nearly equal points not quite positive: then more noise is assumed. */
function factorOf(distances: Float64Array, size: number, lengthScale: number): CholeskyFactor {
  const kernel = distances.map((apart) => matern52(apart, lengthScale));
  for (let noise = noiseVariance; ; noise *= 10) {
    for (let row = 0; row < size; row++) kernel[row * size + row] = 1 + noise;
    const factor = choleskyOf(kernel, size);
    if (factor !== undefined) return factor;
  }
}

/** Length scales are looked for between these, as powers of ten; points are whole numbers, so their unit is 1. */
const logScaleFrom = -2;
const logScaleTo = 4;
const gridSteps = 24;
const refinements = 16;

/**
 * The length scale with the largest marginal likelihood: the best of a logarithmic grid, then golden-section search
 * between its neighbours (Kiefer 1953). The originals restart a gradient method; one dimension needs none.
 */
function bestLengthScale(distances: Float64Array, targets: readonly number[]): number {
  const step = (logScaleTo - logScaleFrom) / gridSteps;
  const likelihoodAt = (logScale: number): number =>
    posteriorOf(distances, targets, 10 ** logScale).logMarginalLikelihood;
  let best = logScaleFrom;
  let bestLikelihood = -Infinity;
  for (let index = 0; index <= gridSteps; index++) {
    const likelihood = likelihoodAt(logScaleFrom + index * step);
    if (likelihood > bestLikelihood) [best, bestLikelihood] = [logScaleFrom + index * step, likelihood];
  }
  const refined = goldenSection(likelihoodAt, best - step, best + step);
  // The likelihood may have more than one peak between the neighbours.
  return 10 ** (likelihoodAt(refined) > bestLikelihood ? refined : best);
}

/** Where a function with one peak in [from, to] has it, within (to − from) · 0.618^refinements. */
function goldenSection(valueAt: (x: number) => number, from: number, to: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [from, to];
  let [left, right] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [leftValue, rightValue] = [valueAt(left), valueAt(right)];
  for (let step = 0; step < refinements; step++) {
    if (leftValue < rightValue) {
      [low, left, leftValue] = [left, right, rightValue];
      right = low + ratio * (high - low);
      rightValue = valueAt(right);
    } else {
      [high, right, rightValue] = [right, left, leftValue];
      left = high - ratio * (high - low);
      leftValue = valueAt(left);
    }
  }
  return (low + high) / 2;
}

/** Mean and population deviation, 1 where all values are equal. */
function momentsOf(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: variance > 0 ? Math.sqrt(variance) : 1 };
}

function pairwiseDistances(points: readonly ArrayLike<number>[]): Float64Array {
  const size = points.length;
  const distances = new Float64Array(size * size);
  points.forEach((one, row) => {
    points.forEach((other, column) => {
      distances[row * size + column] = distance(one, other);
    });
  });
  return distances;
}

function distance(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < one.length; index++) sum += ((one[index] ?? 0) - (other[index] ?? 0)) ** 2;
  return Math.sqrt(sum);
}

function dot(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < one.length; index++) sum += (one[index] ?? 0) * (other[index] ?? 0);
  return sum;
}
