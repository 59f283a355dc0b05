// Whether the nodes of a graph stand in an order in which they can run.
import { outerScopeNames, subgraphsOf } from './graphView';
import type { GraphProto } from './messages';

/** Messages never change, and whoever opens a model asks twice. */
const known = new WeakMap<GraphProto, boolean>();

/**
 * Whether every node stands after the nodes whose outputs it, or a subgraph in it, reads; so there is no cycle either.
 *
 * @param graph makes no name twice
 */
export function standsInOrder(graph: GraphProto): boolean {
  const before = known.get(graph);
  if (before !== undefined) return before;
  const isInOrder = makesBeforeReading(graph);
  known.set(graph, isInOrder);
  return isInOrder;
}

function makesBeforeReading(graph: GraphProto): boolean {
  const read = new Set<string>();
  for (const node of graph.node) {
    for (const name of node.input) read.add(name);
    for (const inner of subgraphsOf(node)) for (const name of outerScopeNames(inner.graph)) read.add(name);
    for (const name of node.output) if (name !== '' && read.has(name)) return false;
  }
  return true;
}
