// What a colouring says about nodes, summed up for the groups they lie in, in a size that a message can hold.
import { nodesIn } from '../../onnx/hierarchy/crowdedGroups';
import type { Overlay } from '../../protocol/panels/graph';
import type { ShownModel } from './shownModel';

type OverlayValue = Overlay['values'][string];

/** Nodes and groups together; a message holds four times as many values. */
const mostEntries = 200_000;

/**
 * Values by id: those of groups, outer ones first, then those of nodes.
 *
 * @param ofNode by index of a node
 * @param ofGroup what the nodes in a group come to; undefined: nothing is said of it
 */
export function overlayValues<NodeValue>(
  model: ShownModel,
  ofNode: ReadonlyMap<number, NodeValue>,
  show: (value: NodeValue) => OverlayValue,
  ofGroup: (values: readonly NodeValue[]) => OverlayValue,
): Record<string, OverlayValue> {
  // Ids are names of a file: one of them may be called __proto__.
  const values = Object.create(null) as Record<string, OverlayValue>;
  let entries = 0;
  for (const [id, group] of model.groupsById()) {
    if (entries >= mostEntries / 2) break;
    if (group.size < 2) continue;
    const inside = nodesIn(group).flatMap((node) => ofNode.get(node) ?? []);
    if (inside.length === 0) continue;
    values[id] = ofGroup(inside);
    entries++;
  }
  for (const [node, value] of ofNode) {
    if (entries >= mostEntries) break;
    if (model.isHidden(node)) continue;
    values[model.node(node).id] = show(value);
    entries++;
  }
  return values;
}
