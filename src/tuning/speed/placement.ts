// Where 8-bit numbers pay: parts a graph into ops that compute in 8 bits and ops that stay float so that the measured
// times of the ops and of the conversions between the parts add up to the least.
import { followingOpTypes } from '../../dictionary/quantizableOps';
import { DataType } from '../../onnx/dataTypes';
import { GraphView } from '../../onnx/graphView';
import type { NodeProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';
import { inferShapes } from '../../onnx/shapeInference';
import { elementCount } from '../../onnx/tensor';
import { FlowNetwork } from './minimumCut';

/** Measured microseconds of each op in one inference; an op that another's kernel computes has 0. */
export type OpTimes = ReadonlyMap<string, number>;

/** What a conversion between float and 8 bits costs, in microseconds. */
export interface ConversionCost {
  readonly perTensorUs: number;
  readonly perElementUs: number;
}

export interface PlacementTimes {
  readonly float: OpTimes;
  readonly int8: OpTimes;
  readonly conversion: ConversionCost;
}

/** Ties a node to another or to a side. */
const never = 1e9;

/** An unknown dimension counts as this many elements. */
const assumedSize = 16;

/** The sides of the cut. */
const int8Side = 0;
const floatSide = 1;

/**
 * Names of the ops among `candidates` that should stay float. Nodes that are no candidates are float, but for those that
 * only pass values on: they compute as what they read does. A tensor is converted once, however many ops read it in its
 * other form. Exact for these costs (the cut is a minimum one); of equal placements the one with the fewest 8-bit ops.
 */
export function opsBetterFloat(
  model: OnnxModel,
  candidates: ReadonlySet<string>,
  { float, int8, conversion }: PlacementTimes,
): Set<string> {
  const nodes = model.graph.node;
  const view = new GraphView(model.graph);
  const vertices: Vertices = new Map(nodes.map((node, position) => [node, position + 2]));
  const uses = tensorUses(view, vertices);
  const network = new FlowNetwork(2 + nodes.length + 2 * uses.length);
  for (const [node, vertex] of vertices) {
    const [first = ''] = node.input;
    if (candidates.has(node.name)) {
      // Cut from the 8-bit side: it is float, and costs its float time; and the other way round.
      network.connect(int8Side, vertex, float.get(node.name) ?? 0);
      network.connect(vertex, floatSide, int8.get(node.name) ?? 0);
    } else if (!followingOpTypes.has(node.opType)) network.connect(vertex, floatSide, never);
    else if (view.initializer(first) === undefined)
      network.connect(makerOf(first, view, vertices), vertex, never, never);
  }
  const costOf = conversionCosts(model, conversion);
  uses.forEach((use, index) => connectTensor(network, use, costOf(use.tensor), 2 + nodes.length + 2 * index));
  const onInt8Side = network.sourceSide(int8Side, floatSide);
  const better = nodes.filter((node) => candidates.has(node.name) && !onInt8Side.has(vertices.get(node) ?? -1));
  return new Set(better.map(({ name }) => name));
}

type Vertices = ReadonlyMap<NodeProto, number>;

/** A computed tensor: the vertex that makes it, and those that read it. */
interface TensorUse {
  readonly tensor: string;
  readonly maker: number;
  readonly readers: ReadonlySet<number>;
}

/** Inputs of the graph are made on the float side, and its outputs are read there. */
function tensorUses(view: GraphView, vertices: Vertices): TensorUse[] {
  const readers = new Map<string, Set<number>>();
  const read = (tensor: string, reader: number): void => {
    if (tensor === '' || view.initializer(tensor) !== undefined) return;
    const known = readers.get(tensor);
    if (known === undefined) readers.set(tensor, new Set([reader]));
    else known.add(reader);
  };
  for (const [node, vertex] of vertices) for (const tensor of node.input) read(tensor, vertex);
  for (const { name } of view.graph.output) read(name, floatSide);
  return [...readers].map(([tensor, found]) => ({ tensor, maker: makerOf(tensor, view, vertices), readers: found }));
}

function makerOf(tensor: string, view: GraphView, vertices: Vertices): number {
  const maker = view.producer(tensor);
  return (maker === undefined ? undefined : vertices.get(maker)) ?? floatSide;
}

/** Two vertices from `free` on stand for the tensor in float and in 8 bits: each is paid for once, by its first reader. */
function connectTensor(network: FlowNetwork, { maker, readers }: TensorUse, cost: number, free: number): void {
  const [asFloat, asInt8] = [free, free + 1];
  network.connect(maker, asFloat, cost);
  network.connect(asInt8, maker, cost);
  for (const reader of readers) {
    network.connect(asFloat, reader, never);
    network.connect(reader, asInt8, never);
  }
}

/** What converting a tensor costs; nothing for indices and sizes, which are never in 8 bits. */
function conversionCosts(model: OnnxModel, conversion: ConversionCost): (tensor: string) => number {
  const types = inferShapes(model);
  return (tensor) => {
    const { dataType = 0, dims = [] } = types.get(tensor) ?? {};
    if (dataType !== 0 && dataType !== DataType.float32) return 0;
    const sizes = dims.map((dim, axis) => (typeof dim === 'number' ? dim : axis === 0 ? 1 : assumedSize));
    return conversion.perTensorUs + conversion.perElementUs * elementCount(sizes);
  };
}
