// Finds out by asking the engine which operators of a model it can run in a 16-bit format.
import { DataType } from '../onnx/dataTypes';
import { subgraphsOf } from '../onnx/graphView';
import { makeValueInfo } from '../onnx/makeMessages';
import type { ModelProto, NodeProto, ValueInfoProto } from '../onnx/messages';
import { emptyGraph } from '../onnx/modelWalk';
import { readModelBytes } from '../onnx/readModel';
import type { OnnxModel } from '../onnx/readModel';
import { encodeModel } from '../onnx/writeModel';
import type { WorkContext } from '../protocol/progress';
import { openSessionFromBytes } from '../runtime/onnxRuntimeNode';
import { RuntimeFailure } from '../runtime/runtimeErrors';
import { convertToHalf } from './convertToHalf';
import { elementTypesOf } from './elementTypes';
import type { TypeScope } from './elementTypes';
import type { LowFormat } from './lowFormat';

/**
 * Of the operators that would compute in `format`, those the engine loads in float32 but not in `format`, by name. Each
 * is tried in a model of its own, made from its first node. Operators that can be tried in neither form are not named.
 */
export async function opsWithoutKernels(
  model: OnnxModel,
  format: LowFormat,
  converted: Readonly<Record<string, number>>,
  context: WorkContext,
): Promise<string[]> {
  const candidates = firstNodes(model.proto, converted);
  const missing: string[] = [];
  let done = 0;
  for (const { node, scope } of candidates) {
    context.signal.throwIfAborted();
    const alone = modelOfNode(model.proto, node, scope);
    if (alone !== undefined && !(await loadsIn(format, alone)) && (await loads(alone))) missing.push(node.opType);
    done++;
    context.onProgress({ phase: 'asking the engine', done, total: candidates.length, unit: 'operators' });
  }
  return missing;
}

interface Candidate {
  readonly node: NodeProto;
  readonly scope: TypeScope;
}

function firstNodes(model: ModelProto, converted: Readonly<Record<string, number>>): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const scope of elementTypesOf(model).values()) {
    for (const node of scope.nodes) {
      const isCandidate = Object.hasOwn(converted, node.opType) && subgraphsOf(node).length === 0;
      const touchesFloat = [...node.input, ...node.output].some((name) => isFloat(scope, name));
      if (isCandidate && touchesFloat && !found.has(node.opType)) found.set(node.opType, { node, scope });
    }
  }
  return [...found.values()];
}

function isFloat(scope: TypeScope, name: string): boolean {
  const type = scope.get(name);
  return type?.kind === 'tensor' && type.dataType === DataType.float32;
}

/** The node between inputs and outputs of its types and unknown shapes; undefined when a type is not that of a tensor. */
function modelOfNode(model: ModelProto, node: NodeProto, scope: TypeScope): ModelProto | undefined {
  const input = portsOf(node.input, scope);
  const output = portsOf(node.output, scope);
  if (input === undefined || output === undefined) return undefined;
  return {
    ...model,
    functions: [],
    metadataProps: [],
    graph: { ...emptyGraph, name: 'probe', node: [node], input, output },
  };
}

function portsOf(names: readonly string[], scope: TypeScope): ValueInfoProto[] | undefined {
  const ports: ValueInfoProto[] = [];
  for (const name of new Set(names)) {
    if (name === '') continue;
    const type = scope.get(name);
    if (type?.kind !== 'tensor') return undefined;
    ports.push(makeValueInfo(name, type.dataType, undefined));
  }
  return ports;
}

/** Inputs and outputs stay float32, so that nothing but the kernel of the node is asked for. */
async function loadsIn(format: LowFormat, float: ModelProto): Promise<boolean> {
  const model = readModelBytes(encodeModel(float));
  try {
    return await loads(convertToHalf(model, { format, keepIoTypes: true }).proto);
  } finally {
    model.close();
  }
}

async function loads(proto: ModelProto): Promise<boolean> {
  try {
    const session = await openSessionFromBytes(encodeModel(proto), { graphOptimization: 'disabled' });
    await session.close();
    return true;
  } catch (thrown) {
    if (thrown instanceof RuntimeFailure) return false;
    throw thrown;
  }
}
