// What is visible of a model: nodes, edges and boxes, in a size that a message and a page can hold.
import { Group } from '../../onnx/hierarchy/groupTree';
import { makerOf } from '../../onnx/hierarchy/onnxGraph';
import { edgesBetween, visibleItems } from '../../onnx/hierarchy/visibleItems';
import type { VisibleEdge } from '../../onnx/hierarchy/visibleItems';
import { shortText } from '../../onnx/hierarchy/shownValues';
import type { GraphScene, SceneEdge, SceneGroup, SceneNode } from '../../protocol/panels/graph';
import { cardDetails } from './cardDetails';
import type { ShownModel } from './shownModel';

/** Nodes and closed groups shown at once: a picture of more is of no use, and more does not fit into a message. */
const mostVisible = 50_000;
/** Edges, for the same reason. */
const mostEdges = 120_000;
/** Above this, cards and edges are too small to be read, so that they say nothing. */
const mostDetailed = 12_000;
const longestLabel = 120;

/** Limits of a scene; tests ask for smaller ones. */
export interface SceneLimits {
  readonly visible: number;
}

/** The scene with the named groups open. Groups that would make it too large stay closed. */
export function sceneOf(
  model: ShownModel,
  expanded: readonly string[],
  { visible: most }: SceneLimits = { visible: mostVisible },
): GraphScene {
  const { open, kept } = openable(model, expanded, most);
  const { items, parents, placeOf } = visibleItems(model.hierarchy.root, model.graph.nodes.length, open);
  const isDetailed = items.length <= mostDetailed;
  const all = edgesBetween(model.graph, placeOf, items.length);
  const edges = all.slice(0, mostEdges);
  const left = [
    ...(kept > 0 ? [stillClosed(kept, most)] : []),
    ...(all.length > edges.length
      ? [`${inWords(all.length - edges.length)} of ${inWords(all.length)} lines are left out.`]
      : []),
  ];
  return {
    nodes: items.map((item, place) => sceneNode(model, item, parents[place], isDetailed)),
    edges: edges.map((edge) => sceneEdge(model, edge, isDetailed)),
    openGroups: [...open].map((group) => openGroup(model, group)),
    ...(left.length === 0 ? {} : { leftOut: left.join(' ') }),
  };
}

function stillClosed(kept: number, most: number): string {
  const [groups, verb] = kept === 1 ? ['1 group', 'stays'] : [`${inWords(kept)} groups`, 'stay'];
  return `${groups} ${verb} closed: at most ${inWords(most)} nodes are shown at once. Close others to open more.`;
}

function inWords(count: number): string {
  return count.toLocaleString('en');
}

/** The groups that are open in truth: those around them are, too, and what they show fits. */
function openable(model: ShownModel, expanded: readonly string[], most: number): { open: Set<Group>; kept: number } {
  const { hierarchy } = model;
  const wanted = new Set(expanded.map((id) => model.groupOf(id) ?? hierarchy.find(id)));
  const open = new Set<Group>();
  let visible = hierarchy.root.items.length;
  let kept = 0;
  for (const group of hierarchy.groups.values()) {
    if (!wanted.has(group) || group.size < 2) continue;
    const [around] = model.groupsFrom(group.parent).slice(-1);
    if (around !== undefined && !open.has(around)) continue;
    const after = visible + group.items.length - 1;
    if (after > most) {
      kept++;
      continue;
    }
    visible = after;
    open.add(group);
  }
  return { open, kept };
}

function sceneNode(model: ShownModel, item: Group | number, around: Group | undefined, isDetailed: boolean): SceneNode {
  const parent = parentId(model, around);
  if (item instanceof Group) {
    const label = item.name.slice(0, longestLabel);
    return { id: model.idOf(item), kind: 'group', label, name: item.key, size: item.size, parent };
  }
  const { id, name, type, boundary } = model.node(item);
  if (boundary !== undefined) {
    const details = isDetailed ? [portText(model, name)].filter((text) => text !== '') : [];
    return { id, kind: boundary, label: name.slice(0, longestLabel), name, size: 1, parent, ...some(details) };
  }
  const inFile = isDetailed ? model.inFile(item) : undefined;
  const { tensors } = model;
  const details = inFile === undefined || tensors === undefined ? [] : cardDetails(inFile, tensors);
  return { id, kind: 'op', label: shortText(type).slice(0, longestLabel), name, size: 1, parent, ...some(details) };
}

function some(details: readonly string[]): { readonly details?: readonly string[] } {
  return details.length === 0 ? {} : { details };
}

function portText(model: ShownModel, name: string): string {
  const known = model.tensors?.typeOf(name, undefined);
  if (known !== undefined) return `${known.type} ${known.shape}`.trim().slice(0, longestLabel);
  const { inputs, outputs } = model.graph;
  return [...inputs, ...outputs].find((port) => port.name === name)?.type ?? '';
}

function sceneEdge(model: ShownModel, edge: VisibleEdge, isDetailed: boolean): SceneEdge {
  const { source, target } = edge;
  return { source, target, tensor: isDetailed ? tensorText(model, edge) : '' };
}

/** `float32 [1, 64, 56, 56]`, or its name where nothing else is known of it. */
function tensorText(model: ShownModel, { maker, reader }: VisibleEdge): string {
  const { tensors } = model;
  if (tensors === undefined) return '';
  const name = tensorBetween(model, maker, reader);
  const { type, shape } = tensors.typeOf(name, model.inFile(maker)?.body);
  return `${type} ${shape}`.trim() || name.slice(0, longestLabel);
}

/** Name of a tensor that goes from one node to another, as the maker calls it; '' where the format tells no names. */
export function tensorBetween(model: ShownModel, maker: number, reader: number): string {
  const made = model.inFile(maker);
  if (made === undefined) return model.tensors === undefined ? '' : model.node(maker).name;
  const { output } = made.node;
  if (output.length < 2) return output[0] ?? '';
  const read = model.inFile(reader);
  if (read === undefined) {
    const { name } = model.node(reader);
    return output.includes(name) ? name : (output[0] ?? '');
  }
  const found = read.node.input.find((name) => output.includes(name) && makerOf(name, read.body) === maker);
  return found ?? output.find((name) => name !== '') ?? '';
}

function openGroup(model: ShownModel, group: Group): SceneGroup {
  const [around] = model.groupsFrom(group.parent).slice(-1);
  const label = group.name.slice(0, longestLabel);
  return { key: model.idOf(group), label, parent: parentId(model, around), size: group.size };
}

function parentId(model: ShownModel, group: Group | undefined): string {
  return group === undefined || group === model.hierarchy.root ? '' : model.idOf(group);
}

/** Every group that can be opened, outer ones first. */
export function allGroupsOf(model: ShownModel): readonly string[] {
  return [...model.groupsById()].flatMap(([id, { size }]) => (size > 1 ? [id] : []));
}
