// How each op type is quantized: which of its tensors get a scale of their own, share one, or become weights.
//
// A rule marks tensors in the draft and returns undefined, or the reason why the node stays float.
import type { QuantizedFormat } from '../config/recipe';
import { attributeOf } from '../onnx/graphView';
import type { NodeProto } from '../onnx/messages';
import { perChannelOf } from './nodeSettings';
import type { PlanDraft } from './planDraft';

/** Marks the tensors of one node. */
export type PlanRule = (draft: PlanDraft, node: NodeProto) => string | undefined;

/** The rule of an op type in a format; op types without one get a scale for every float input and output. */
export function planRuleFor(opType: string, format: QuantizedFormat): PlanRule {
  return (format === 'qoperator' ? qoperatorRules[opType] : undefined) ?? commonRules[opType] ?? everyTensor;
}

const inputStaysFloat = 'its input stays float, and 8 bits would gain nothing here';

/** Every float input and output gets its own scale. */
const everyTensor: PlanRule = (draft, node) => {
  const tensors = [...node.input, ...node.output].filter((tensor) => tensor !== '');
  if (!tensors.some((tensor) => draft.canQuantize(tensor))) return firstReason(draft, tensors);
  for (const tensor of tensors) draft.markActivation(tensor);
  return undefined;
};

/** Values only pass through: the first output takes the scale of the first input, if that has one. */
const passThrough: PlanRule = (draft, node) => {
  const [input = ''] = node.input;
  const [output = ''] = node.output;
  if (!draft.isMarked(input)) return inputStaysFloat;
  const reason = draft.reasonAgainstType(output);
  if (reason === undefined) draft.markSameAs(output, input);
  return reason;
};

const passThroughSince =
  (opset: number): PlanRule =>
  (draft, node) =>
    draft.opset < opset ? `${node.opType} takes 8-bit values from operator set ${opset} on` : passThrough(draft, node);

/** Input, output, a weight with a scale for each output channel, an int32 bias. */
const convolution: PlanRule = (draft, node) => {
  const [input = '', weight = ''] = node.input;
  const reason = firstReason(draft, [input, weight, node.output[0] ?? '']);
  if (reason !== undefined) return reason;
  draft.markActivation(input);
  draft.markActivation(node.output[0] ?? '');
  draft.markWeight(weight, channelAxis(draft, node, weight));
  draft.markBias(node, 2);
  return undefined;
};

/** Both inputs and the output; the constant ones as weights. */
const matMul: PlanRule = (draft, node) => {
  const reason = firstReason(draft, [...node.input, ...node.output]);
  if (reason !== undefined) return reason;
  node.input.forEach((tensor, index) => {
    draft.markWeight(tensor, index === 1 ? channelAxis(draft, node, tensor) : undefined);
  });
  draft.markActivation(node.output[0] ?? '');
  return undefined;
};

/** Input, outputs and scale; the offset is a bias. */
const normalization: PlanRule = (draft, node) => {
  const [input = '', scale = ''] = node.input;
  const reason = firstReason(draft, [input, scale, node.output[0] ?? '']);
  if (reason !== undefined) return reason;
  draft.markActivation(input);
  draft.markWeight(scale, undefined);
  draft.markBias(node, 2);
  for (const output of node.output) draft.markActivation(output);
  return undefined;
};

/** Relu and Clip: left out where the quantized range saturates like them, else a scale before and after. */
const clipping: PlanRule = (draft, node) => {
  const [input = ''] = node.input;
  const [output = ''] = node.output;
  if (!draft.isMarked(input)) return inputStaysFloat;
  const reason = firstReason(draft, [output]);
  if (reason !== undefined) return reason;
  draft.fold(node);
  draft.markActivation(output);
  return undefined;
};

const pad: PlanRule = (draft, node) => {
  const [input = '', , value = ''] = node.input;
  const [output = ''] = node.output;
  const reason = firstReason(draft, [input, output]);
  if (reason !== undefined) return reason;
  for (const tensor of node.input) draft.markActivation(tensor);
  const mode = new TextDecoder().decode(attributeOf(node, 'mode')?.s ?? new Uint8Array());
  const padsWithZero =
    value === '' ? (attributeOf(node, 'value')?.f ?? 0) === 0 : draft.constantFloats(value)?.[0] === 0;
  const repeatsValues = mode === 'reflect' || mode === 'edge' || mode === 'wrap';
  // Zero is exact in every quantized range, and the other modes repeat values of the input.
  if (repeatsValues || padsWithZero) draft.markSameAs(output, input);
  else draft.markActivation(output);
  return undefined;
};

const split: PlanRule = (draft, node) => {
  const [input = ''] = node.input;
  const reason = firstReason(draft, [input]);
  if (reason !== undefined) return reason;
  draft.markActivation(input);
  for (const output of node.output) draft.markSameAs(output, input);
  return undefined;
};

const gather: PlanRule = (draft, node) => {
  const [input = ''] = node.input;
  if (draft.constant(input) !== undefined && draft.canQuantize(input)) draft.markActivation(input);
  return passThrough(draft, node);
};

const where: PlanRule = (draft, node) => {
  const [, whenTrue = '', whenFalse = ''] = node.input;
  if (!draft.isMarked(whenTrue) || !draft.isMarked(whenFalse)) return inputStaysFloat;
  const reason = firstReason(draft, node.output);
  if (reason === undefined) draft.markActivation(node.output[0] ?? '');
  return reason;
};

const commonRules: Readonly<Record<string, PlanRule>> = {
  Conv: convolution,
  ConvTranspose: convolution,
  Gemm: convolution,
  MatMul: matMul,
  Relu: clipping,
  Clip: clipping,
  Reshape: passThrough,
  Transpose: passThrough,
  Squeeze: passThrough,
  Unsqueeze: passThrough,
  Flatten: passThrough,
  AveragePool: passThrough,
  Slice: passThrough,
  TopK: passThrough,
  MaxPool: passThroughSince(12),
  Resize: passThroughSince(11),
  Pad: pad,
  Split: split,
  Gather: gather,
  GatherElements: gather,
  Where: where,
  InstanceNormalization: normalization,
  LayerNormalization: normalization,
  BatchNormalization: normalization,
};

/** Where the integer operator computes new values, it takes a range of its own for them. */
const qoperatorRules: Readonly<Record<string, PlanRule>> = { AveragePool: everyTensor };

function firstReason(draft: PlanDraft, tensors: readonly string[]): string | undefined {
  for (const tensor of tensors) {
    const reason = tensor === '' ? undefined : draft.reasonAgainst(tensor);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** The axis of the output channels in a constant weight (SYSTEMS §4.2); undefined: one scale for all of it. */
function channelAxis(draft: PlanDraft, node: NodeProto, weight: string): number | undefined {
  const rank = draft.constant(weight)?.dims.length ?? 0;
  if (!perChannelOf(draft.recipe, node) || rank < 2) return undefined;
  if (node.opType === 'Conv') return 0;
  // In grouped transposed convolutions channels of different groups would share a scale.
  if (node.opType === 'ConvTranspose') return Number(attributeOf(node, 'group')?.i ?? 1n) === 1 ? 1 : undefined;
  if (node.opType === 'Gemm') return Number(attributeOf(node, 'transB')?.i ?? 0n) === 0 ? 1 : 0;
  // A stack of matrices has its columns on the last axis, but one scale a column of each is not supported.
  return rank === 2 ? 1 : undefined;
}
