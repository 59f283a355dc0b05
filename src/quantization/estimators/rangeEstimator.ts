// How the range of an activation is estimated from the figures of single samples (SYSTEMS §7.5, §7.6).
import type { TensorRange } from '../../config/recipe';
import { aggregate } from './aggregators';
import type { Aggregator } from './aggregators';

export const statisticTypes = ['min', 'max', 'abs_max', 'quantile', 'abs_quantile'] as const;

/** What is taken of one sample; a quantile is that of `outlierProb` for the lower end, of 1 − `outlierProb` for the upper. */
export type StatisticType = (typeof statisticTypes)[number];

/** One end of a range. */
export interface EndEstimator {
  readonly type: StatisticType;
  readonly aggregator: Aggregator;
  /** Part of the values beyond the end, for quantiles. */
  readonly outlierProb: number;
  /** The end goes no further from 0 than this, which is above 0. */
  readonly clippingValue?: number;
}

/** Symmetric: the middle of the range is 0, unless nothing is negative; asymmetric: the ends as they are. */
export type RangeMode = 'symmetric' | 'asymmetric';

export interface RangeEstimator {
  readonly mode: RangeMode;
  readonly min: EndEstimator;
  readonly max: EndEstimator;
}

/** `quantile`: the same aggregators over quantiles instead of extremes. */
export type EstimatorPreset = 'default' | 'quantile';

/** Part of the values beyond a quantile, unless told. */
export const outlierProb = 1e-4;

/** The estimators of an activation with one scale (SYSTEMS §7.5, rows pertensor). */
export function defaultEstimator(mode: RangeMode, preset: EstimatorPreset = 'default'): RangeEstimator {
  const isQuantile = preset === 'quantile';
  if (mode === 'symmetric') {
    return {
      mode,
      min: { type: 'min', aggregator: 'min', outlierProb },
      max: { type: isQuantile ? 'abs_quantile' : 'abs_max', aggregator: 'mean', outlierProb },
    };
  }
  return {
    mode,
    min: { type: isQuantile ? 'quantile' : 'min', aggregator: 'mean', outlierProb },
    max: { type: isQuantile ? 'quantile' : 'max', aggregator: 'mean', outlierProb },
  };
}

/** A range is at least so wide: thinner ones are taken for rounding. */
const thinnest = { symmetric: 8e-5, asymmetric: 8e-4 } as const;

const levels = 256;

/** The range from the figures of all samples; an end without a figure is 0. */
export function estimatedRange(
  { mode, min, max }: RangeEstimator,
  lower: readonly number[],
  upper: readonly number[],
): TensorRange {
  const low = clipped(lower.length === 0 ? 0 : aggregate(lower, min.aggregator), min.clippingValue);
  const high = clipped(upper.length === 0 ? 0 : aggregate(upper, max.aggregator), max.clippingValue);
  return mode === 'symmetric' ? symmetricRange(low, Math.abs(high)) : asymmetricRange(low, high);
}

/** 0..max where nothing is negative, else a range whose zero point is exactly the middle level. */
function symmetricRange(low: number, magnitude: number): TensorRange {
  const max = Math.max(magnitude, thinnest.symmetric);
  return low >= 0 ? { min: 0, max } : { min: (-max * levels) / (levels - 2), max };
}

/** Holds 0 on one of its levels: of the two ways to move an end for that, the one that cuts no value off. */
export function asymmetricRange(low: number, high: number): TensorRange {
  const { min, max } = widened(Math.min(low, 0), Math.max(high, 0));
  const last = levels - 1;
  const zero = Math.round((-min * last) / (max - min));
  if (zero === 0) return { min: 0, max: Math.max(max, max - min) };
  if (zero === last) return { min: Math.min(min, min - max), max: 0 };
  const lowered = (zero / (zero - last)) * max;
  return lowered <= min ? { min: lowered, max } : { min, max: ((zero - last) / zero) * min };
}

function widened(min: number, max: number): TensorRange {
  const missing = thinnest.asymmetric - (max - min);
  if (missing <= 0) return { min, max };
  if (min === 0) return { min, max: max + missing };
  return max === 0 ? { min: min - missing, max } : { min: min - missing / 2, max: max + missing / 2 };
}

/** A value brought to `limit` from 0 at most. */
export function clipped(value: number, limit: number | undefined): number {
  return limit === undefined ? value : Math.max(-limit, Math.min(limit, value));
}

/** Whether extremes that the graph finds itself are enough. */
export function needsOnlyExtremes({ min, max }: RangeEstimator): boolean {
  return !min.type.endsWith('quantile') && !max.type.endsWith('quantile');
}

/** A sample in figures of its own: its extremes, and for quantiles its values. */
export function sampleFigure(
  { type, outlierProb }: Pick<EndEstimator, 'type' | 'outlierProb'>,
  end: 'min' | 'max',
  extremes: TensorRange,
  quantileOf: (q: number, ofMagnitudes: boolean) => number,
): number {
  switch (type) {
    case 'min':
      return extremes.min;
    case 'max':
      return extremes.max;
    case 'abs_max':
      return Math.max(Math.abs(extremes.min), Math.abs(extremes.max));
    case 'quantile':
      return quantileOf(end === 'min' ? outlierProb : 1 - outlierProb, false);
    case 'abs_quantile':
      return quantileOf(1 - outlierProb, true);
  }
}
