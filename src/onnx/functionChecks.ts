// Model-local functions: called in a circle, too deep, or multiplying into too many nodes. The engine dies of the first two.
import type { ModelLimits } from './limits';
import type { FunctionProto, ModelProto, NodeProto } from './messages';
import { modelErrors } from './modelErrors';
import { emptyGraph, scopesOf } from './modelWalk';

interface Calls {
  /** Functions called by the body, once a call. */
  readonly callees: FunctionProto[];
  readonly nodes: number;
}

interface Extent {
  readonly depth: number;
  /** Nodes once every call is replaced by the body it calls. */
  readonly nodes: number;
}

/**
 * Throws a ModelError when a function is there twice, calls itself, calls others deeper than the limit, or the model would
 * have too many nodes with all calls put in. Iterative: the chain may be as long as the file.
 */
export function checkFunctions(model: ModelProto, limits: ModelLimits): void {
  if (model.functions.length === 0) return;
  const byName = functionsByName(model);
  const extents = new Map<FunctionProto, Extent>();
  for (const root of model.functions) measure(root, byName, extents, limits);
  const main = callsIn({ ...model, functions: [] }, byName);
  if (extentOf(main, extents).nodes > limits.nodes) throw modelErrors.functionGrowth(limits.nodes);
}

function functionsByName(model: ModelProto): ReadonlyMap<string, FunctionProto> {
  const byName = new Map<string, FunctionProto>();
  for (const body of model.functions) {
    const key = keyOf(body.domain, body.name, body.overload);
    if (byName.has(key)) throw modelErrors.duplicateFunction(body.name);
    byName.set(key, body);
  }
  return byName;
}

function keyOf(domain: string, name: string, overload: string): string {
  return JSON.stringify([domain === 'ai.onnx' ? '' : domain, name, overload]);
}

/** Depth-first with a stack of its own; a function met again while still open is a circle. */
function measure(
  root: FunctionProto,
  byName: ReadonlyMap<string, FunctionProto>,
  extents: Map<FunctionProto, Extent>,
  limits: ModelLimits,
): void {
  if (extents.has(root)) return;
  const open = new Set<FunctionProto>([root]);
  const stack = [{ body: root, calls: callsOf(root, byName), next: 0 }];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const callee = top.calls.callees[top.next];
    top.next += 1;
    if (callee === undefined) {
      const extent = extentOf(top.calls, extents);
      if (extent.depth > limits.functionDepth) throw modelErrors.functionDepth(top.body.name, limits.functionDepth);
      if (extent.nodes > limits.nodes) throw modelErrors.functionGrowth(limits.nodes);
      extents.set(top.body, extent);
      open.delete(top.body);
      stack.pop();
    } else if (open.has(callee)) {
      throw modelErrors.functionCycle(callee.name);
    } else if (!extents.has(callee)) {
      open.add(callee);
      stack.push({ body: callee, calls: callsOf(callee, byName), next: 0 });
    }
  }
}

function extentOf(calls: Calls, extents: ReadonlyMap<FunctionProto, Extent>): Extent {
  let deepest = 0;
  let nodes = calls.nodes;
  for (const callee of calls.callees) {
    const extent = extents.get(callee);
    deepest = Math.max(deepest, extent?.depth ?? 0);
    nodes += extent?.nodes ?? 0;
  }
  return { depth: deepest + 1, nodes };
}

function callsOf(body: FunctionProto, byName: ReadonlyMap<string, FunctionProto>): Calls {
  const alone: ModelProto = {
    opsetImport: [],
    producerName: '',
    producerVersion: '',
    domain: '',
    docString: '',
    metadataProps: [],
    functions: [],
    graph: { ...emptyGraph, node: body.node },
  };
  return callsIn(alone, byName);
}

/** Calls from a model's main graph and everything nested in it. */
function callsIn(model: ModelProto, byName: ReadonlyMap<string, FunctionProto>): Calls {
  const callees: FunctionProto[] = [];
  let nodes = 0;
  for (const scope of scopesOf(model)) {
    nodes += scope.graph.node.length;
    for (const node of scope.graph.node) {
      const callee = byName.get(keyOfCall(node));
      if (callee !== undefined) callees.push(callee);
    }
  }
  return { callees, nodes };
}

function keyOfCall(node: NodeProto): string {
  return keyOf(node.domain, node.opType, node.overload);
}
