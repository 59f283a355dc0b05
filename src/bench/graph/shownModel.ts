// A model as its page asks about it: what the ids of the page mean, who reads what, the types of tensors. Made on demand.
import type { OpenedModel } from '../../formats/openModel';
import type { FlatGraph, FlatNode } from '../../onnx/hierarchy/flatGraph';
import type { Group } from '../../onnx/hierarchy/groupTree';
import type { ModelHierarchy } from '../../onnx/hierarchy/modelHierarchy';
import { isOnnxGraph } from '../../onnx/hierarchy/onnxGraph';
import type { OnnxBody } from '../../onnx/hierarchy/onnxGraph';
import type { NodeProto } from '../../onnx/messages';
import { modelErrors } from '../../onnx/modelErrors';
import { ShownTensors } from './shownTensors';

/** A node of an ONNX file, and the body it stands in. */
export interface NodeInFile {
  readonly node: NodeProto;
  readonly body: OnnxBody;
}

/** Ids of the page: of nodes those of the graph, of groups their keys. Good as long as the model is open. */
export class ShownModel {
  readonly graph: FlatGraph;
  private groupById: Map<string, Group> | undefined;
  private otherIds = new Map<Group, string>();
  private indexById: Map<string, number> | undefined;
  private innermost: (Group | undefined)[] | undefined;
  private origins: { readonly body: Int32Array; readonly position: Int32Array } | undefined;
  private followers: { readonly starts: Int32Array; readonly readers: Int32Array } | undefined;
  private knownTensors: ShownTensors | undefined;

  constructor(
    readonly hierarchy: ModelHierarchy,
    readonly opened: OpenedModel,
  ) {
    this.graph = hierarchy.graph;
  }

  /** Bodies of an ONNX model, the main graph first; none for other formats. */
  get bodies(): readonly OnnxBody[] {
    return isOnnxGraph(this.graph) ? this.graph.bodies : [];
  }

  /** Tensors of an ONNX model; undefined for other formats, which tell nothing of theirs. */
  get tensors(): ShownTensors | undefined {
    if (this.opened.kind !== 'onnx') return undefined;
    this.knownTensors ??= new ShownTensors(this.opened.model, this.bodies);
    return this.knownTensors;
  }

  node(index: number): FlatNode {
    const node = this.graph.nodes[index];
    if (node === undefined) throw new RangeError(`the graph has no node ${index}`);
    return node;
  }

  isHidden(index: number): boolean {
    return this.graph.hidden[index] === true;
  }

  /** Index of the node with an id; undefined for none. */
  indexOf(id: string): number | undefined {
    this.indexById ??= new Map(this.graph.nodes.map((node, index) => [node.id, index]));
    return this.indexById.get(id);
  }

  /** The group with an id; undefined for none. */
  groupOf(id: string): Group | undefined {
    return this.groupsById().get(id);
  }

  idOf(group: Group): string {
    this.groupsById();
    return this.otherIds.get(group) ?? group.key;
  }

  /** Every group by its id, outer ones first. A key that is the id of a node, too, is no id. */
  groupsById(): ReadonlyMap<string, Group> {
    if (this.groupById !== undefined) return this.groupById;
    const { groups } = this.hierarchy;
    const clashing = new Set(this.graph.nodes.filter(({ id }) => groups.has(id)).map(({ id }) => id));
    this.groupById = new Map();
    for (const [key, group] of groups) {
      const id = clashing.has(key) ? group.id : key;
      if (id !== key) this.otherIds.set(group, id);
      this.groupById.set(id, group);
    }
    return this.groupById;
  }

  /** Groups around a node that can be opened, outermost first. */
  groupsAround(index: number): Group[] {
    this.innermost ??= this.innermostGroups();
    return this.groupsFrom(this.innermost[index]);
  }

  /** The group itself and those around it that can be opened, outermost first. */
  groupsFrom(group: Group | undefined): Group[] {
    const around: Group[] = [];
    for (let at = group; at !== undefined && at !== this.hierarchy.root; at = at.parent) {
      if (at.size > 1) around.push(at);
    }
    return around.reverse();
  }

  /** Where a node stands in the file; undefined for inputs and outputs of the model, and for other formats. */
  inFile(index: number): NodeInFile | undefined {
    this.origins ??= this.originsOfNodes();
    const body = this.bodies[this.origins.body[index] ?? -1];
    const node = body?.graph.node[this.origins.position[index] ?? -1];
    return body === undefined || node === undefined ? undefined : { node, body };
  }

  /** Nodes that read something a node makes. */
  readersOf(index: number): readonly number[] {
    this.followers ??= this.followersOfNodes();
    const { starts, readers } = this.followers;
    return [...readers.subarray(starts[index], starts[index + 1])];
  }

  private innermostGroups(): (Group | undefined)[] {
    const innermost = new Array<Group | undefined>(this.graph.nodes.length).fill(undefined);
    for (const group of this.hierarchy.groups.values()) {
      for (const item of group.items) if (typeof item === 'number') innermost[item] = group;
    }
    return innermost;
  }

  private originsOfNodes(): { body: Int32Array; position: Int32Array } {
    const body = new Int32Array(this.graph.nodes.length).fill(-1);
    const position = new Int32Array(this.graph.nodes.length).fill(-1);
    this.bodies.forEach(({ indices }, bodyIndex) =>
      indices.forEach((index, place) => {
        body[index] = bodyIndex;
        position[index] = place;
      }),
    );
    return { body, position };
  }

  private followersOfNodes(): { starts: Int32Array; readers: Int32Array } {
    const { sources } = this.graph;
    const starts = new Int32Array(sources.length + 1);
    for (const read of sources) for (const maker of read) starts[maker + 1] = (starts[maker + 1] ?? 0) + 1;
    for (let at = 1; at < starts.length; at++) starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0);
    const next = starts.slice();
    const readers = new Int32Array(starts.at(-1) ?? 0);
    sources.forEach((read, reader) => {
      for (const maker of read) {
        const place = next[maker] ?? 0;
        readers[place] = reader;
        next[maker] = place + 1;
      }
    });
    return { starts, readers };
  }
}

/** The node or group a page asks about. Throws `model-no-node`. */
export function itemOf(model: ShownModel, id: string): number | Group {
  const item = model.groupOf(id) ?? model.indexOf(id);
  if (item === undefined) throw modelErrors.noNode(id);
  return item;
}
