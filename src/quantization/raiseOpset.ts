// Brings a model up to a newer operator set, one version at a time, its subgraphs included.
import { mapSubgraphs, subgraphsOf } from '../onnx/graphView';
import { makeTensor } from '../onnx/makeMessages';
import type { GraphProto, NodeProto, TensorProto } from '../onnx/messages';
import { inferShapes } from '../onnx/shapeInference';
import type { TensorTypes } from '../onnx/shapeInference';
import { opsetConversions, Refusal } from './prepare/opsetConversions';
import type { RaisingContext } from './prepare/opsetConversions';
import type { Preparation } from './prepare/preparation';

/** The oldest operator set with today's broadcasting; older ones would need every arithmetic node to be understood. */
const oldestRaisable = 7;

/** The node that kept a model in its operator set, and why. */
export interface RaiseRefusal {
  readonly node: string;
  readonly opType: string;
  /** Completes "… cannot be brought up: ". */
  readonly reason: string;
}

/**
 * Rewrites every node whose op type changed between the model's operator set and `target` (at most 13).
 * All or nothing: when one node cannot be converted the graph is left as it was and the refusal is returned.
 */
export function raiseOpset(preparation: Preparation, target: number): RaiseRefusal | undefined {
  const { edit } = preparation;
  const current = edit.opset('') ?? target;
  if (current >= target) return undefined;
  if (current < oldestRaisable) {
    const first = edit.nodes[0];
    const reason = `operator sets before ${oldestRaisable} broadcast differently`;
    return { node: first?.name ?? '', opType: first?.opType ?? 'the graph', reason };
  }
  const raising = new Raising(preparation);
  let nodes = edit.nodes;
  for (let version = current + 1; version <= target; version++) nodes = raising.convertNodes(nodes, version);
  if (raising.refusal !== undefined) return raising.refusal;
  for (const tensor of raising.constants.values()) edit.setInitializer(tensor);
  edit.setNodes(nodes);
  edit.setOpset('', target);
  preparation.notes.push(`The operator set was raised from ${current} to ${target}.`);
  return undefined;
}

/** One model being raised; collects constants and the first refusal. */
class Raising implements RaisingContext {
  readonly constants = new Map<string, TensorProto>();
  refusal: RaiseRefusal | undefined;
  private readonly takenNames = new Set<string>();
  private readonly readNames = new Set<string>();
  private readonly constantNodes = new Map<string, NodeProto>();
  private inferred: TensorTypes | undefined;

  constructor(private readonly preparation: Preparation) {
    const pending: GraphProto[] = [preparation.edit.view().graph];
    for (let graph = pending.pop(); graph !== undefined; graph = pending.pop()) {
      this.index(graph);
      for (const node of graph.node) for (const inner of subgraphsOf(node)) pending.push(inner.graph);
    }
  }

  convertNodes(nodes: readonly NodeProto[], version: number): readonly NodeProto[] {
    const conversions = opsetConversions.get(version) ?? {};
    return nodes.flatMap((node) => {
      const deep = mapSubgraphs(node, (graph) => ({ ...graph, node: this.convertNodes(graph.node, version) }));
      const conversion = node.domain === '' || node.domain === 'ai.onnx' ? conversions[node.opType] : undefined;
      if (conversion === undefined) return [deep];
      const converted = conversion(deep, this);
      if (!(converted instanceof Refusal)) return converted;
      this.refusal ??= { node: node.name, opType: node.opType, reason: converted.reason };
      return [deep];
    });
  }

  constant(...[wantedName, dataType, dims, data]: Parameters<RaisingContext['constant']>): string {
    const name = this.uniqueName(wantedName);
    this.constants.set(name, makeTensor(name, dataType, dims, data));
    return name;
  }

  uniqueName(wanted: string): string {
    let name = this.preparation.edit.uniqueName(wanted);
    for (let suffix = 1; this.takenNames.has(name); suffix++)
      name = this.preparation.edit.uniqueName(`${wanted}_${suffix}`);
    this.takenNames.add(name);
    return name;
  }

  rankOf(tensor: string): number | undefined {
    return this.types().get(tensor)?.dims?.length;
  }

  dataTypeOf(tensor: string): number | undefined {
    return this.types().get(tensor)?.dataType;
  }

  isRead(tensor: string): boolean {
    return this.readNames.has(tensor);
  }

  constantFloats(tensor: string): readonly number[] | undefined {
    const made = this.constantNodes.get(tensor)?.attribute.find((attribute) => attribute.name === 'value')?.t;
    const found = this.constants.get(tensor) ?? this.preparation.edit.initializer(tensor) ?? made;
    return found === undefined ? undefined : Array.from(this.preparation.model.tensors.floats(found));
  }

  private index(graph: GraphProto): void {
    for (const output of graph.output) this.readNames.add(output.name);
    for (const tensor of [...graph.initializer, ...graph.input]) this.takenNames.add(tensor.name);
    for (const node of graph.node) {
      this.takenNames.add(node.name);
      for (const name of node.input) this.readNames.add(name);
      for (const name of node.output) {
        this.takenNames.add(name);
        if (node.opType === 'Constant') this.constantNodes.set(name, node);
      }
    }
  }

  private types(): TensorTypes {
    this.inferred ??= inferShapes(this.preparation.model);
    return this.inferred;
  }
}
