// What differs between two graphs of any format, as far as the names of their nodes tell.
import type { ModelChanges, NodeChanges } from './matchedChanges';
import type { ShownModel } from './shownModel';

/** Nodes of one id are the same node; of another type, a changed one. */
export function changesByName(before: ShownModel, after: ShownModel): ModelChanges {
  return {
    before: sideOf(before, after, 'removed'),
    after: sideOf(after, before, 'added'),
    counts: { quantized: 0, merged: 0, conversions: 0 },
  };
}

function sideOf(own: ShownModel, other: ShownModel, missing: 'removed' | 'added'): NodeChanges {
  const changes: NodeChanges = new Map();
  own.graph.nodes.forEach(({ id, type }, index) => {
    if (own.isHidden(index)) return;
    const counterpart = other.indexOf(id);
    if (counterpart === undefined) changes.set(index, { change: missing, text: `${missing}: no node has its name` });
    else if (other.node(counterpart).type !== type) {
      changes.set(index, {
        change: 'changed',
        text: `${type}, and ${other.node(counterpart).type} in the other model`,
      });
    }
  });
  return changes;
}
