// The element type of every tensor of a model, subgraphs included: no shapes, so that no operator's are out of reach.
import { DataType } from '../onnx/dataTypes';
import { GraphView, isStandardDomain, subgraphsOf } from '../onnx/graphView';
import { emptyGraph } from '../onnx/modelWalk';
import type { FunctionProto, GraphProto, ModelProto, NodeProto, TypeProto, ValueInfoProto } from '../onnx/messages';
import { standsInOrder } from '../onnx/nodeOrder';
import { outputTypesOf } from './outputTypes';
import type { ValueType } from './outputTypes';

/** Types of one graph; also knows those of the graphs around it. */
export class TypeScope {
  private readonly types = new Map<string, ValueType>();

  constructor(
    readonly outer: TypeScope | undefined,
    /** The nodes, each after those it reads from. */
    readonly nodes: readonly NodeProto[],
  ) {}

  get(name: string): ValueType | undefined {
    return this.types.get(name) ?? this.outer?.get(name);
  }

  set(name: string, type: ValueType | undefined): void {
    if (name !== '' && type !== undefined) this.types.set(name, type);
  }

  /** Whether it has an own tensor of this name. */
  has(name: string): boolean {
    return this.types.has(name);
  }
}

/** The scope of every graph of a model, the bodies of model-local functions left out. */
export type ElementTypes = ReadonlyMap<GraphProto, TypeScope>;

/**
 * Element types of all tensors. What the file declares is believed; the rest follows from the operators. A tensor is
 * absent when an operator of a foreign domain makes it and the file does not declare it.
 * Throws `model-cycle` for a graph that feeds itself.
 */
export function elementTypesOf(model: ModelProto): ElementTypes {
  const walk = new TypeWalk(model.functions);
  if (model.graph !== undefined) walk.enter(model.graph, undefined, []);
  return walk.scopes;
}

/** The nodes as they stand, or sorted when they stand in no order in which they can run. */
export function nodesInOrder(graph: GraphProto): readonly NodeProto[] {
  return standsInOrder(graph) ? graph.node : new GraphView(graph).topologicalOrder();
}

type Types = readonly (ValueType | undefined)[];

class TypeWalk {
  readonly scopes = new Map<GraphProto, TypeScope>();
  private readonly functions = new Map<string, FunctionProto>();

  constructor(functions: readonly FunctionProto[]) {
    for (const body of functions) this.functions.set(functionKey(body.domain, body.name, body.overload), body);
  }

  /** Types of a graph whose inputs have the given types where it does not declare them; gives those of its outputs. */
  enter(graph: GraphProto, outer: TypeScope | undefined, inputs: Types): Types {
    const scope = new TypeScope(outer, nodesInOrder(graph));
    this.scopes.set(graph, scope);
    const declared = new Map<string, ValueType>();
    for (const info of [...graph.valueInfo, ...graph.output, ...graph.input]) {
      const type = typeOf(info.type);
      if (type !== undefined) declared.set(info.name, type);
    }
    graph.input.forEach(({ name }, index) => scope.set(name, declared.get(name) ?? inputs[index]));
    for (const { name, dataType } of graph.initializer) scope.set(name, tensorOf(dataType));
    for (const { values } of graph.sparseInitializer) {
      if (values !== undefined) scope.set(values.name, tensorOf(values.dataType));
    }
    this.follow(scope, declared);
    return graph.output.map(({ name }) => scope.get(name));
  }

  private follow(scope: TypeScope, declared: ReadonlyMap<string, ValueType>): void {
    for (const node of scope.nodes) {
      const outputs = this.outputsOf(node, scope);
      node.output.forEach((name, index) => scope.set(name, declared.get(name) ?? outputs[index]));
    }
  }

  private outputsOf(node: NodeProto, scope: TypeScope): Types {
    const inputs = node.input.map((name) => (name === '' ? undefined : scope.get(name)));
    const body = this.functions.get(functionKey(node.domain, node.opType, node.overload));
    if (body !== undefined) return this.functionOutputs(body, inputs);
    const inner = subgraphsOf(node);
    if (inner.length === 0 || !isStandardDomain(node.domain)) {
      for (const { graph } of inner) this.enter(graph, scope, []);
      return outputTypesOf(node, inputs);
    }
    const results = inner.map(({ graph }) => this.enter(graph, scope, bodyInputs(node, graph.input, inputs)));
    const [first = [], second = []] = results;
    if (node.opType === 'If') return first.map((type, index) => type ?? second[index]);
    if (node.opType === 'Loop') return first.slice(1);
    return node.opType === 'Scan' ? first : outputTypesOf(node, inputs);
  }

  private functionOutputs(body: FunctionProto, inputs: Types): Types {
    const graph = { ...emptyGraph, node: body.node, valueInfo: body.valueInfo };
    const scope = new TypeScope(undefined, nodesInOrder(graph));
    body.input.forEach((name, index) => scope.set(name, inputs[index]));
    this.follow(scope, new Map());
    return body.output.map((name) => scope.get(name));
  }
}

/** What the inputs of a loop's body are, from those of the loop: only the last ones are passed on in both operators. */
function bodyInputs(node: NodeProto, body: readonly ValueInfoProto[], inputs: Types): Types {
  if (node.opType === 'Loop') {
    return [tensorOf(DataType.int64), tensorOf(DataType.bool), ...inputs.slice(2)];
  }
  return node.opType === 'Scan' ? inputs.slice(inputs.length - body.length) : [];
}

function typeOf(type: TypeProto | undefined): ValueType | undefined {
  if (type === undefined) return undefined;
  if (type.tensorType !== undefined) {
    const { elemType } = type.tensorType;
    return elemType === 0 ? undefined : tensorOf(elemType);
  }
  const element = type.sequenceType?.elemType?.tensorType?.elemType;
  if (element !== undefined) return { kind: 'sequence', dataType: element };
  const isOther = type.sequenceType ?? type.mapType ?? type.optionalType ?? type.sparseTensorType;
  return isOther === undefined ? undefined : { kind: 'other', dataType: 0 };
}

function tensorOf(dataType: number): ValueType {
  return { kind: 'tensor', dataType };
}

function functionKey(domain: string, name: string, overload: string): string {
  return `${isStandardDomain(domain) ? '' : domain}:${name}:${overload}`;
}
