// Excluded nodes after the engine has optimized the graph: it may have merged them into others.
import { GraphView } from '../onnx/graphView';
import type { NodeProto } from '../onnx/messages';
import type { OnnxModel } from '../onnx/readModel';

/**
 * The names in `optimized` that stand for the nodes of `original` that are to stay float: the node itself, the one that
 * makes its output now, or the next one downstream that is left. A node that was folded away altogether has none.
 */
export function excludedAfterOptimizing(
  original: OnnxModel,
  optimized: OnnxModel,
  excludedNodes: readonly string[],
): string[] {
  const before = new GraphView(original.graph);
  const after = new GraphView(optimized.graph);
  const present = new Set(optimized.graph.node.map(({ name }) => name));
  const excluded = new Set<string>();
  for (const node of original.graph.node) {
    if (!excludedNodes.includes(node.name)) continue;
    if (present.has(node.name)) excluded.add(node.name);
    else for (const name of successors(node, before, after)) excluded.add(name);
  }
  return [...excluded];
}

/** Names of the nodes of `after` that make the output of `node`, or of what followed it first. */
function successors(node: NodeProto, before: GraphView, after: GraphView): string[] {
  const found: string[] = [];
  const seen = new Set<NodeProto>([node]);
  for (const candidate of seen) {
    const makers = candidate.output.flatMap((tensor) => after.producer(tensor) ?? []);
    found.push(...makers.map(({ name }) => name));
    if (makers.length > 0) continue;
    for (const tensor of candidate.output) for (const use of before.consumers(tensor)) seen.add(use.node);
  }
  return found;
}
