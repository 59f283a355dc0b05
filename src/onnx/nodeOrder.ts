// Whether the nodes of a graph stand in an order in which they can run.
import { outerScopeNames, subgraphsOf } from './graphView';
import type { GraphProto } from './messages';

/** Whether every node stands after the nodes whose outputs it, or a subgraph in it, reads; so there is no cycle either. */
export function standsInOrder(graph: GraphProto): boolean {
  const notYetMade = new Set<string>();
  for (const node of graph.node) for (const name of node.output) notYetMade.add(name);
  notYetMade.delete('');
  for (const node of graph.node) {
    for (const name of node.input) if (notYetMade.has(name)) return false;
    for (const inner of subgraphsOf(node)) {
      for (const name of outerScopeNames(inner.graph)) if (notYetMade.has(name)) return false;
    }
    for (const name of node.output) notYetMade.delete(name);
  }
  return true;
}
