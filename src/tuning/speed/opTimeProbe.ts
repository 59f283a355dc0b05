// Asks the engine's own record how long each op of a model takes, float or quantized, by the names of the float graph.
import { fusedNodes } from '../../profiling/fusedNodes';
import { profileModel } from '../../profiling/profileModel';
import type { ProfileOptions, ProfileSubject } from '../../profiling/profileModel';
import type { GraphProto, NodeProto } from '../../onnx/messages';

/** Times of one inference in microseconds. */
export interface OpTimeTable {
  /** By name of the op; one that is computed by the kernel of another has 0. */
  readonly opUs: Readonly<Record<string, number>>;
  /** QuantizeLinear and DequantizeLinear that are kernels of their own: how many, and their time. */
  readonly conversions: number;
  readonly conversionUs: number;
  readonly wallUs: number;
}

/**
 * @param graph of the model that is profiled
 * @param names the ops asked for: a kernel's time is that of the first of them it computes
 */
export async function measureOpTimes(
  subject: ProfileSubject,
  graph: GraphProto,
  names: ReadonlySet<string>,
  options: ProfileOptions,
): Promise<OpTimeTable> {
  const profile = await profileModel(subject, options);
  const origins = fusedNodes(graph, profile.graph);
  const byName = new Map<string, NodeProto>(profile.graph.node.map((node) => [node.name, node]));
  const opUs = new Map<string, number>([...names].map((name) => [name, 0]));
  let conversions = 0;
  let conversionUs = 0;
  for (const { node, opType, timeUs } of profile.nodes) {
    const kernel = byName.get(node);
    const owner = kernel === undefined ? undefined : origins.get(kernel)?.find(({ name }) => names.has(name));
    if (owner !== undefined) opUs.set(owner.name, (opUs.get(owner.name) ?? 0) + timeUs);
    else if (opType === 'QuantizeLinear' || opType === 'DequantizeLinear') {
      conversions++;
      conversionUs += timeUs;
    }
  }
  return { opUs: Object.fromEntries(opUs), conversions, conversionUs, wallUs: profile.wallUs };
}
