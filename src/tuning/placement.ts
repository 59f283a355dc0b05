// Where 8-bit numbers pay: parts a graph into ops that compute in 8 bits and ops that stay float so that the measured
// times of the ops and of the conversions between the parts add up to the least.
import { followingOpTypes } from '../dictionary/quantizableOps';
import { GraphView } from '../onnx/graphView';
import type { NodeProto } from '../onnx/messages';
import type { OnnxModel } from '../onnx/readModel';
import { inferShapes } from '../onnx/shapeInference';
import { elementCount } from '../onnx/tensor';
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

/**
 * Names of the ops among `candidates` that should stay float. Nodes that are no candidates are float, but for those that
 * only pass values on: they compute as what they read does. Exact for these costs (the cut is a minimum one).
 */
export function opsBetterFloat(
  model: OnnxModel,
  candidates: ReadonlySet<string>,
  { float, int8, conversion }: PlacementTimes,
): Set<string> {
  const nodes = model.graph.node;
  const view = new GraphView(model.graph);
  const index = new Map(nodes.map((node, position) => [node, position + 2]));
  const [int8Side, floatSide] = [0, 1];
  const network = new FlowNetwork(nodes.length + 2);
  const costOf = conversionCosts(model, conversion);
  for (const [node, vertex] of index) {
    const isCandidate = candidates.has(node.name);
    const follows = !isCandidate && followingOpTypes.has(node.opType);
    if (isCandidate) {
      // Cut from the 8-bit side: it is float, and costs its float time; and the other way round.
      network.connect(int8Side, vertex, float.get(node.name) ?? 0);
      network.connect(vertex, floatSide, int8.get(node.name) ?? 0);
    } else if (!follows) {
      network.connect(vertex, floatSide, never);
    }
    connectTensors(node, vertex, follows);
  }
  const onInt8Side = network.sourceSide(int8Side, floatSide);
  const better = nodes.filter((node) => candidates.has(node.name) && !onInt8Side.has(index.get(node) ?? -1));
  return new Set(better.map(({ name }) => name));

  function connectTensors(node: NodeProto, vertex: number, follows: boolean): void {
    for (const [position, tensor] of node.input.entries()) {
      if (tensor === '' || view.initializer(tensor) !== undefined) continue;
      const maker = view.producer(tensor);
      const from = maker === undefined ? floatSide : (index.get(maker) ?? floatSide);
      const cost = follows && position === 0 ? never : costOf(tensor);
      // Inputs of the graph are float, and so are its outputs.
      if (from === floatSide) network.connect(vertex, floatSide, cost);
      else network.connect(from, vertex, cost, cost);
    }
    for (const tensor of node.output)
      if (view.isGraphOutput(tensor)) network.connect(vertex, floatSide, costOf(tensor));
  }
}

function conversionCosts(model: OnnxModel, conversion: ConversionCost): (tensor: string) => number {
  const types = inferShapes(model);
  return (tensor) => {
    const dims = types.get(tensor)?.dims ?? [];
    const sizes = dims.map((dim, axis) => (typeof dim === 'number' ? dim : axis === 0 ? 1 : assumedSize));
    return conversion.perTensorUs + conversion.perElementUs * elementCount(sizes);
  };
}
