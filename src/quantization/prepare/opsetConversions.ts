// How a node of an older operator set is written in a newer one: a table of the ops whose signature changed from 7 to 13.
//
// Ops that are not listed kept their meaning (new versions only added element types, negative axes or attributes whose
// default is the old behaviour). Source: the operator changelog of the ONNX specification.
import { DataType } from '../../onnx/dataTypes';
import { attributeOf } from '../../onnx/graphView';
import { intAttribute, makeNode, stringAttribute } from '../../onnx/makeMessages';
import type { NodeProto } from '../../onnx/messages';
import type { TensorData } from '../../onnx/tensor';
import { floatOf, intOf, textOf, withoutAttributes } from './preparation';

/** Why a node cannot be written in the next operator set, in words that complete "… cannot be brought up: ". */
export class Refusal {
  constructor(readonly reason: string) {}
}

/** What a conversion may ask and add. */
export interface RaisingContext {
  /** Adds a constant that every graph of the model can read; returns its name. */
  constant(wantedName: string, dataType: number, dims: readonly number[], data: TensorData): string;
  uniqueName(wanted: string): string;
  rankOf(tensor: string): number | undefined;
  dataTypeOf(tensor: string): number | undefined;
  /** Whether any node or graph output of the model reads the tensor. */
  isRead(tensor: string): boolean;
  constantFloats(tensor: string): readonly number[] | undefined;
}

export type Conversion = (node: NodeProto, context: RaisingContext) => readonly NodeProto[] | Refusal;

/** Conversions by the operator set version that introduced the change, then by op type. */
export const opsetConversions: ReadonlyMap<number, Readonly<Record<string, Conversion>>> = new Map([
  [9, { BatchNormalization: dropSpatial, Upsample: upsampleScalesToInput, Scan: refuseScan }],
  [10, { Dropout: cutDropoutMask, Slice: sliceToInputs, TopK: topKToInput, Upsample: upsampleToResize }],
  [11, { Clip: clipToInputs, Pad: padToInputs, Resize: resizeWithModes, Scatter: renameScatter }],
  [12, { Dropout: dropoutRatioToInput }],
  [
    13,
    {
      Squeeze: intsToInput('axes'),
      Unsqueeze: intsToInput('axes'),
      ReduceSum: intsToInput('axes'),
      Split: intsToInput('split'),
      Softmax: softmaxOverLastAxes,
      LogSoftmax: softmaxOverLastAxes,
      Hardmax: softmaxOverLastAxes,
    },
  ],
]);

function dropSpatial(node: NodeProto): readonly NodeProto[] | Refusal {
  if (intOf(node, 'spatial', 1) !== 1) {
    return new Refusal('its attribute spatial=0 (one mean for each pixel) was removed in operator set 9');
  }
  return [withoutAttributes(node, 'spatial')];
}

function refuseScan(): Refusal {
  return new Refusal('Scan has another signature since operator set 9');
}

function upsampleScalesToInput(node: NodeProto, context: RaisingContext): readonly NodeProto[] | Refusal {
  const scales = attributeOf(node, 'scales')?.floats;
  if (scales === undefined) return new Refusal('it has no scales');
  const input = context.constant(`${node.name}_scales`, DataType.float32, [scales.length], Float32Array.from(scales));
  return [withoutAttributes({ ...node, input: [firstInput(node), input] }, 'scales')];
}

function upsampleToResize(node: NodeProto): readonly NodeProto[] {
  return [{ ...node, opType: 'Resize' }];
}

/** Resize of operator set 10 maps by x/scale; its nearest takes the floor when it enlarges and the ceiling when it shrinks. */
function resizeWithModes(node: NodeProto, context: RaisingContext): readonly NodeProto[] | Refusal {
  const scalesInput = node.input[1] ?? '';
  const attributes = [...node.attribute, stringAttribute('coordinate_transformation_mode', 'asymmetric')];
  if (textOf(node, 'mode', 'nearest') === 'nearest') {
    const scales = context.constantFloats(scalesInput);
    if (scales === undefined)
      return new Refusal('the rounding of its mode nearest depends on scales that are not constant');
    const shrinks = scales.some((scale) => scale < 1);
    if (shrinks && scales.some((scale) => scale > 1)) {
      return new Refusal('it enlarges one axis and shrinks another, which later operator sets round differently');
    }
    attributes.push(stringAttribute('nearest_mode', shrinks ? 'ceil' : 'floor'));
  }
  return [{ ...node, input: [firstInput(node), '', scalesInput], attribute: attributes }];
}

/** The mask became bool in 10; inference has no use for it. */
function cutDropoutMask(node: NodeProto, context: RaisingContext): readonly NodeProto[] | Refusal {
  const [data = '', mask = ''] = node.output;
  if (mask !== '' && context.isRead(mask)) return new Refusal('its mask is read, and masks changed their element type');
  return [{ ...node, output: [data] }];
}

function dropoutRatioToInput(node: NodeProto, context: RaisingContext): readonly NodeProto[] | Refusal {
  const ratio = floatOf(node, 'ratio', 0.5);
  const input = context.constant(`${node.name}_ratio`, DataType.float32, [], Float32Array.of(ratio));
  return [withoutAttributes({ ...node, input: [firstInput(node), input] }, 'ratio')];
}

function sliceToInputs(node: NodeProto, context: RaisingContext): readonly NodeProto[] {
  const input = [firstInput(node)];
  for (const name of ['starts', 'ends', 'axes']) {
    const values = attributeOf(node, name)?.ints;
    if (values !== undefined) input.push(int64Constant(context, `${node.name}_${name}`, values));
  }
  return [withoutAttributes({ ...node, input }, 'starts', 'ends', 'axes')];
}

function topKToInput(node: NodeProto, context: RaisingContext): readonly NodeProto[] {
  const count = attributeOf(node, 'k')?.i ?? 1n;
  const input = [firstInput(node), int64Constant(context, `${node.name}_k`, [count])];
  return [withoutAttributes({ ...node, input }, 'k')];
}

function clipToInputs(node: NodeProto, context: RaisingContext): readonly NodeProto[] | Refusal {
  const input = [firstInput(node)];
  for (const name of ['min', 'max']) {
    const bound = attributeOf(node, name)?.f;
    const constant = bound === undefined ? '' : scalarLike(context, node, name, bound);
    if (constant instanceof Refusal) return constant;
    input.push(constant);
  }
  while (input.at(-1) === '') input.pop();
  return [withoutAttributes({ ...node, input }, 'min', 'max')];
}

function padToInputs(node: NodeProto, context: RaisingContext): readonly NodeProto[] | Refusal {
  const pads = attributeOf(node, 'pads')?.ints;
  if (pads === undefined) return new Refusal('it has no pads');
  const input = [firstInput(node), int64Constant(context, `${node.name}_pads`, pads)];
  const value = floatOf(node, 'value', 0);
  if (value !== 0) {
    const constant = scalarLike(context, node, 'value', value);
    if (constant instanceof Refusal) return constant;
    input.push(constant);
  }
  return [withoutAttributes({ ...node, input }, 'pads', 'value')];
}

function renameScatter(node: NodeProto): readonly NodeProto[] {
  return [{ ...node, opType: 'ScatterElements' }];
}

function intsToInput(name: string): Conversion {
  return (node, context) => {
    const values = attributeOf(node, name)?.ints;
    if (values === undefined) return [node];
    const input = [firstInput(node), int64Constant(context, `${node.name}_${name}`, values)];
    return [withoutAttributes({ ...node, input }, name)];
  };
}

/**
 * Before 13 the tensor was taken as a matrix of everything before the axis by everything from it on. That is the same
 * as today's meaning when the axis is the last; otherwise the matrix is made and undone around the node.
 */
function softmaxOverLastAxes(node: NodeProto, context: RaisingContext): readonly NodeProto[] {
  const axis = intOf(node, 'axis', 1);
  const rank = context.rankOf(firstInput(node));
  const plain = withoutAttributes(node, 'axis');
  if (axis === -1 || axis + 1 === rank)
    return [{ ...plain, attribute: [...plain.attribute, intAttribute('axis', -1)] }];
  const output = node.output[0] ?? '';
  const shape = context.uniqueName(`${output}_shape`);
  const matrix = context.uniqueName(`${output}_matrix`);
  const result = context.uniqueName(`${output}_of_matrix`);
  const helper = (
    opType: string,
    inputs: string[],
    outputs: string[],
    attributes = [] as NodeProto['attribute'],
  ): NodeProto => makeNode({ opType, inputs, outputs, name: context.uniqueName(`${node.name}_${opType}`), attributes });
  return [
    helper('Shape', [firstInput(node)], [shape]),
    helper('Flatten', [firstInput(node)], [matrix], [intAttribute('axis', axis)]),
    { ...plain, input: [matrix], output: [result], attribute: [...plain.attribute, intAttribute('axis', -1)] },
    helper('Reshape', [result, shape], [output]),
  ];
}

function firstInput(node: NodeProto): string {
  return node.input[0] ?? '';
}

function int64Constant(context: RaisingContext, name: string, values: readonly bigint[]): string {
  return context.constant(name, DataType.int64, [values.length], BigInt64Array.from(values));
}

/** A scalar of the same element type as the node's data, which Clip and Pad ask for. */
function scalarLike(context: RaisingContext, node: NodeProto, name: string, value: number): string | Refusal {
  const dataType = context.dataTypeOf(firstInput(node)) ?? DataType.float32;
  const wantedName = `${node.name}_${name}`;
  if (dataType === DataType.float32) return context.constant(wantedName, dataType, [], Float32Array.of(value));
  if (dataType === DataType.float64) return context.constant(wantedName, dataType, [], Float64Array.of(value));
  return new Refusal('its data are not 32-bit floats');
}
