// What the operators of a quantized or otherwise optimized model are in the float model that it was made from.
import { describeNode } from '../../onnx/describeNode';
import { matchOps } from '../../onnx/matching/matchOps';
import type { MatchedOp } from '../../onnx/matching/matchOps';
import type { NodeProto } from '../../onnx/messages';
import { ModelError } from '../../onnx/modelErrors';
import { floatTypeOf, isConversion } from '../../onnx/quantizationForm';
import { readModel } from '../../onnx/readModel';
import type { OnnxModel } from '../../onnx/readModel';
import type { ModelRecord } from '../../store/records';
import type { Bench } from '../bench';

/** An operator of a model, called as reports call it. */
export interface NamedOp {
  readonly node: string;
  readonly opType: string;
}

/** By name of a node of the other model: the operators of the float model that it computes, its own first. */
export type FloatCounterparts = ReadonlyMap<string, readonly NamedOp[]>;

/** The operators of a float model with what computes them in another form of it; none where one of them cannot be read. */
export function matchedOpsOf(bench: Bench, float: ModelRecord, other: ModelRecord): readonly MatchedOp[] {
  const models: OnnxModel[] = [];
  try {
    const [one, two] = [float, other].map(({ path }) => {
      const model = readModel(bench.absolutePath(path));
      models.push(model);
      return model.graph;
    });
    return one === undefined || two === undefined ? [] : matchOps(one, two).ops;
  } catch (thrown) {
    if (!(thrown instanceof ModelError)) throw thrown;
    return [];
  } finally {
    for (const model of models) model.close();
  }
}

/** Conversions are in neither: they are what quantizing adds. */
export function floatCounterparts(ops: readonly MatchedOp[]): FloatCounterparts {
  const counterparts = new Map<string, readonly NamedOp[]>();
  for (const { main, floatNodes, int8Nodes } of ops) {
    const own = new Map(
      int8Nodes.filter((node) => !isConversion(node.opType)).map((node) => [node, ownOf(node, floatNodes) ?? main]),
    );
    const found = new Set(own.values());
    const merged = floatNodes.filter((node) => !found.has(node));
    for (const [node, counterpart] of own) {
      const computed = counterpart === main ? [main, ...merged.filter((one) => one !== main)] : [counterpart];
      counterparts.set(describeNode(node), computed.map(namedOp));
    }
  }
  return counterparts;
}

/** The node of the same name, or of the type that it is the 8-bit form of. */
function ownOf(node: NodeProto, floatNodes: readonly NodeProto[]): NodeProto | undefined {
  const [name, type] = [describeNode(node), floatTypeOf(node.opType)];
  return floatNodes.find((one) => describeNode(one) === name) ?? floatNodes.find(({ opType }) => opType === type);
}

function namedOp(node: NodeProto): NamedOp {
  return { node: describeNode(node), opType: node.opType };
}

/** The model that a model was made from in the end; itself where nothing made it, or what did is gone. */
export async function originOf(bench: Bench, model: ModelRecord): Promise<ModelRecord> {
  return (await makersOf(bench, model)).at(-1) ?? model;
}

/** The models that a model was made from, the nearest first, as far as they are known. */
export async function makersOf(bench: Bench, model: ModelRecord): Promise<readonly ModelRecord[]> {
  const makers: ModelRecord[] = [];
  const seen = new Set<number>();
  let made = model;
  while (made.madeBy !== null && !seen.has(made.id)) {
    seen.add(made.id);
    const optimization = await bench.store.find('optimization', made.madeBy.optimizationId);
    const before = optimization === undefined ? undefined : await bench.store.find('model', optimization.modelId);
    if (before === undefined) break;
    makers.push(before);
    made = before;
  }
  return makers;
}
