// Divides the channels of an activation by factors inside the constants of the nodes that make it (SYSTEMS §4.5).
import type { NodeProto } from '../../onnx/messages';
import { elementCount } from '../../onnx/tensor';
import type { ConstantEdits } from './constantEdits';
import { multiplyOutputs, weightLayout } from './weightLayout';

/** Changes one constant; `divisors` has one number for each channel. */
type Step = (divisors: Float64Array) => void;

/** Scale and offset inputs of normalizations whose scale belongs to the last axis. */
const normalizations: Readonly<Record<string, readonly number[]>> = {
  LayerNormalization: [1, 2],
  SimplifiedLayerNormalization: [1],
  SkipLayerNormalization: [2, 3],
  SkipSimplifiedLayerNormalization: [2],
  EmbedLayerNormalization: [5, 6],
};

/**
 * Prepares the division of `tensor`, which has `channels` on its last axis and is read by nothing that must see it
 * undivided. Undefined when a node on the way up has no constants that could take the division: then nothing was changed,
 * and the caller has to divide in the graph.
 */
export function channelDivision(edits: ConstantEdits, tensor: string, channels: number): Step | undefined {
  const steps = stepsFor(edits, tensor, channels);
  if (steps === undefined) return undefined;
  return (divisors) => {
    for (const step of steps) step(divisors);
  };
}

function stepsFor(edits: ConstantEdits, tensor: string, channels: number): Step[] | undefined {
  const { view } = edits;
  const node = view.producer(tensor);
  if (node?.output[0] !== tensor || view.isGraphOutput(tensor) || view.readBySubgraphs.has(tensor)) return undefined;
  const constants = normalizations[node.opType];
  if (constants !== undefined) return normalizationSteps(edits, node, constants, channels);
  switch (node.opType) {
    case 'Identity':
    case 'Relu':
    case 'LeakyRelu':
      return stepsAbove(edits, node.input[0] ?? '', channels);
    case 'Mul':
    case 'Add':
      return elementwiseSteps(edits, node, channels);
    case 'MatMul':
    case 'Gemm':
      return productSteps(edits, node, channels);
    default:
      return undefined;
  }
}

/** The same for a tensor that has to have this one reader. */
function stepsAbove(edits: ConstantEdits, tensor: string, channels: number): Step[] | undefined {
  return edits.view.consumers(tensor).length === 1 ? stepsFor(edits, tensor, channels) : undefined;
}

function normalizationSteps(
  edits: ConstantEdits,
  node: NodeProto,
  inputs: readonly number[],
  channels: number,
): Step[] | undefined {
  const steps: Step[] = [];
  for (const index of inputs) {
    if ((node.input[index] ?? '') === '') continue;
    const step =
      edits.constant(node, index)?.dims.length === 1 ? constantStep(edits, node, index, channels) : undefined;
    if (step === undefined) return undefined;
    steps.push(step);
  }
  return steps.length === 0 ? undefined : steps;
}

/** Mul: its constant. Add: its constant, and what makes the other operand. */
function elementwiseSteps(edits: ConstantEdits, node: NodeProto, channels: number): Step[] | undefined {
  const index = edits.constant(node, 1) === undefined ? 0 : 1;
  // A product with a single number belongs to patterns that the engine merges, such as the ½ of Gelu.
  if (node.opType === 'Mul' && edits.constant(node, index)?.dims.at(-1) !== channels) return undefined;
  const step = constantStep(edits, node, index, channels);
  if (step === undefined || node.opType === 'Mul') return step === undefined ? undefined : [step];
  const above = stepsAbove(edits, node.input[1 - index] ?? '', channels);
  return above === undefined ? undefined : [...above, step];
}

function productSteps(edits: ConstantEdits, node: NodeProto, channels: number): Step[] | undefined {
  const dims = edits.constant(node, 1)?.dims;
  const layout = dims === undefined ? undefined : weightLayout(node, dims);
  if (layout?.outputs !== channels) return undefined;
  const weightStep: Step = (divisors) => {
    const factors = divisors.map((divisor) => 1 / divisor);
    multiplyOutputs(layout, edits.open(node, 1).values, factors);
  };
  if (node.opType === 'MatMul' || (node.input[2] ?? '') === '') return [weightStep];
  const biasStep = constantStep(edits, node, 2, channels);
  return biasStep === undefined ? undefined : [weightStep, biasStep];
}

/** A constant with its channels last, or a single number for all of them. */
function constantStep(edits: ConstantEdits, node: NodeProto, index: number, channels: number): Step | undefined {
  const dims = edits.constant(node, index)?.dims;
  if (dims === undefined) return undefined;
  if (dims.at(-1) !== channels && elementCount(dims) !== 1) return undefined;
  return (divisors) => {
    const { values } = edits.open(node, index);
    const isSingle = dims.at(-1) !== channels;
    const count = isSingle ? channels : values.length;
    const divided = Float32Array.from(
      { length: count },
      (_, at) => (values[isSingle ? 0 : at] ?? 0) / (divisors[at % channels] ?? 1),
    );
    edits.set(node, index, { dims: isSingle ? [...dims.slice(0, -1), channels] : dims, values: divided });
  };
}
