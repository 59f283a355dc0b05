// An ONNX model as a flat graph: its nodes, those of branches and loop bodies in groups of their own, its inputs and outputs.
import { requiredInputs, subgraphsOf } from '../graphView';
import type { GraphProto, NodeProto, ValueInfoProto } from '../messages';
import { declaredPort } from '../modelFacts';
import type { OnnxModel } from '../readModel';
import { FlatGraphBuilder, GroupsOfNames } from './flatGraph';
import type { FlatGraph, GraphAttribute } from './flatGraph';
import { onnxAttributes } from './onnxAttributes';
import { typeAndShape } from './shownValues';

/** The graph of an ONNX model, with where its nodes stand in the file. */
export interface OnnxFlatGraph extends FlatGraph {
  /** Outer ones first; the first is the main graph. */
  readonly bodies: readonly OnnxBody[];
}

/** Whether a graph came from an ONNX model. */
export function isOnnxGraph(graph: FlatGraph): graph is OnnxFlatGraph {
  return 'bodies' in graph;
}

/** A body of nodes: the main graph, a branch, the body of a loop. */
export interface OnnxBody {
  readonly graph: GraphProto;
  readonly groups: readonly string[];
  /** The node that carries it; the main graph has none. */
  readonly owner: { readonly body: OnnxBody; readonly node: NodeProto; readonly index: number } | undefined;
  /** Who makes a tensor of this body; `nobody` for initializers. */
  readonly makers: Map<string, number>;
  /** Of its nodes, in the flat graph. */
  readonly indices: number[];
}

/** Makes what is stored in the file, and what is made nowhere. */
export const nobody = -1;

/**
 * The graph of a model. A tensor a body reads from outside, or is given by its node, comes from whoever makes it there;
 * what a body results in goes to its node. The model must stay open while attributes are asked for. Iterative.
 */
export function onnxGraph(model: OnnxModel): OnnxFlatGraph {
  const builder = new FlatGraphBuilder();
  const { graph } = model;
  const main: OnnxBody = { graph, groups: [], owner: undefined, makers: new Map(), indices: [] };
  const inputs = requiredInputs(graph);
  // Operators take the ids first: tensors often bear the names of the nodes that make them.
  const pending: OnnxBody[] = [main];
  const bodies: OnnxBody[] = [];
  for (let body = pending.pop(); body !== undefined; body = pending.pop()) {
    bodies.push(body);
    pending.push(...addNodes(body, model, builder).reverse());
  }
  for (const value of inputs) main.makers.set(value.name, builder.add(boundaryNode(value, 'input')));
  // Outer bodies stand before the ones in them, which look names up there.
  for (const body of bodies) connectNodes(body, builder);
  for (const value of graph.output) {
    const index = builder.add(boundaryNode(value, 'output'));
    builder.connect(makerOf(value.name, main), index);
  }
  return { ...builder.finish(inputs.map(declaredPort), graph.output.map(declaredPort)), bodies };
}

/** Adds the nodes of one body; gives the bodies they carry. */
function addNodes(body: OnnxBody, model: OnnxModel, builder: FlatGraphBuilder): OnnxBody[] {
  const { graph, makers, indices } = body;
  const inner: OnnxBody[] = [];
  const ofNames = new GroupsOfNames(body.groups);
  for (const { name } of graph.initializer) makers.set(name, nobody);
  for (const node of graph.node) {
    const name = describedName(node);
    // Names of tensors, which stand in for missing ones, order nothing.
    const groups = ofNames.of(node.name);
    const attributes = (): GraphAttribute[] => onnxAttributes(node, model.tensors);
    const index = builder.add({ name, type: node.opType, groups, attributes });
    indices.push(index);
    for (const output of node.output) if (output !== '') makers.set(output, index);
    for (const { attribute, graph: carried } of subgraphsOf(node)) {
      const own = `${lastPart(name)}.${attribute}`;
      const owner = { body, node, index };
      inner.push({ graph: carried, groups: [...groups, own], owner, makers: new Map(), indices: [] });
    }
  }
  return inner;
}

function connectNodes(body: OnnxBody, builder: FlatGraphBuilder): void {
  const { graph, owner, indices, makers } = body;
  // What the node is given goes to the inputs of its body, position by position (Loop, Scan; the branches of If have none).
  graph.input.forEach(({ name }, position) => {
    if (owner !== undefined) makers.set(name, makerOf(owner.node.input[position] ?? '', owner.body));
  });
  graph.node.forEach((node, position) => {
    for (const input of node.input) builder.connect(makerOf(input, body), indices[position] ?? nobody);
  });
  if (owner === undefined) return;
  for (const { name } of graph.output) builder.connect(makerOf(name, body), owner.index);
}

/** The index of the node that makes a tensor as a body sees it. */
export function makerOf(name: string, body: OnnxBody): number {
  for (let at: OnnxBody | undefined = body; name !== '' && at !== undefined; at = at.owner?.body) {
    const maker = at.makers.get(name);
    if (maker !== undefined) return maker;
  }
  return nobody;
}

/** The node's name, or its first output for the many exporters that leave names out. */
function describedName(node: NodeProto): string {
  if (node.name !== '') return node.name;
  return node.output.find((output) => output !== '') ?? node.opType;
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1) || name;
}

function boundaryNode(value: ValueInfoProto, boundary: 'input' | 'output'): Parameters<FlatGraphBuilder['add']>[0] {
  const attributes = (): GraphAttribute[] => {
    const { type, shape } = declaredPort(value);
    return [{ name: 'type', attribute_type: 'type', value: typeAndShape(type, shape) }];
  };
  const type = boundary === 'input' ? 'Input node' : 'Output node';
  return { name: value.name, type, groups: [], boundary, attributes };
}
