// Finds the layers of a model whose weights can be pruned (SYSTEMS §6.1): by the place of the weight, not by its name.
import { DataType, dataTypeName } from './dataTypes';
import { describeNode } from './describeNode';
import { GraphView, attributeOf, isStandardDomain, subgraphsOf } from './graphView';
import { AttributeType } from './messages';
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from './messages';
import { elementCount } from './tensor';

/** A weight that can be pruned, and what computes with it. */
export interface PrunableLayer {
  /** `<OpType>:(inp=[…],out=[…],k=v,…)` of its first node: no two layers have the same. */
  readonly id: string;
  /** The weight tensor; recipes call the layer so. */
  readonly name: string;
  /** What tables call it: the name of its first node, or the weight where that tells more. Recipes take it, too. */
  readonly label: string;
  /** First node that reads the weight, and its name in reports. */
  readonly node: NodeProto;
  readonly nodeName: string;
  /** All nodes that read it: they are pruned together. */
  readonly nodes: readonly NodeProto[];
  /** Which input of the first node the weight is. */
  readonly weightInput: number;
  /** The weight as the nodes read it: of another shape where nodes between move its elements, else `name`. */
  readonly readName: string;
  /** Element type is one of `float32`, `float16`, `float64`: those the engine exchanges. */
  readonly weight: TensorProto;
  readonly weightCount: number;
  /** Groups of a Conv; 1 for everything else. */
  readonly groups: number;
}

/** A layer with a constant weight that cannot be pruned. */
export interface UnprunableLayer {
  readonly nodeName: string;
  readonly opType: string;
  /** In a sentence. */
  readonly reason: string;
}

export interface PrunableLayers {
  /** In the order of the file. */
  readonly layers: readonly PrunableLayer[];
  readonly unprunable: readonly UnprunableLayer[];
}

const prunableTypes: ReadonlySet<number> = new Set([...[DataType.float32, DataType.float16, DataType.float64]]);

/**
 * Conv and Gemm with a constant second input, MatMul with either input constant; constants are initializers and values of
 * Constant nodes, also behind nodes that only move their elements. Weights that anything else reads, too, are left alone: it
 * would compute with the pruned one.
 */
export function prunableLayers(graph: GraphProto): PrunableLayers {
  const view = new GraphView(graph);
  const found = new Map<string, PrunableLayer>();
  const unprunable: UnprunableLayer[] = [];
  for (const node of graph.node) {
    const place = weightPlace(node, view);
    if (place === undefined) unprunable.push(...computedWeight(node, view));
    if (place === undefined || found.has(place.name)) continue;
    const nodes = view.consumers(place.readName).map((consumer) => consumer.node);
    const reason = reasonNot(place, view);
    if (reason === undefined) found.set(place.name, layerOf(node, place, [...new Set(nodes)]));
    else unprunable.push({ nodeName: describeNode(node), opType: node.opType, reason });
  }
  return { layers: [...found.values()], unprunable };
}

interface WeightPlace extends ConstantBehind {
  readonly readName: string;
  readonly input: number;
}

/** A constant, and the nodes through which its elements come to where they are read, the last one first. */
interface ConstantBehind {
  readonly name: string;
  readonly tensor: TensorProto;
  readonly movers: readonly NodeProto[];
}

function weightPlace(node: NodeProto, view: GraphView): WeightPlace | undefined {
  if (!isStandardDomain(node.domain)) return undefined;
  for (const input of weightInputsOf(node.opType)) {
    const readName = node.input[input] ?? '';
    const constant = constantBehind(readName, view);
    const { dims } = constant?.tensor ?? { dims: [] };
    if (constant !== undefined && dims.length >= 2 && elementCount(dims) > 0) return { ...constant, readName, input };
  }
  return undefined;
}

/** The second input of a product is its weight by custom; a MatMul may have it on either side. */
function weightInputsOf(opType: string): readonly number[] {
  if (opType === 'MatMul') return [1, 0];
  return opType === 'Conv' || opType === 'Gemm' ? [1] : [];
}

/** These change no element of their first input: zeros before them are zeros behind. */
const movingTypes: ReadonlySet<string> = new Set([
  ...['Identity', 'Reshape', 'Transpose', 'Flatten', 'Squeeze', 'Unsqueeze'],
]);

function constantBehind(readName: string, view: GraphView): ConstantBehind | undefined {
  const movers: NodeProto[] = [];
  for (let name = readName; ;) {
    const tensor = constantTensor(name, view);
    if (tensor !== undefined) return { name, tensor, movers };
    const producer = view.producer(name);
    const isMover = producer !== undefined && movingTypes.has(producer.opType) && isStandardDomain(producer.domain);
    // A graph that feeds itself is refused when it is read, but this may be asked before.
    if (!isMover || movers.includes(producer)) return undefined;
    movers.push(producer);
    name = producer.input[0] ?? '';
  }
}

function constantTensor(name: string, view: GraphView): TensorProto | undefined {
  const initializer = view.initializer(name);
  if (initializer !== undefined) return initializer;
  const producer = view.producer(name);
  return producer?.opType === 'Constant' ? attributeOf(producer, 'value')?.t : undefined;
}

/** A node whose weight other nodes make from constants; what is quantized is told elsewhere. */
function computedWeight(node: NodeProto, view: GraphView): UnprunableLayer[] {
  if (!isStandardDomain(node.domain)) return [];
  return weightInputsOf(node.opType).flatMap((input) => {
    const name = node.input[input] ?? '';
    const producer = view.producer(name);
    if (producer === undefined || producer.opType === 'Constant' || !isComputedFromConstants(name, view)) return [];
    const reason =
      `Its weight ${name} is computed from constants by ${describeNode(producer)} (${producer.opType}). ` +
      'A copy of the model made by "compressor-bench optimize --level basic" holds it as a constant.';
    return [{ nodeName: describeNode(node), opType: node.opType, reason }];
  });
}

function isComputedFromConstants(name: string, view: GraphView): boolean {
  const pending = [name];
  const seen = new Set(pending);
  for (let tensor = pending.pop(); tensor !== undefined; tensor = pending.pop()) {
    if (view.initializer(tensor) !== undefined) continue;
    const producer = view.producer(tensor);
    if (producer === undefined || randomOrInteger.has(producer.opType) || subgraphsOf(producer).length > 0)
      return false;
    for (const read of producer.input) {
      if (read === '' || seen.has(read)) continue;
      seen.add(read);
      pending.push(read);
    }
  }
  return true;
}

/** Their results are another each time, or stand for integers. */
const randomOrInteger: ReadonlySet<string> = new Set([
  ...['RandomNormal', 'RandomNormalLike', 'RandomUniform', 'RandomUniformLike', 'Multinomial', 'Bernoulli'],
  ...['DequantizeLinear', 'DynamicQuantizeLinear'],
]);

function reasonNot({ name, tensor, movers, readName }: WeightPlace, view: GraphView): string | undefined {
  if (!prunableTypes.has(tensor.dataType)) {
    return `Its weight ${name} holds ${dataTypeName(tensor.dataType)}, but only float32, float16 and float64 are pruned.`;
  }
  const names = [name, ...movers.flatMap(({ output }) => output)];
  if (names.some((one) => view.isGraphOutput(one))) return `Its weight ${name} is an output of the model, too.`;
  if (names.some((one) => view.readBySubgraphs.has(one)))
    return `Its weight ${name} is read inside a branch or loop, too.`;
  const other = names
    .flatMap((one) => view.consumers(one).map((consumer) => ({ ...consumer, isLast: one === readName })))
    .find(({ node, inputIndex, isLast }) =>
      isLast ? !weightInputsOf(node.opType).includes(inputIndex) : !movers.includes(node),
    );
  return other === undefined
    ? undefined
    : `Its weight ${name} is read by ${describeNode(other.node)} (${other.node.opType}), too.`;
}

function layerOf(
  node: NodeProto,
  { name, readName, input, tensor }: WeightPlace,
  nodes: readonly NodeProto[],
): PrunableLayer {
  return {
    id: layerId(node),
    name,
    label: labelOf(node, name),
    node,
    nodeName: describeNode(node),
    nodes,
    weightInput: input,
    readName,
    weight: tensor,
    weightCount: elementCount(tensor.dims),
    groups: node.opType === 'Conv' ? Number(attributeOf(node, 'group')?.i ?? 1n) : 1,
  };
}

/** A name that an exporter made up: `onnx::Conv_149`, `Conv_12`, `246`. */
const madeUpName = /^(onnx::)?(Conv|Gemm|MatMul)?_?\d+$/;

function labelOf(node: NodeProto, weight: string): string {
  const names = node.name === '' ? [weight] : [node.name, weight];
  return names.find((name) => !madeUpName.test(name)) ?? names[0] ?? weight;
}

function layerId(node: NodeProto): string {
  const parts = [
    `inp=[${node.input.join(',')}]`,
    `out=[${node.output.join(',')}]`,
    ...Object.entries(plainAttributes(node)).map(([key, value]) => `${key}=${plainText(value)}`),
  ];
  return `${node.opType}:(${parts.join(',')})`.replaceAll(' ', '');
}

export type PlainAttribute = number | string | readonly number[] | readonly string[];

/** Attributes that are numbers, texts and lists of them, by name and in alphabetical order. */
export function plainAttributes(node: NodeProto): Readonly<Record<string, PlainAttribute>> {
  const plain = node.attribute.flatMap((attribute) => {
    const value = plainValue(attribute);
    return value === undefined ? [] : [[attribute.name, value] as const];
  });
  return Object.fromEntries(plain.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function plainValue(attribute: AttributeProto): PlainAttribute | undefined {
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  switch (attribute.type) {
    case AttributeType.int:
      return Number(attribute.i ?? 0n);
    case AttributeType.float:
      return attribute.f ?? 0;
    case AttributeType.string:
      return decode(attribute.s ?? new Uint8Array());
    case AttributeType.ints:
      return attribute.ints.map(Number);
    case AttributeType.floats:
      return attribute.floats;
    case AttributeType.strings:
      return attribute.strings.map(decode);
    default:
      return undefined;
  }
}

function plainText(value: PlainAttribute): string {
  return typeof value === 'object' ? `[${value.join(',')}]` : String(value);
}
