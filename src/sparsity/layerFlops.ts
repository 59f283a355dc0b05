// How many operations a layer takes for one sample, from its weight and the shape of its output (SYSTEMS §6.2).
import { GraphView, attributeOf } from '../onnx/graphView';
import type { NodeProto } from '../onnx/messages';
import type { PrunableLayer } from '../onnx/prunableLayers';
import type { OnnxModel } from '../onnx/readModel';
import { inferShapes } from '../onnx/shapeInference';
import type { TensorTypes } from '../onnx/shapeInference';
import { elementCount } from '../onnx/tensor';
import type { DimensionSizes } from '../protocol/environment';

/** Operations for one sample: a multiplication with its addition is one, and so is each element of a bias. */
export interface LayerFlops {
  /** Of the weight, at full density. */
  readonly weight: number;
  readonly bias: number;
}

/**
 * Of all nodes that compute with the layer's weight together. A Gemm takes one operation an element of its weight, a Conv
 * Π(kernel) · W[1] · Π(output[1:]); a MatMul is counted like a Gemm for each row it is applied to. Null where a size of the
 * output is not known.
 *
 * @param initializerSize number of elements of a constant; undefined when the name is none
 */
export function layerFlops(
  { nodes, name, readName, weight }: PrunableLayer,
  types: TensorTypes,
  initializerSize: (name: string) => number | undefined,
): LayerFlops | null {
  const dims = readName === name ? weight.dims : knownDims(types.get(readName)?.dims);
  if (dims === undefined) return null;
  let [all, bias] = [0, 0];
  for (const node of nodes) {
    const flops = nodeFlops(node, readName, dims, types.get(node.output[0] ?? '')?.dims);
    if (flops === undefined) return null;
    all += flops;
    bias += node.opType === 'MatMul' ? 0 : (initializerSize(node.input[2] ?? '') ?? 0);
  }
  return { weight: all, bias };
}

/** Operations of a layer; null where a size of its output is not known. */
export type FlopsOf = (layer: PrunableLayer) => LayerFlops | null;

/** Operations of the layers of a model, at the sizes that are given for open dimensions. */
export function flopsIn(model: OnnxModel, dimensions: DimensionSizes): FlopsOf {
  const types = inferShapes(model, dimensions);
  const view = new GraphView(model.graph);
  return (layer) =>
    layerFlops(layer, types, (name) => {
      const tensor = view.initializer(name);
      return tensor === undefined ? undefined : elementCount(tensor.dims);
    });
}

type OutputDims = readonly (number | string | null)[] | undefined;

function knownDims(dims: OutputDims): readonly number[] | undefined {
  const known = dims?.filter((size) => typeof size === 'number');
  return known?.length === dims?.length ? known : undefined;
}

function nodeFlops(node: NodeProto, name: string, dims: readonly number[], output: OutputDims): number | undefined {
  if (node.opType === 'Gemm') return elementCount(dims);
  if (node.opType === 'Conv') {
    const kernel = attributeOf(node, 'kernel_shape')?.ints.map(Number) ?? dims.slice(2);
    return productOf(output?.slice(1), elementCount(kernel) * (dims[1] ?? 1));
  }
  const isRight = node.input[1] === name;
  const contracted = isRight ? dims.at(-2) : dims.at(-1);
  // The first axis is the batch, but for [rows of the weight, columns].
  return productOf(isRight || (output?.length ?? 0) > 2 ? output?.slice(1) : output, contracted ?? 1);
}

function productOf(sizes: OutputDims, factor: number): number | undefined {
  let product = factor;
  for (const size of sizes ?? [null]) {
    if (typeof size !== 'number') return undefined;
    product *= size;
  }
  return product;
}
