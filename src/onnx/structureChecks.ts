// What makes a decoded model unreadable: broken names, cycles, impossible tensors. Milder faults are in modelProblems.ts.
import { checkFunctions } from './functionChecks';
import { GraphView } from './graphView';
import type { ModelLimits } from './limits';
import type { GraphProto, ModelProto, NodeProto } from './messages';
import { modelErrors, quoted } from './modelErrors';
import { scopesOf, sparseTensorsOf, tensorsOf } from './modelWalk';
import type { Scope } from './modelWalk';
import { standsInOrder } from './nodeOrder';
import { checkSparseTensor, checkTensor } from './tensorChecks';
import type { TensorReader } from './tensorReader';

/**
 * Throws a ModelError when the model has no graph, makes a name twice, reads a name that nothing makes, feeds itself,
 * calls functions in a circle or too deep, or has a tensor whose data cannot be what its shape says. External files pass
 * the gate here; of dense tensors no data is read.
 */
export function checkStructure(model: ModelProto, tensors: TensorReader, limits: ModelLimits): void {
  if (model.graph === undefined) throw modelErrors.noGraph();
  checkFunctions(model, limits);
  checkNames(model);
  for (const { graph } of scopesOf(model)) {
    if (!standsInOrder(graph)) new GraphView(graph).topologicalOrder();
  }
  for (const tensor of tensorsOf(model)) checkTensor(tensor, tensors, limits);
  for (const sparse of sparseTensorsOf(model)) checkSparseTensor(sparse, tensors, limits);
}

function placeOf(node: NodeProto, scope: Scope): string {
  return `node ${quoted(node.name)} (${node.opType}) in ${scope.title}`;
}

function checkNames(model: ModelProto): void {
  const namesByScope = new Map<Scope, ReadonlySet<string>>();
  for (const scope of scopesOf(model)) {
    const own = namesMadeIn(scope);
    namesByScope.set(scope, own);
    const isMade = (name: string): boolean => {
      if (own.has(name)) return true;
      for (let at = scope.outer; at !== undefined; at = at.outer) {
        if (namesByScope.get(at)?.has(name) === true) return true;
      }
      return false;
    };
    for (const node of scope.graph.node) {
      for (const name of node.input) {
        if (name !== '' && !isMade(name)) throw modelErrors.missingProducer(name, placeOf(node, scope));
      }
    }
    for (const name of outputsOf(scope)) {
      if (!isMade(name)) throw modelErrors.missingProducer(name, `an output of ${scope.title}`);
    }
  }
}

/** Names a scope makes, each once (static single assignment); an initializer may also be a graph input. */
function namesMadeIn(scope: Scope): Set<string> {
  const { graph } = scope;
  const inputs = scope.function?.input ?? graph.input.map((input) => input.name);
  const made = new Set<string>();
  for (const name of inputs) {
    if (made.has(name)) throw modelErrors.duplicateOutput(name, `an input of ${scope.title}`);
    made.add(name);
  }
  for (const name of initializersOnce(graph, scope.title)) made.add(name);
  for (const node of graph.node) {
    for (const name of node.output) {
      if (name === '') continue;
      if (made.has(name)) throw modelErrors.duplicateOutput(name, placeOf(node, scope));
      made.add(name);
    }
  }
  return made;
}

function initializersOnce(graph: GraphProto, title: string): Set<string> {
  const names = new Set<string>();
  const sparse = graph.sparseInitializer.map((tensor) => tensor.values?.name ?? '');
  for (const name of [...graph.initializer.map((tensor) => tensor.name), ...sparse]) {
    if (names.has(name)) throw modelErrors.duplicateInitializer(name, title);
    names.add(name);
  }
  return names;
}

function outputsOf(scope: Scope): readonly string[] {
  return scope.function?.output ?? scope.graph.output.map((output) => output.name);
}
