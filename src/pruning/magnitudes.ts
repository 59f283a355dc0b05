// Magnitude pruning of one weight: which of its elements are the smallest, and the tensor without them.
import { makeTensor } from '../onnx/makeMessages';
import type { TensorProto } from '../onnx/messages';
import type { Tensor, TensorType } from '../onnx/tensor';
import { dataTypeName } from '../onnx/dataTypes';
import type { TensorReader } from '../onnx/tensorReader';

/** How many of `count` weights a sparsity (fraction 0…1) takes: rounded up, as one that is asked for is reached. */
export function prunedCount(count: number, sparsityFraction: number): number {
  // 10 · 0.7 is a little more than 7 in binary; it must not become 8.
  return Math.min(count, Math.ceil(Number((count * sparsityFraction).toPrecision(12))));
}

/** float32, float64, and the bit patterns of float16. */
type WeightElements = Float32Array | Float64Array | Uint16Array;

/**
 * The weights of one layer, ranked by magnitude once for all the sparsities that are asked for. Among equal magnitudes
 * the earlier element counts as the smaller, so that the same sparsity always gives the same mask.
 */
export class RankedWeights {
  /** |w| ascending; what is not a number comes last. */
  readonly ascending: Float32Array;
  private readonly magnitudes: Float32Array;
  private readonly elements: WeightElements;

  constructor(
    private readonly tensor: TensorProto,
    reader: TensorReader,
  ) {
    this.magnitudes = reader.floats(tensor).map(Math.abs);
    this.ascending = this.magnitudes.toSorted();
    const elements = reader.values(tensor);
    const isFloat =
      elements instanceof Float32Array || elements instanceof Float64Array || elements instanceof Uint16Array;
    if (!isFloat) throw new RangeError('a prunable weight holds floating point numbers');
    this.elements = elements;
  }

  get count(): number {
    return this.magnitudes.length;
  }

  /** A copy of the elements, bit patterns for half precision, with the smallest `sparsityFraction` of them 0. */
  pruned(sparsityFraction: number): WeightElements {
    const wanted = prunedCount(this.count, sparsityFraction);
    const elements = this.elements.slice();
    const threshold = wanted === 0 ? -1 : (this.ascending[wanted - 1] ?? NaN);
    let equalLeft = wanted - this.below(threshold, wanted);
    for (let index = 0; index < this.count; index++) {
      const magnitude = this.magnitudes[index] ?? NaN;
      const isPruned = magnitude < threshold || (magnitude === threshold && equalLeft-- > 0);
      // The bit pattern 0 is the number 0, too.
      if (isPruned) elements[index] = 0;
    }
    return elements;
  }

  /** The weight as the model would hold it, under its own name. */
  prunedProto(sparsityFraction: number): TensorProto {
    const { name, dataType, dims } = this.tensor;
    return makeTensor(name, dataType, dims, this.pruned(sparsityFraction));
  }

  /** The weight as the engine is fed it; under the type it has there. */
  prunedTensor(sparsityFraction: number): Tensor {
    const { dataType, dims } = this.tensor;
    return { type: dataTypeName(dataType) as TensorType, dims, data: this.pruned(sparsityFraction) };
  }

  /** How many of the `wanted` smallest are smaller than the threshold. */
  private below(threshold: number, wanted: number): number {
    let index = wanted;
    while (index > 0 && (this.ascending[index - 1] ?? NaN) >= threshold) index--;
    return index;
  }
}
