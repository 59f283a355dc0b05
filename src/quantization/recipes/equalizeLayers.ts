// Cross-layer equalization: neighbouring layers share out the magnitudes of the channels between them, so that one scale
// fits all channels (M. Nagel et al., Data-Free Quantization Through Weight Equalization and Bias Correction, 2019, §4.1).
import type { ModelProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';
import { counted } from '../prepare/preparation';
import { ConstantEdits } from './constantEdits';
import { layerPairs } from './layerPairs';
import type { LayerPair } from './layerPairs';
import { offsetsOf, rescalePair } from './rescalePair';
import type { Offsets } from './rescalePair';
import { largestOfInputs, largestOfOutputs } from './weightLayout';

export interface EqualizedModel {
  /** Computes the same as the model it was made from, up to rounding; ranges measured before no longer fit. */
  readonly proto: ModelProto;
  /** How many pairs of layers there are: none, and `proto` is the model as it was. */
  readonly pairs: number;
  readonly notes: readonly string[];
}

/** A layer between two others belongs to two pairs: they are gone over until nothing changes. */
const mostRounds = 20;
/** Factors this near to 1, as a difference of logarithms, count as nothing changed. */
const smallestChange = 1e-3;
/** A channel this much smaller than the largest of its layer is dead: to blow it up would only amplify its bias. */
const smallestPart = 1e-6;

/**
 * Equalizes Conv, ConvTranspose, Gemm and MatMul layers with constant weights that follow each other directly, or with
 * bias Add, Relu, LeakyRelu, PRelu, pooling, zero Pad, spatial mean or flattening between them, where nothing else reads
 * what lies between. Not across Clip (ReLU6): scaling would move its bounds. `model` is a prepared float model.
 */
export function equalizeLayers(model: OnnxModel): EqualizedModel {
  const edits = new ConstantEdits(model);
  const pairs = layerPairs(model, edits);
  if (pairs.length === 0) return { proto: model.proto, pairs: 0, notes: [] };
  for (let round = 0; round < mostRounds; round++) {
    let change = 0;
    for (const pair of pairs) change = Math.max(change, equalize(pair, edits));
    if (change < smallestChange) break;
  }
  const notes = [`The channels between ${counted(pairs.length, 'pair')} of layers were equalized.`];
  return { proto: edits.toModel(), pairs: pairs.length, notes };
}

/** Equalizes a pair once; answers the logarithm of the largest factor. */
function equalize(pair: LayerPair, edits: ConstantEdits): number {
  const { first, firstLayout, second, secondLayout, block } = pair;
  const outputs = largestOfOutputs(firstLayout, edits.open(first, 1).values);
  const inputs = largestOfBlocks(largestOfInputs(secondLayout, edits.open(second, 1).values), block);
  const factors = equalizingFactors(outputs, inputs, largestOffsets(offsetsOf(pair, edits), firstLayout.outputs));
  rescalePair(pair, edits, factors);
  return factors.reduce((largest, factor) => Math.max(largest, Math.abs(Math.log(factor))), 0);
}

/**
 * s = √(r₁·r₂) / r₂ for each channel, so that both sides become √(r₁·r₂); 1 for dead channels. Dividing by a small s
 * makes a bias larger: never larger than the largest of the layer, or one channel would widen the range of all.
 *
 * @param outputs r₁, largest magnitude of each output channel of the first weight
 * @param inputs r₂, largest magnitude of each input channel of the second weight
 * @param offsets largest magnitude of what is added to each channel between the two
 */
export function equalizingFactors(outputs: Float32Array, inputs: Float32Array, offsets: Float32Array): Float64Array {
  const smallestOutput = smallestPart * largestOf(outputs);
  const smallestInput = smallestPart * largestOf(inputs);
  const largestOffset = largestOf(offsets);
  return Float64Array.from(outputs, (output, channel) => {
    const input = inputs[channel] ?? 0;
    if (output <= smallestOutput || input <= smallestInput) return 1;
    const lowest = largestOffset > 0 ? (offsets[channel] ?? 0) / largestOffset : 0;
    return Math.max(Math.sqrt(output * input) / input, lowest);
  });
}

function largestOffsets(offsets: readonly Offsets[], channels: number): Float32Array {
  const largest = new Float32Array(channels);
  for (const { values, stride } of offsets) {
    values.forEach((value, index) => {
      const channel = Math.floor(index / stride) % channels;
      largest[channel] = Math.max(largest[channel] ?? 0, Math.abs(value));
    });
  }
  return largest;
}

function largestOf(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, value), 0);
}

function largestOfBlocks(values: Float32Array, block: number): Float32Array {
  const largest = new Float32Array(values.length / block);
  values.forEach((value, index) => {
    const channel = Math.floor(index / block);
    largest[channel] = Math.max(largest[channel] ?? 0, value);
  });
  return largest;
}
