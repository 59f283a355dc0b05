// Walks nodes and records what their rules say, going into branches, loop bodies and model-local functions.
import { DataType } from '../dataTypes';
import { isStandardDomain, subgraphsOf } from '../graphView';
import type { AttributeProto, FunctionProto, GraphProto, ModelProto, NodeProto, OperatorSetId } from '../messages';
import { commonDims } from './dims';
import { RuleInputs } from './rule';
import type { Inferred } from './rule';
import { operatorName, ruleFor } from './ruleTable';
import { Scope } from './scope';
import type { ScopeSettings } from './scope';

/** What holds for all nodes of one graph or function body. */
interface Surroundings {
  readonly opsets: ReadonlyMap<string, number>;
  /** Attributes of the call, inside a function. */
  readonly attributes: readonly AttributeProto[];
  /** Graphs and functions around this one. */
  readonly depth: number;
}

type Outputs = readonly (Inferred | undefined)[];

/** Functions that call each other may multiply; beyond these bounds their outputs stay unknown. */
const maxDepth = 64;
const maxInnerNodes = 200_000;

export class GraphWalk {
  private readonly functions = new Map<string, FunctionProto>();
  private readonly surroundings: Surroundings;
  private innerNodesLeft = maxInnerNodes;

  constructor(
    model: ModelProto,
    private readonly settings: ScopeSettings,
  ) {
    for (const body of model.functions) this.functions.set(functionKey(body.domain, body.name, body.overload), body);
    this.surroundings = { opsets: opsetsOf(model.opsetImport), attributes: [], depth: 0 };
  }

  /** Infers the main graph; `nodes` must be in topological order. */
  walk(graph: GraphProto, nodes: readonly NodeProto[]): Scope {
    const scope = new Scope(this.settings);
    scope.enter(graph);
    this.walkNodes(nodes, scope, this.surroundings);
    return scope;
  }

  private walkNodes(nodes: readonly NodeProto[], scope: Scope, surroundings: Surroundings): void {
    for (const node of nodes) {
      const outputs = this.outputsOf(node, scope, surroundings);
      node.output.forEach((name, index) => scope.set(name, outputs[index]));
    }
  }

  private outputsOf(node: NodeProto, scope: Scope, surroundings: Surroundings): Outputs {
    const opset = surroundings.opsets.get(isStandardDomain(node.domain) ? '' : node.domain) ?? 1;
    const inputs = new RuleInputs(node, opset, scope, surroundings.attributes);
    const body = this.functions.get(functionKey(node.domain, node.opType, node.overload));
    if (body !== undefined) return this.functionOutputs(body, inputs, surroundings);
    if (isStandardDomain(node.domain)) {
      if (node.opType === 'If') return this.ifOutputs(inputs, scope, surroundings);
      if (node.opType === 'Loop') return this.loopOutputs(inputs, scope, surroundings);
    }
    return ruleFor(node.domain, node.opType)?.(inputs) ?? [];
  }

  /** Walks an inner graph with its inputs bound in order; undefined when the bounds are reached. */
  private innerOutputs(
    graph: GraphProto,
    bound: Outputs,
    outer: Scope,
    surroundings: Surroundings,
  ): Outputs | undefined {
    if (!this.mayEnter(graph.node.length, surroundings)) return undefined;
    const scope = new Scope(this.settings, outer);
    scope.enter(graph);
    graph.input.forEach((input, index) => scope.set(input.name, bound[index]));
    this.walkNodes(graph.node, scope, { ...surroundings, depth: surroundings.depth + 1 });
    return graph.output.map((output) => known(scope, output.name));
  }

  private mayEnter(nodeCount: number, surroundings: Surroundings): boolean {
    this.innerNodesLeft -= nodeCount;
    return this.innerNodesLeft >= 0 && surroundings.depth < maxDepth;
  }

  /** A condition that is known chooses the branch; else the outputs are what both branches agree on. */
  private ifOutputs(inputs: RuleInputs, scope: Scope, surroundings: Surroundings): Outputs {
    const condition = inputs.values(0)?.[0];
    const branches = ['then_branch', 'else_branch'].map((name) => {
      const graph = inputs.attribute(name)?.g;
      return graph === undefined ? undefined : this.innerOutputs(graph, [], scope, surroundings);
    });
    const [yes, no] = branches;
    if (yes === undefined || no === undefined) return [];
    if (typeof condition === 'number') return condition === 0 ? no : yes;
    return yes.map((output, index) => common(output, no[index]));
  }

  /**
   * Inputs: trip count, condition, carried values; body inputs: iteration, condition, carried values; body outputs:
   * condition, carried values, one slice of every collected tensor. A carried value may change shape from round to
   * round, so only its type enters the body.
   */
  private loopOutputs(inputs: RuleInputs, scope: Scope, surroundings: Surroundings): Outputs {
    const body = subgraphsOf(inputs.node)[0]?.graph;
    if (body === undefined) return [];
    const initial = inputs.node.input.slice(2).map((_, index) => inputs.input(index + 2));
    const carried = initial.map((value) => value && { dataType: value.dataType });
    const bound = [{ dataType: DataType.int64, dims: [] }, { dataType: DataType.bool, dims: [] }, ...carried];
    const ends = this.innerOutputs(body, bound, scope, surroundings)?.slice(1) ?? [];
    return ends.map((end, index) => {
      if (index < initial.length) return common(initial[index], end);
      return end && { dataType: end.dataType, dims: end.dims && [null, ...end.dims] };
    });
  }

  private functionOutputs(body: FunctionProto, call: RuleInputs, surroundings: Surroundings): Outputs {
    if (!this.mayEnter(body.node.length, surroundings)) return [];
    const scope = new Scope(this.settings);
    body.input.forEach((name, index) => scope.set(name, withValues(call, index)));
    const given = [...call.node.attribute, ...body.attributeProto].map(({ name }) => name);
    const attributes = [...new Set(given)].flatMap((name) => call.attributeOrDefault(name, body.attributeProto));
    const own = body.opsetImport.length > 0 ? opsetsOf(body.opsetImport) : surroundings.opsets;
    this.walkNodes(body.node, scope, { opsets: own, attributes, depth: surroundings.depth + 1 });
    return body.output.map((name) => known(scope, name));
  }
}

function known(scope: Scope, name: string): Inferred | undefined {
  const type = scope.type(name);
  return type && { ...type, values: scope.values(name) };
}

function withValues(call: RuleInputs, index: number): Inferred | undefined {
  const type = call.input(index);
  return type && { ...type, values: call.values(index) };
}

function common(one: Inferred | undefined, other: Inferred | undefined): Inferred | undefined {
  if (one === undefined || one.dataType !== other?.dataType) return undefined;
  return { dataType: one.dataType, dims: commonDims(one.dims, other.dims) };
}

function functionKey(domain: string, name: string, overload: string): string {
  return `${operatorName(domain, name)}:${overload}`;
}

function opsetsOf(imports: readonly OperatorSetId[]): Map<string, number> {
  return new Map(imports.map(({ domain, version }) => [isStandardDomain(domain) ? '' : domain, version]));
}
