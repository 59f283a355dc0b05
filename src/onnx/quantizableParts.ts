// Counts what of a float model could be quantized, without planning how.
import { dynamicOpTypes, staticOpTypes, weightInputs } from '../dictionary/quantizableOps';
import { DataType, bitsOf } from './dataTypes';
import { isStandardDomain, subgraphsOf } from './graphView';
import type { GraphView } from './graphView';
import type { NodeProto, TensorProto } from './messages';
import type { QuantizationForm } from './quantizationForm';
import type { TensorTypes } from './shapeInference';
import { elementCount } from './tensor';

/** Nodes of the main graph by op type (subgraphs stay float), and the weights behind them. */
export interface QuantizableParts {
  /** Nodes of an op type that static quantization takes, working on float32. */
  readonly static: Readonly<Record<string, number>>;
  /** Nodes with constant float32 weights that dynamic quantization takes. */
  readonly dynamic: Readonly<Record<string, number>>;
  /** Bytes of the float32 weights that would become 8-bit ones. */
  readonly weightBytes: number;
  /** Why nothing can be quantized, in a sentence; absent when something can. */
  readonly reasonNot?: string;
}

/** Counts the parts; a model that is already quantized has none. */
export function quantizableParts(view: GraphView, types: TensorTypes, form: QuantizationForm): QuantizableParts {
  if (form !== 'none') {
    return { static: {}, dynamic: {}, weightBytes: 0, reasonNot: `It is already quantized (${form}).` };
  }
  const inStatic = view.nodes.filter((node) => isStatic(node, types));
  const inDynamic = view.nodes.filter((node) => isDynamic(node, view));
  const parts = {
    static: countsOf(inStatic),
    dynamic: countsOf(inDynamic),
    weightBytes: weightBytesOf(new Set([...inStatic, ...inDynamic]), view),
  };
  if (inStatic.length + inDynamic.length > 0) return parts;
  return { ...parts, reasonNot: reasonForNothing(view, types) };
}

/** Types that ONNX Runtime brings in its own domain; all others are standard operators. */
const contributedTypes: ReadonlySet<string> = new Set(['Attention', 'EmbedLayerNormalization']);

function isTakenFrom(node: NodeProto, list: readonly string[]): boolean {
  const rightDomain = contributedTypes.has(node.opType)
    ? node.domain === 'com.microsoft'
    : isStandardDomain(node.domain);
  return rightDomain && list.includes(node.opType);
}

/** Input that carries the data: Where starts with its condition, an embedding with its ids. */
const dataInputs: Readonly<Record<string, number>> = { Where: 1, EmbedLayerNormalization: 2 };

function isStatic(node: NodeProto, types: TensorTypes): boolean {
  const data = node.input[dataInputs[node.opType] ?? 0] ?? '';
  return isTakenFrom(node, staticOpTypes) && types.get(data)?.dataType === DataType.float32;
}

function isDynamic(node: NodeProto, view: GraphView): boolean {
  if (!isTakenFrom(node, dynamicOpTypes)) return false;
  const weights = weightNames(node);
  // A constant left side of a MatMul stays: the integer product quantizes its left side while it runs.
  const needed = node.opType === 'MatMul' ? weights.slice(1) : weights;
  return needed.length > 0 && needed.every((name) => floatConstant(name, view) !== undefined);
}

function weightNames(node: NodeProto): string[] {
  return (weightInputs[node.opType] ?? []).flatMap((index) => node.input[index] ?? []).filter(Boolean);
}

/** A float32 initializer, or the tensor of a Constant node. */
function floatConstant(name: string, view: GraphView): TensorProto | undefined {
  const producer = view.producer(name);
  const constant = producer?.opType === 'Constant' ? producer.attribute.find(({ t }) => t !== undefined)?.t : undefined;
  const tensor = view.initializer(name) ?? constant;
  return tensor?.dataType === DataType.float32 ? tensor : undefined;
}

function weightBytesOf(nodes: Iterable<NodeProto>, view: GraphView): number {
  const weights = new Set<TensorProto>();
  for (const node of nodes) {
    for (const name of weightNames(node)) {
      const tensor = floatConstant(name, view);
      if (tensor !== undefined) weights.add(tensor);
    }
  }
  const bytes = (bitsOf(DataType.float32) ?? 0) / 8;
  return [...weights].reduce((sum, tensor) => sum + elementCount(tensor.dims) * bytes, 0);
}

function countsOf(nodes: readonly NodeProto[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { opType } of nodes) counts[opType] = (counts[opType] ?? 0) + 1;
  return counts;
}

function reasonForNothing(view: GraphView, types: TensorTypes): string {
  const computes = view.nodes.filter((node) => staticOpTypes.includes(node.opType));
  const isHalf = computes.some((node) => types.get(node.input[0] ?? '')?.dataType === DataType.float16);
  if (isHalf) return 'It computes in float16; quantization starts from the float32 model.';
  if (view.nodes.some((node) => subgraphsOf(node).length > 0)) {
    return 'What it computes lies in the branches of control flow, which stay float.';
  }
  return 'None of its operators can be quantized: it has no operator of a known kind that works on float32 tensors.';
}
