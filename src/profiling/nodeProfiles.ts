// Describes each node of a recording: its share of the time, and which nodes of the model it stands for.
import { subgraphsOf } from '../onnx/graphView';
import type { GraphProto, NodeProto } from '../onnx/messages';
import type { NodeProfile } from '../protocol/profiling';
import { describeNode } from '../onnx/describeNode';
import type { InnerNodeTime, NodeTime } from '../runtime/trace';
import { fusedNodes } from './fusedNodes';
import type { Recording } from './profileModel';
import { timesByNode } from './timesByNode';

/**
 * Every node that ran, those in bodies included, the longest first.
 *
 * @param source the graph the recorded one was made from
 */
export function nodeProfiles(source: GraphProto, { graph, nodes, inner }: Recording): NodeProfile[] {
  const originOf = originsOf(source, { graph, nodes });
  const all: readonly (NodeTime | InnerNodeTime)[] = [...nodes, ...inner];
  const allUs = all.reduce((sum, { ownUs }) => sum + ownUs, 0);
  const profiles = all.map((time): NodeProfile => {
    const { node, opType, ownUs, outputShapes, outputTypes, provider } = time;
    return {
      node,
      opType,
      within: 'within' in time ? time.within : null,
      timeUs: ownUs,
      shareOfTime: allUs === 0 ? 0 : ownUs / allUs,
      executions: time.runs,
      outputShapes,
      outputTypes,
      provider,
      modelNodes: originOf(time).map((one) => ({ node: describeNode(one), opType: one.opType })),
    };
  });
  return profiles.sort((one, other) => other.timeUs - one.timeUs);
}

type OriginOf = (time: NodeTime | InnerNodeTime) => readonly NodeProto[];

/** Nodes of bodies are found by name, for the record does not say in which branch of an If a node ran. */
function originsOf(source: GraphProto, { graph, nodes }: Pick<Recording, 'graph' | 'nodes'>): OriginOf {
  const fused = fusedNodes(source, graph);
  const origins = new Map([...timesByNode(graph, nodes)].map(([node, time]) => [time, fused.get(node) ?? []]));
  const inBodies = new Map<string, readonly NodeProto[]>();
  for (const [sourceBody, body] of pairedBodies(source, graph)) {
    for (const [{ name, opType }, made] of fusedNodes(sourceBody, body)) inBodies.set(`${opType} ${name}`, made);
  }
  return (time) => ('within' in time ? inBodies.get(`${time.opType} ${time.node}`) : origins.get(time)) ?? [];
}

/** The bodies in `optimized`, at any depth, each with the one of the model it was made from. */
function* pairedBodies(source: GraphProto, optimized: GraphProto): Iterable<readonly [GraphProto, GraphProto]> {
  const pending: (readonly [GraphProto, GraphProto])[] = [[source, optimized]];
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [original, made] = pair;
    const byName = new Map(original.node.map((node) => [node.name, node]));
    for (const node of made.node) {
      const bodies = new Map(
        subgraphsOf(byName.get(node.name) ?? node).map(({ attribute, graph }) => [attribute, graph]),
      );
      for (const { attribute, graph } of subgraphsOf(node)) {
        const body = byName.has(node.name) ? bodies.get(attribute) : undefined;
        if (body === undefined) continue;
        yield [body, graph];
        pending.push([body, graph]);
      }
    }
  }
}
