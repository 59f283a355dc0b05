// Ranges of weights that are not their extremes: quantiles, or ends that are cut (SYSTEMS §7.5, range_estimator of weights).
import type { WeightRange, WeightRangeEnd } from '../../config/recipe';
import { forEachChannelRun, rangeOf } from '../numberScheme';
import { quantileOf } from './quantiles';
import { clipped, sampleFigure } from './rangeEstimator';

/** One smallest and one largest value for each channel. */
export interface ChannelRanges {
  readonly min: Float32Array;
  readonly max: Float32Array;
}

/**
 * The ranges of a weight, one for each index of `axis`, or one of all its values. NaN and infinities do not count.
 *
 * @param symmetric the upper end alone decides: the range is as wide below 0
 */
export function weightRanges(
  values: Float32Array,
  { dims, axis }: { readonly dims: readonly number[]; readonly axis: number | undefined },
  symmetric: boolean,
  { min, max }: WeightRange,
): ChannelRanges {
  const channels = axis === undefined ? [values] : channelsOf(values, dims, axis);
  const ranges = channels.map((channel) => {
    const high = endOf(channel, max, 'max');
    return symmetric ? { low: -Math.abs(high), high: Math.abs(high) } : { low: endOf(channel, min, 'min'), high };
  });
  return { min: Float32Array.from(ranges, ({ low }) => low), max: Float32Array.from(ranges, ({ high }) => high) };
}

function endOf(values: Float32Array, end: WeightRangeEnd, side: 'min' | 'max'): number {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return 0;
  const figure = sampleFigure(end, side, rangeOf(finite), (q, ofMagnitudes) =>
    quantileOf(ofMagnitudes ? finite.map(Math.abs) : finite, q),
  );
  return clipped(figure, end.clippingValue);
}

function channelsOf(values: Float32Array, dims: readonly number[], axis: number): readonly Float32Array[] {
  const count = dims[axis] ?? 0;
  const channels = Array.from({ length: count }, () => new Float32Array(values.length / count));
  const filled = new Uint32Array(count);
  forEachChannelRun(dims, axis, (channel, start, end) => {
    channels[channel]?.set(values.subarray(start, end), filled[channel]);
    filled[channel] = (filled[channel] ?? 0) + end - start;
  });
  return channels;
}
