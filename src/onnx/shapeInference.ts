// Works out type and shape of every tensor of a model without running it.
import { GraphView } from './graphView';
import type { OnnxModel } from './readModel';
import type { Dims } from './shapes/dims';
import { GraphWalk } from './shapes/graphWalk';

/** What is known of a tensor before the model runs. */
export interface TensorTypeInfo {
  /** A code of `dataTypes.ts`; 0 when unknown. */
  readonly dataType: number;
  /** Absent: the rank is unknown. A size is a number, a symbol's name, or null. */
  readonly dims?: Dims;
}

/** Types and shapes by tensor name; tensors nothing is known of are absent. */
export class TensorTypes {
  constructor(private readonly known: ReadonlyMap<string, TensorTypeInfo>) {}

  get(name: string): TensorTypeInfo | undefined {
    return this.known.get(name);
  }
}

/**
 * Infers element type and shape of every tensor of the main graph. What the file declares is believed where it gives a
 * number; the rest is computed node by node (ONNX, "Shape inference"), small tensors of sizes included. Operators
 * without a rule leave their outputs unknown. Throws `model-cycle` for a graph that feeds itself, nothing else.
 *
 * @param dimensions sizes by symbol, such as `{ batch: 1 }`; they replace the symbol wherever it is declared
 */
export function inferShapes(model: OnnxModel, dimensions: Readonly<Record<string, number>> = {}): TensorTypes {
  const settings = { tensors: model.tensors, dimensions: new Map(Object.entries(dimensions)) };
  const nodes = new GraphView(model.graph).topologicalOrder();
  const scope = new GraphWalk(model.proto, settings).walk(model.graph, nodes);
  const known = new Map<string, TensorTypeInfo>();
  for (const [name, { dataType, dims }] of scope.entries()) {
    known.set(name, dims === undefined ? { dataType } : { dataType, dims });
  }
  return new TensorTypes(known);
}
