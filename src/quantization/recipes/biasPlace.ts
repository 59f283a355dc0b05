// Where the bias of a layer is, or where it would be put.
import type { NodeProto } from '../../onnx/messages';
import { elementCount } from '../../onnx/tensor';
import { floatOf } from '../prepare/preparation';
import type { ConstantEdits } from './constantEdits';
import { weightLayout } from './weightLayout';

export interface BiasPlace {
  readonly node: NodeProto;
  readonly inputIndex: number;
  /** False for an optional input that is left out so far. */
  readonly exists: boolean;
  /** What the node multiplies its bias with. */
  readonly factor: number;
  readonly channels: number;
}

/**
 * The constant bias of a Conv, ConvTranspose, Gemm or MatMul with a constant weight; for MatMul that of the Add behind
 * it. Undefined where there is none and none can be given without another node, and where it is not one value a channel.
 */
export function biasPlace(edits: ConstantEdits, node: NodeProto): BiasPlace | undefined {
  const dims = edits.constant(node, 1)?.dims;
  const channels = dims === undefined ? undefined : weightLayout(node, dims)?.outputs;
  if (channels === undefined) return undefined;
  if (node.opType === 'MatMul') return placeInAdd(edits, node, channels);
  const factor = node.opType === 'Gemm' ? floatOf(node, 'beta', 1) : 1;
  const exists = (node.input[2] ?? '') !== '';
  if (factor === 0 || (exists && !isVector(edits, node, 2, channels))) return undefined;
  return { node, inputIndex: 2, exists, factor, channels };
}

/** Adds `shift`, one number a channel, to what the layer gives. */
export function shiftBias(edits: ConstantEdits, place: BiasPlace, shift: Float32Array): void {
  const { node, inputIndex, exists, factor, channels } = place;
  const old = exists ? edits.read(node, inputIndex) : { dims: [], values: Float32Array.of(0) };
  const isSingle = old.values.length === 1;
  const values = shift.map((value, channel) => (old.values[isSingle ? 0 : channel] ?? 0) + value / factor);
  edits.set(node, inputIndex, { dims: isSingle ? [channels] : old.dims, values });
}

function placeInAdd(edits: ConstantEdits, node: NodeProto, channels: number): BiasPlace | undefined {
  const [output = ''] = node.output;
  const [reader, ...others] = edits.view.consumers(output);
  const isReadElsewhere = edits.view.isGraphOutput(output) || edits.view.readBySubgraphs.has(output);
  if (reader?.node.opType !== 'Add' || others.length > 0 || isReadElsewhere) return undefined;
  const inputIndex = 1 - reader.inputIndex;
  if (!isVector(edits, reader.node, inputIndex, channels)) return undefined;
  return { node: reader.node, inputIndex, exists: true, factor: 1, channels };
}

/** One value for each channel, on the last axis, or one for all. */
function isVector(edits: ConstantEdits, node: NodeProto, inputIndex: number, channels: number): boolean {
  const dims = edits.constant(node, inputIndex)?.dims;
  if (dims === undefined) return false;
  const count = elementCount(dims);
  return (count === channels && dims.at(-1) === channels) || (count === 1 && dims.length <= 1);
}
