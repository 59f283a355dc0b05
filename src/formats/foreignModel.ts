// What a model of another tool can tell: facts for `inspect`, a graph for `graph`; it is never run.
import type { FlatGraph } from '../onnx/hierarchy/flatGraph';
import type { PortFacts } from '../onnx/modelFacts';

/** What `inspect` says of a model that is not ONNX. Counts include bodies of loops and branches. */
export interface ForeignFacts {
  readonly format: 'TensorFlow frozen graph' | 'OpenVINO IR';
  /** Of OpenVINO the version of the IR; of TensorFlow the version of graphs its writer knew. `''` when not stated. */
  readonly formatVersion: string;
  readonly inputs: readonly PortFacts[];
  readonly outputs: readonly PortFacts[];
  readonly nodes: number;
  /** Those of `nodes` that hold a constant. */
  readonly constants: number;
  /** Nodes by operator. */
  readonly ops: Readonly<Record<string, number>>;
  /** The file alone, without weights that lie in another. */
  readonly sizeBytes: number;
  /** Only ONNX is run. */
  readonly canRun: false;
  readonly warnings: readonly string[];
}

/** A model of another tool. Whoever opened it closes it when done with its facts, graph and attributes. */
export interface ForeignModel {
  readonly facts: ForeignFacts;
  readonly graph: FlatGraph;
  close(): void;
}

/** How often each type occurs. */
export function countTypes(types: Iterable<string>): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return Object.fromEntries(counts);
}
