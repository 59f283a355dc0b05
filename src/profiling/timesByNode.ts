// Lays the times of the engine's record on the nodes of the graph it ran.
import type { GraphProto, NodeProto } from '../onnx/messages';
import type { NodeTime } from '../runtime/trace';

/**
 * The time of every node that ran. The engine reports a node by its name, one without a name by its type and a number:
 * those, and nodes that share a name, are told apart by their order.
 */
export function timesByNode(graph: GraphProto, times: readonly NodeTime[]): ReadonlyMap<NodeProto, NodeTime> {
  const names = new Set(graph.node.map(({ name }) => name));
  const named = new Map<string, NodeTime[]>();
  const unnamed = new Map<string, NodeTime[]>();
  for (const time of times) {
    const [queues, key] = names.has(time.node) ? [named, time.node] : [unnamed, time.opType];
    const queue = queues.get(key);
    if (queue === undefined) queues.set(key, [time]);
    else queue.push(time);
  }
  const found = new Map<NodeProto, NodeTime>();
  for (const node of graph.node) {
    const queue = node.name === '' ? unnamed.get(node.opType) : named.get(node.name);
    const time = queue?.shift();
    if (time !== undefined) found.set(node, time);
  }
  return found;
}
