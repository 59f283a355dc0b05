// Walks over everything in a model: its graphs with their surroundings, its tensors, and a copy with other tensors.
import { subgraphsOf } from './graphView';
import type {
  AttributeProto,
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  SparseTensorProto,
  TensorProto,
} from './messages';
import { quoted } from './modelErrors';

/** A graph without anything in it. */
export const emptyGraph: GraphProto = {
  node: [],
  name: '',
  initializer: [],
  sparseInitializer: [],
  docString: '',
  input: [],
  output: [],
  valueInfo: [],
  metadataProps: [],
};

/** A body of nodes: the main graph, a subgraph, or the body of a model-local function written as a graph. */
export interface Scope {
  readonly graph: GraphProto;
  /** The scope whose names it sees, too. */
  readonly outer: Scope | undefined;
  readonly function: FunctionProto | undefined;
  /** For error places: `the main graph`, `then_branch of node "x"`. */
  readonly title: string;
}

/** Messages never change, and to open a model takes many looks at all of it. */
const known = new WeakMap<ModelProto, readonly Scope[]>();

/** Every body of nodes of a model, outer ones first; the same objects whenever it is asked. */
export function scopesOf(model: ModelProto): readonly Scope[] {
  const before = known.get(model);
  if (before !== undefined) return before;
  const scopes = findScopes(model);
  known.set(model, scopes);
  return scopes;
}

/** Iterative: nesting may be deep. */
function findScopes(model: ModelProto): Scope[] {
  const scopes: Scope[] = [];
  const pending: Scope[] = model.functions.map((body) => ({
    graph: { ...emptyGraph, node: body.node },
    outer: undefined,
    function: body,
    title: `function ${quoted(body.name)}`,
  }));
  if (model.graph !== undefined) {
    pending.push({ graph: model.graph, outer: undefined, function: undefined, title: 'the main graph' });
  }
  for (let scope = pending.pop(); scope !== undefined; scope = pending.pop()) {
    scopes.push(scope);
    for (const node of scope.graph.node) {
      for (const { attribute, graph } of subgraphsOf(node)) {
        const title = `${attribute} of node ${quoted(node.name)} (${node.opType})`;
        pending.push({ graph, outer: scope, function: undefined, title });
      }
    }
  }
  return scopes;
}

/** Every dense tensor of a model, those of attributes and of sparse tensors included. */
export function* tensorsOf(model: ModelProto): Iterable<TensorProto> {
  for (const { graph, function: body } of scopesOf(model)) {
    yield* graph.initializer;
    for (const sparse of graph.sparseInitializer) yield* partsOf(sparse);
    for (const attribute of body?.attributeProto ?? []) yield* tensorsOfAttribute(attribute);
    for (const node of graph.node) for (const attribute of node.attribute) yield* tensorsOfAttribute(attribute);
  }
}

/** Every sparse tensor of a model. */
export function* sparseTensorsOf(model: ModelProto): Iterable<SparseTensorProto> {
  for (const { graph } of scopesOf(model)) {
    yield* graph.sparseInitializer;
    for (const node of graph.node) {
      for (const attribute of node.attribute) {
        if (attribute.sparseTensor !== undefined) yield attribute.sparseTensor;
        yield* attribute.sparseTensors;
      }
    }
  }
}

function* tensorsOfAttribute(attribute: AttributeProto): Iterable<TensorProto> {
  if (attribute.t !== undefined) yield attribute.t;
  yield* attribute.tensors;
  for (const sparse of attribute.sparseTensors) yield* partsOf(sparse);
  if (attribute.sparseTensor !== undefined) yield* partsOf(attribute.sparseTensor);
}

function* partsOf(sparse: SparseTensorProto): Iterable<TensorProto> {
  if (sparse.values !== undefined) yield sparse.values;
  if (sparse.indices !== undefined) yield sparse.indices;
}

/** What to put in place of a tensor; the same object leaves it. `isInitializer`: of a graph, and dense. */
export type TensorChange = (tensor: TensorProto, isInitializer: boolean) => TensorProto;

/**
 * The model with every tensor replaced by what `change` makes of it. Whatever holds no changed tensor stays the same
 * object, so that it is written as it was read. Recursion is as deep as graphs are nested.
 */
export function mapTensors(model: ModelProto, change: TensorChange): ModelProto {
  const functions = mapList(model.functions, (body) => {
    const node = mapList(body.node, (inner) => mapNode(inner, change));
    const attributeProto = mapList(body.attributeProto, (attribute) => mapAttribute(attribute, change));
    return node === body.node && attributeProto === body.attributeProto ? body : { ...body, node, attributeProto };
  });
  const graph = model.graph === undefined ? undefined : mapGraph(model.graph, change);
  if (graph === model.graph && functions === model.functions) return model;
  return { ...model, functions, ...(graph === undefined ? {} : { graph }) };
}

function mapGraph(graph: GraphProto, change: TensorChange): GraphProto {
  const node = mapList(graph.node, (inner) => mapNode(inner, change));
  const initializer = mapList(graph.initializer, (tensor) => change(tensor, true));
  const sparseInitializer = mapList(graph.sparseInitializer, (sparse) => mapSparse(sparse, change));
  const same =
    node === graph.node && initializer === graph.initializer && sparseInitializer === graph.sparseInitializer;
  return same ? graph : { ...graph, node, initializer, sparseInitializer };
}

function mapNode(node: NodeProto, change: TensorChange): NodeProto {
  const attribute = mapList(node.attribute, (inner) => mapAttribute(inner, change));
  return attribute === node.attribute ? node : { ...node, attribute };
}

function mapAttribute(attribute: AttributeProto, change: TensorChange): AttributeProto {
  const { t, g, sparseTensor } = attribute;
  const changed = {
    ...(t === undefined ? {} : { t: change(t, false) }),
    ...(g === undefined ? {} : { g: mapGraph(g, change) }),
    ...(sparseTensor === undefined ? {} : { sparseTensor: mapSparse(sparseTensor, change) }),
    tensors: mapList(attribute.tensors, (tensor) => change(tensor, false)),
    graphs: mapList(attribute.graphs, (graph) => mapGraph(graph, change)),
    sparseTensors: mapList(attribute.sparseTensors, (sparse) => mapSparse(sparse, change)),
  };
  return isSame(attribute, changed) ? attribute : { ...attribute, ...changed };
}

function mapSparse(sparse: SparseTensorProto, change: TensorChange): SparseTensorProto {
  const changed = {
    ...(sparse.values === undefined ? {} : { values: change(sparse.values, false) }),
    ...(sparse.indices === undefined ? {} : { indices: change(sparse.indices, false) }),
  };
  return isSame(sparse, changed) ? sparse : { ...sparse, ...changed };
}

function isSame<T extends object>(before: T, changed: Partial<T>): boolean {
  return (Object.keys(changed) as (keyof T)[]).every((property) => before[property] === changed[property]);
}

function mapList<T>(list: readonly T[], change: (item: T) => T): readonly T[] {
  let changed: T[] | undefined;
  list.forEach((item, index) => {
    const next = change(item);
    if (next === item) return;
    changed ??= [...list];
    changed[index] = next;
  });
  return changed ?? list;
}
