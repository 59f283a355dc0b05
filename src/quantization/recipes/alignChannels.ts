// ActivationChannelAlignment (SYSTEMS §7.6, stage 1): the channels between two neighbouring convolutions are moved to 0 and
// brought to one width, so that the one scale they share fits all of them.
import { attributeOf } from '../../onnx/graphView';
import type { ModelProto, NodeProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';
import { quantile } from '../estimators/aggregators';
import { counted, intOf, textOf } from '../prepare/preparation';
import { biasPlace, shiftBias } from './biasPlace';
import { ConstantEdits } from './constantEdits';
import { layerPairs } from './layerPairs';
import type { LayerPair } from './layerPairs';
import { rescalePair } from './rescalePair';

/** Lower and upper end of the values of each channel of a tensor. */
export interface ChannelRanges {
  readonly min: Float64Array;
  readonly max: Float64Array;
}

export interface AlignedModel {
  /** Computes the same as the model it was made from, up to rounding; ranges measured before no longer fit. */
  readonly proto: ModelProto;
  readonly notes: readonly string[];
}

/** Factors stay within these: a channel that hardly moves is not blown up without end. */
const smallestFactor = 1e-2;
const largestFactor = 1e2;

/**
 * The pairs of a prepared model that can be aligned: a Conv followed by a Conv of one group without padding, stride or
 * dilation, with nothing between them but constants added to the channels. What an activation such as Relu makes of
 * channels that were moved would not be undone behind it.
 *
 * @param isFree whether the script leaves a node to quantization
 */
export function alignablePairs(model: OnnxModel, isFree: (node: string) => boolean): readonly LayerPair[] {
  return layerPairs(model, new ConstantEdits(model)).filter(
    (pair) => isDirect(pair) && [pair.first, pair.second].every(({ name }) => isFree(name)) && isPlain(pair.second),
  );
}

/** The tensor between the two layers. */
export function tensorBetween({ second }: LayerPair): string {
  return second.input[0] ?? '';
}

/**
 * Aligns the channels between the pairs. Nothing is read but the model's constants.
 *
 * @param ranges by tensor between two layers; pairs without one are left alone
 */
export function alignChannels(
  model: OnnxModel,
  pairs: readonly LayerPair[],
  ranges: ReadonlyMap<string, ChannelRanges>,
): AlignedModel {
  const edits = new ConstantEdits(model);
  let aligned = 0;
  for (const pair of pairs) {
    const found = ranges.get(tensorBetween(pair));
    if (found === undefined) continue;
    align(pair, found, edits);
    aligned++;
  }
  if (aligned === 0) return { proto: model.proto, notes: [] };
  const notes = [`The channels between ${counted(aligned, 'pair')} of convolutions were aligned.`];
  return { proto: edits.toModel(), notes };
}

/** What a channel is wider than the median of those that have a width; 1 for those that have none. */
export function aligningFactors({ min, max }: ChannelRanges): Float64Array {
  const widths = max.map((upper, channel) => upper - (min[channel] ?? 0));
  const positive = [...widths].filter((width) => width > 0);
  if (positive.length === 0) return widths.fill(1);
  const median = quantile(positive, 0.5);
  return widths.map((width) => (width <= 0 ? 1 : Math.min(largestFactor, Math.max(smallestFactor, width / median))));
}

/** Moves the middle of each channel to 0 where both layers have a bias to take that, and divides it by its factor. */
function align(pair: LayerPair, ranges: ChannelRanges, edits: ConstantEdits): void {
  const factors = aligningFactors(ranges);
  const middles = ranges.min.map((lower, channel) => (lower + (ranges.max[channel] ?? 0)) / 2);
  const [first, second] = [biasPlace(edits, pair.first), biasPlace(edits, pair.second)];
  const isMoved = first?.exists === true && second?.exists === true;
  const moved = isMoved ? outputOfConstant(pair, middles, edits) : undefined;
  rescalePair(pair, edits, factors);
  if (first === undefined || second === undefined || moved === undefined) return;
  shiftBias(
    edits,
    first,
    Float32Array.from(middles, (middle, channel) => -middle / (factors[channel] ?? 1)),
  );
  shiftBias(edits, second, moved);
}

/** What the second layer makes of an input with the same value all over each channel: Σ weight · value. */
function outputOfConstant(
  { second, secondLayout }: LayerPair,
  values: Float64Array,
  edits: ConstantEdits,
): Float32Array {
  const weight = edits.read(second, 1).values;
  const sums = new Float64Array(secondLayout.outputs);
  secondLayout.forEachRun((input, output, start, end) => {
    for (let index = start; index < end; index++) {
      sums[output] = (sums[output] ?? 0) + (weight[index] ?? 0) * (values[input] ?? 0);
    }
  });
  return Float32Array.from(sums);
}

function isDirect({ first, second, added }: LayerPair): boolean {
  let [tensor] = first.output;
  for (const { node } of added) {
    if (!node.input.includes(tensor ?? '')) return false;
    [tensor] = node.output;
  }
  return first.opType === 'Conv' && second.opType === 'Conv' && second.input[0] === tensor;
}

/** One group, each input value read at its own place: no border, no gaps. */
function isPlain(node: NodeProto): boolean {
  const all = (name: string, value: number): boolean =>
    (attributeOf(node, name)?.ints ?? []).every((one) => Number(one) === value);
  const padding = textOf(node, 'auto_pad', 'NOTSET');
  const isUnpadded = padding === 'VALID' || (padding === 'NOTSET' && all('pads', 0));
  return isUnpadded && all('strides', 1) && all('dilations', 1) && intOf(node, 'group', 1) === 1;
}
