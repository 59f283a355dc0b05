// Which ops share their 8-bit inputs, and so can only be left float together (SYSTEMS §7.5, reverting a block).
import { followingOpTypes } from '../../dictionary/quantizableOps';
import { GraphView } from '../../onnx/graphView';
import type { GraphProto, NodeProto } from '../../onnx/messages';

/** Ops that clip their input: what they read and what they give have ranges of their own. */
const clipping: ReadonlySet<string> = new Set(['Relu', 'Clip']);

/** All inputs and the output share one range. */
const joining: ReadonlySet<string> = new Set(['Concat']);

/**
 * Groups the named ops: two are in one where they read the same tensor, directly or through ops that pass it on, or
 * where a third reads both their tensors. In graph order, each op once.
 */
export function linkedOps(graph: GraphProto, names: ReadonlySet<string>): readonly (readonly string[])[] {
  const view = new GraphView(graph);
  const sets = new DisjointSets();
  const originOf = (tensor: string): string => {
    let origin = tensor;
    for (let node = view.producer(origin); node !== undefined && passesOn(node); node = view.producer(origin)) {
      origin = node.input[0] ?? '';
    }
    return origin;
  };
  const ops = graph.node.filter(({ name }) => names.has(name));
  for (const op of ops) {
    const read = op.input.filter((tensor) => tensor !== '' && view.initializer(tensor) === undefined);
    for (const tensor of read) sets.join(opKey(op), tensorKey(originOf(tensor)));
    if (joining.has(op.opType)) sets.join(opKey(op), tensorKey(op.output[0] ?? ''));
  }
  const groups = new Map<string, string[]>();
  for (const op of ops) {
    const root = sets.rootOf(opKey(op));
    groups.set(root, [...(groups.get(root) ?? []), op.name]);
  }
  return [...groups.values()];
}

function passesOn({ opType, input }: NodeProto): boolean {
  return followingOpTypes.has(opType) && !clipping.has(opType) && (input[0] ?? '') !== '';
}

function opKey({ name }: NodeProto): string {
  return `op ${name}`;
}

function tensorKey(tensor: string): string {
  return `tensor ${tensor}`;
}

/** Union-find over names. */
class DisjointSets {
  private readonly parents = new Map<string, string>();

  join(one: string, other: string): void {
    this.parents.set(this.rootOf(one), this.rootOf(other));
  }

  rootOf(name: string): string {
    let root = name;
    for (
      let parent = this.parents.get(root);
      parent !== undefined && parent !== root;
      parent = this.parents.get(root)
    ) {
      root = parent;
    }
    return root;
  }
}
