// The nodes that a rewriting left float, as lines for people.
import type { KeptFloat } from '../config/recipe';

/** How many nodes a line names before it counts the rest. */
const namedNodes = 3;

/** One line for each reason, with the first nodes it holds for; the same for both commands that rewrite models. */
export function keptFloatLines(keptFloat: readonly KeptFloat[]): string[] {
  const nodesByReason = new Map<string, string[]>();
  for (const { node, reason } of keptFloat) {
    const nodes = nodesByReason.get(reason);
    if (nodes === undefined) nodesByReason.set(reason, [node]);
    else nodes.push(node);
  }
  return [...nodesByReason].map(([reason, nodes]) => {
    const others = nodes.length - namedNodes;
    return `${nodes.slice(0, namedNodes).join(', ')}${others > 0 ? ` and ${others} more` : ''}: ${reason}`;
  });
}
