// Gives every node a name of its own: the engine refuses doubled ones in a graph, and reports name nodes.
import { mapSubgraphs } from '../../onnx/graphView';
import type { NodeProto } from '../../onnx/messages';
import { counted } from './preparation';
import type { Preparation } from './preparation';

/** Names unnamed nodes after their op type and renames all but the first of those that share a name. */
export function uniqueNodeNames({ edit, notes }: Preparation): void {
  let renamed = 0;
  edit.setNodes(withNames(edit.nodes));
  if (renamed > 0)
    notes.push(`${counted(renamed, 'node')} without a name of ${renamed === 1 ? 'its' : 'their'} own got one.`);

  function withNames(nodes: readonly NodeProto[]): readonly NodeProto[] {
    const seen = new Set<string>();
    return nodes.map((node) => {
      const deep = mapSubgraphs(node, (graph) => ({ ...graph, node: withNames(graph.node) }));
      if (node.name !== '' && !seen.has(node.name)) {
        seen.add(node.name);
        return deep;
      }
      renamed++;
      return { ...deep, name: edit.uniqueName(node.name === '' ? node.opType : node.name) };
    });
  }
}
