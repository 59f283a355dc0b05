// Finds layers whose output channels only one other layer reads, through nodes that a positive factor passes unchanged.
import { isStandardDomain } from '../../onnx/graphView';
import type { NodeProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';
import { inferShapes } from '../../onnx/shapeInference';
import type { TensorTypes } from '../../onnx/shapeInference';
import { normalAxis } from '../../onnx/shapes/dims';
import { attributeOf } from '../../onnx/graphView';
import { intOf, textOf } from '../prepare/preparation';
import type { ConstantEdits } from './constantEdits';
import { weightLayout } from './weightLayout';
import type { WeightLayout } from './weightLayout';

/** A constant added on the way from one layer to the next: it belongs to the output of the first. */
export interface AddedConstant {
  readonly node: NodeProto;
  readonly inputIndex: number;
  /** Elements of the constant for each step along the channel axis. */
  readonly stride: number;
}

/** Two layers: what divides a channel of the first one's output and multiplies it in the second one's weight changes nothing. */
export interface LayerPair {
  readonly first: NodeProto;
  readonly firstLayout: WeightLayout;
  readonly second: NodeProto;
  readonly secondLayout: WeightLayout;
  readonly added: readonly AddedConstant[];
  /** Input channels of the second layer for each output channel of the first: the pixels, where they were flattened. */
  readonly block: number;
}

/** Where the channels of the first layer are in a tensor on the way. */
interface Place {
  readonly tensor: string;
  readonly axis: number;
  readonly rank: number;
  readonly block: number;
}

/** The pairs of a prepared model in graph order; a layer can be the second of one pair and the first of another. */
export function layerPairs(model: OnnxModel, edits: ConstantEdits): LayerPair[] {
  const finder = new PairFinder(model, edits, inferShapes(model));
  return model.graph.node.flatMap((node) => finder.pairFrom(node) ?? []);
}

class PairFinder {
  constructor(
    private readonly model: OnnxModel,
    private readonly edits: ConstantEdits,
    private readonly types: TensorTypes,
  ) {}

  pairFrom(first: NodeProto): LayerPair | undefined {
    const firstLayout = this.ownLayout(first);
    if (firstLayout === undefined || !this.hasScalableBias(first, firstLayout.outputs)) return undefined;
    const added: AddedConstant[] = [];
    for (let place = this.outputOf(first); place !== undefined;) {
      const reader = this.onlyReader(place.tensor);
      if (reader === undefined || !isStandardDomain(reader.node.domain)) return undefined;
      const { node, inputIndex } = reader;
      const secondLayout = inputIndex === 0 ? this.secondLayout(node, place) : undefined;
      if (secondLayout !== undefined) {
        if (secondLayout.inputs !== firstLayout.outputs * place.block) return undefined;
        return { first, firstLayout, second: node, secondLayout, added, block: place.block };
      }
      const constant = this.addedConstant(node, inputIndex, place, firstLayout.outputs);
      if (constant !== undefined) added.push(constant);
      else if (inputIndex !== 0) return undefined;
      place = constant === undefined ? this.through(node, place) : { ...place, tensor: node.output[0] ?? '' };
    }
    return undefined;
  }

  /** The layout of a weight that only this node reads. */
  private ownLayout(node: NodeProto): WeightLayout | undefined {
    const weight = this.edits.constant(node, 1);
    return weight !== undefined && this.edits.isOwn(node, 1) ? weightLayout(node, weight.dims) : undefined;
  }

  private hasScalableBias(node: NodeProto, channels: number): boolean {
    if (node.opType === 'MatMul' || (node.input[2] ?? '') === '') return true;
    const dims = this.edits.constant(node, 2)?.dims;
    return dims?.at(-1) === channels && dims.every((size, axis) => axis === dims.length - 1 || size === 1);
  }

  private outputOf(node: NodeProto): Place | undefined {
    const [tensor = ''] = node.output;
    const weightRank = this.edits.constant(node, 1)?.dims.length ?? 0;
    const rank = node.opType === 'MatMul' ? this.types.get(tensor)?.dims?.length : weightRank;
    if (rank === undefined || rank < 2) return undefined;
    return { tensor, rank, axis: node.opType === 'MatMul' ? rank - 1 : 1, block: 1 };
  }

  private onlyReader(tensor: string): { node: NodeProto; inputIndex: number } | undefined {
    const { view } = this.edits;
    const [reader, ...others] = view.consumers(tensor);
    const elsewhere = view.isGraphOutput(tensor) || view.readBySubgraphs.has(tensor);
    return others.length > 0 || elsewhere ? undefined : reader;
  }

  private secondLayout(node: NodeProto, { axis, rank }: Place): WeightLayout | undefined {
    const readsChannels =
      node.opType === 'MatMul' ? axis === rank - 1 : axis === 1 && (node.opType !== 'Gemm' || rank === 2);
    if (!readsChannels || (node.opType === 'Gemm' && intOf(node, 'transA', 0) !== 0)) return undefined;
    return this.ownLayout(node);
  }

  private addedConstant(
    node: NodeProto,
    inputIndex: number,
    { axis, rank, block }: Place,
    channels: number,
  ): AddedConstant | undefined {
    if (node.opType !== 'Add' || block !== 1) return undefined;
    const other = 1 - inputIndex;
    const dims = this.edits.constant(node, other)?.dims;
    if (dims === undefined || dims.length > rank) return undefined;
    const ownAxis = axis - (rank - dims.length);
    if (dims[ownAxis] !== channels) return undefined;
    return { node, inputIndex: other, stride: dims.slice(ownAxis + 1).reduce((all, size) => all * size, 1) };
  }

  /** Where the channels are behind a node that gives f(a·x) = a·f(x), channel by channel; undefined for other nodes. */
  private through(node: NodeProto, place: Place): Place | undefined {
    const [tensor = ''] = node.output;
    switch (node.opType) {
      case 'Identity':
      case 'Relu':
      case 'LeakyRelu':
      case 'PRelu':
        return { ...place, tensor };
      case 'MaxPool':
      case 'AveragePool':
      case 'GlobalAveragePool':
      case 'GlobalMaxPool':
        return place.axis === 1 && place.rank > 2 ? { ...place, tensor } : undefined;
      case 'ReduceMean':
        return this.throughMean(node, place);
      case 'Pad':
        return this.padsWithZeros(node, place) ? { ...place, tensor } : undefined;
      case 'Flatten':
      case 'Reshape':
      case 'Squeeze':
        return this.throughFlattening(node, place);
      default:
        return undefined;
    }
  }

  /** Channels stay axis 1; everything behind them becomes part of it. */
  private throughFlattening(node: NodeProto, { axis, block }: Place): Place | undefined {
    const [tensor = ''] = node.output;
    const before = this.types.get(node.input[0] ?? '')?.dims ?? [];
    const after = this.types.get(tensor)?.dims;
    const sizes = before.slice(1).filter((size) => typeof size === 'number');
    if (axis !== 1 || sizes.length !== before.length - 1 || after?.length !== 2) return undefined;
    const [, ...pixels] = sizes;
    if (after[1] !== sizes.reduce((all, size) => all * size, 1)) return undefined;
    return { tensor, axis, rank: 2, block: block * pixels.reduce((all, size) => all * size, 1) };
  }

  private throughMean(node: NodeProto, place: Place): Place | undefined {
    const axes = attributeOf(node, 'axes')?.ints.map(Number) ?? this.integers(node.input[1]) ?? [];
    const normal = axes.map((axis) => normalAxis(axis, place.rank) ?? -1);
    if (normal.length === 0 || normal.some((axis) => axis <= place.axis)) return undefined;
    const rank = intOf(node, 'keepdims', 1) === 0 ? place.rank - normal.length : place.rank;
    return { ...place, tensor: node.output[0] ?? '', rank };
  }

  private padsWithZeros(node: NodeProto, { axis, rank }: Place): boolean {
    const pads = this.integers(node.input[1]);
    if (pads?.length !== 2 * rank || (node.input[3] ?? '') !== '') return false;
    if (pads[axis] !== 0 || pads[axis + rank] !== 0) return false;
    if (textOf(node, 'mode', 'constant') !== 'constant' || (node.input[2] ?? '') === '') return true;
    const value = this.edits.constant(node, 2);
    return value !== undefined && this.model.tensors.floats(value)[0] === 0;
  }

  private integers(name = ''): number[] | undefined {
    const tensor = this.edits.view.initializer(name);
    return tensor === undefined ? undefined : this.model.tensors.integers(tensor);
  }
}
