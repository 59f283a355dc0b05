// Marks an operator and those that follow it in a given order: where a fused pattern lies (model/graph/highlight_pattern).
import { modelErrors } from '../modelErrors';
import type { FlatGraph } from './flatGraph';
import type { Group } from './groupTree';
import type { ModelGraph, ModelHierarchy } from './modelHierarchy';

/** A graph with a pattern marked in it, and the groups that were opened for it. */
export interface HighlightedPattern {
  readonly graph: ModelGraph;
  readonly groups: readonly string[];
}

/**
 * The graph with the groups around the pattern open and its nodes marked: the operator, then for each next type in the
 * pattern the nodes of this type that read what was marked last. A first type that is the operator's own stands for
 * the operator itself. Marking ends where no successor has the type. Throws `model-no-node` for an unknown operator.
 *
 * @param expanded groups that are open already
 */
export function highlightPattern(
  hierarchy: ModelHierarchy,
  operator: string,
  pattern: readonly string[],
  expanded: readonly string[] = [],
): HighlightedPattern {
  const { graph } = hierarchy;
  const start = indexOfNode(graph, operator);
  if (start < 0) throw modelErrors.noNode(operator);
  const marked = nodesOfPattern(graph, start, pattern);
  const groups = [...new Set([...expanded, ...groupsAround(hierarchy, marked)])];
  return { graph: hierarchy.view({ expanded: groups, highlighted: marked }), groups };
}

/** By id, which is the name where that is unique. */
function indexOfNode(graph: FlatGraph, operator: string): number {
  const byId = graph.nodes.findIndex(({ id }) => id === operator);
  return byId >= 0 ? byId : graph.nodes.findIndex(({ name }) => name === operator);
}

function nodesOfPattern(graph: FlatGraph, start: number, pattern: readonly string[]): Set<number> {
  const followers: number[][] = graph.nodes.map(() => []);
  graph.sources.forEach((sources, node) => sources.forEach((source) => followers[source]?.push(node)));
  const types = pattern[0] === graph.nodes[start]?.type ? pattern.slice(1) : pattern;
  const marked = new Set([start]);
  let last = [start];
  for (const type of types) {
    const next = new Set(last.flatMap((node) => followers[node] ?? []));
    last = [...next].filter((node) => graph.nodes[node]?.type === type);
    for (const node of last) marked.add(node);
  }
  return marked;
}

/** Keys of the groups that must be open for the nodes to be seen, outer ones first. */
function groupsAround(hierarchy: ModelHierarchy, nodes: ReadonlySet<number>): string[] {
  const around = new Set<Group>();
  for (const group of hierarchy.groups.values()) {
    if (!group.items.some((item) => typeof item === 'number' && nodes.has(item))) continue;
    for (let at: Group | undefined = group; at !== undefined; at = at.parent) around.add(at);
  }
  return [...hierarchy.groups].filter(([, group]) => around.has(group)).map(([key]) => key);
}
