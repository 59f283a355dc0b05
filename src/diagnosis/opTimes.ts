// Lays the times of the engine's kernels on the operators of the float model, for both models of a comparison.
import type { GraphProto, NodeProto } from '../onnx/messages';
import { quantizedKindOf } from '../onnx/quantizationForm';
import type { OpPrecision } from '../protocol/diagnosis';
import type { NodeTime } from '../runtime/trace';
import { fusedNodes } from '../profiling/fusedNodes';
import type { ModelProfile } from '../profiling/profileModel';
import { timesByNode } from '../profiling/timesByNode';
import { isMainType } from '../onnx/matching/matchOps';
import type { MatchedOp, MatchedOps } from '../onnx/matching/matchOps';

/** A node of an optimized graph with its time and what it computes. */
export interface Kernel {
  readonly node: NodeProto;
  /** Undefined for one that the engine did not run (in a branch not taken). */
  readonly time: NodeTime | undefined;
  /** Microseconds of one inference. */
  readonly timeUs: number;
  readonly kind: 'compute' | 'conversion' | 'layout';
  /** Operators of the float model it works for, in graph order. */
  readonly ops: readonly MatchedOp[];
}

/** Operators whose kernels overlap in one of the models, so that only their times together can be compared. */
export interface TimeGroup {
  readonly ops: readonly MatchedOp[];
  /** Microseconds of one inference, conversions between number types not included. */
  readonly floatUs: number;
  readonly int8Us: number;
}

/** Where the time of both models goes. */
export interface OpTimes {
  readonly floatKernels: readonly Kernel[];
  readonly int8Kernels: readonly Kernel[];
  readonly groups: readonly TimeGroup[];
}

/** A model with its profile; the graph is the very one the optimized graph was made from. */
export interface ProfiledGraph {
  readonly graph: GraphProto;
  readonly profile: ModelProfile;
}

/** `matched` is of the same two graphs. */
export function opTimes(matched: MatchedOps, float: ProfiledGraph, int8: ProfiledGraph): OpTimes {
  const floatKernels = kernelsOf(float, matched.ofFloatNode);
  const int8Kernels = kernelsOf(int8, matched.ofInt8Node);
  return { floatKernels, int8Kernels, groups: groupsOf(matched.ops, floatKernels, int8Kernels) };
}

/** The operator a kernel's time is shown at: the one that does most of the work. */
export function mainOpOf({ ops }: Kernel): MatchedOp | undefined {
  return ops.find(({ opType }) => isMainType(opType)) ?? ops.at(-1);
}

/** Microseconds by operator; operators that are computed in the kernel of another are not in it. */
export function timesByOp(kernels: readonly Kernel[]): ReadonlyMap<MatchedOp, number> {
  const times = new Map<MatchedOp, number>();
  for (const kernel of kernels) {
    const op = kernel.kind === 'compute' && kernel.time !== undefined ? mainOpOf(kernel) : undefined;
    if (op !== undefined) times.set(op, (times.get(op) ?? 0) + kernel.timeUs);
  }
  return times;
}

const eightBitTypes: readonly string[] = ['uint8', 'int8'];
const floatTypes: readonly string[] = ['float', 'float16', 'double', 'bfloat16'];

/** How a kernel computes, by the types it was fed; undefined for work on shapes and indices. */
export function precisionOf({ node, time }: Kernel): OpPrecision | undefined {
  const kind = quantizedKindOf(node.opType);
  if (kind === 'dynamic') return 'dynamic';
  if (kind === 'qoperator') return 'int8';
  if (time === undefined) return undefined;
  const { inputTypes, outputTypes } = time;
  if (kind === undefined && inputTypes.some((type) => eightBitTypes.includes(type))) return 'int8';
  return outputTypes.some((type) => floatTypes.includes(type)) ? 'float' : undefined;
}

const conversionTypes: ReadonlySet<string> = new Set(['QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear']);

function kernelsOf({ graph, profile }: ProfiledGraph, opOf: ReadonlyMap<NodeProto, MatchedOp>): Kernel[] {
  const times = timesByNode(profile.graph, profile.nodes);
  return [...fusedNodes(graph, profile.graph)].map(([node, nodes]): Kernel => {
    const time = times.get(node);
    const ops = [...new Set(nodes.flatMap((one) => opOf.get(one) ?? []))];
    const isConversion = conversionTypes.has(node.opType);
    const kind = isConversion ? 'conversion' : nodes.length === 0 ? 'layout' : 'compute';
    const timeUs = time === undefined ? 0 : (time.timeUs * time.runs) / profile.runs;
    return { node, time, timeUs, kind, ops: byComputing(nodes, ops, opOf) };
  });
}

/** Operators that only have their conversions in a kernel (the DequantizeLinear it reads) are not computed by it. */
function byComputing(
  nodes: readonly NodeProto[],
  ops: readonly MatchedOp[],
  opOf: ReadonlyMap<NodeProto, MatchedOp>,
): readonly MatchedOp[] {
  const computed = nodes.filter(({ opType }) => !conversionTypes.has(opType)).flatMap((one) => opOf.get(one) ?? []);
  return computed.length === 0 ? ops : [...new Set(computed)];
}

/** Operators connected by shared kernels, in graph order. */
function groupsOf(ops: readonly MatchedOp[], float: readonly Kernel[], int8: readonly Kernel[]): TimeGroup[] {
  const parents = new Map<MatchedOp, MatchedOp>();
  const rootOf = (op: MatchedOp): MatchedOp => {
    let root = op;
    for (let next = parents.get(root); next !== undefined; next = parents.get(root)) root = next;
    return root;
  };
  const computing = (kernels: readonly Kernel[]): Kernel[] => kernels.filter(({ kind }) => kind === 'compute');
  for (const kernel of [...computing(float), ...computing(int8)]) {
    const [first, ...others] = kernel.ops;
    if (first === undefined) continue;
    for (const other of others) if (rootOf(other) !== rootOf(first)) parents.set(rootOf(other), rootOf(first));
  }
  const groups = new Map<MatchedOp, { ops: MatchedOp[]; floatUs: number; int8Us: number }>();
  for (const op of ops) {
    const group = groups.get(rootOf(op));
    if (group === undefined) groups.set(rootOf(op), { ops: [op], floatUs: 0, int8Us: 0 });
    else group.ops.push(op);
  }
  const addTo = (kernel: Kernel, side: 'floatUs' | 'int8Us'): void => {
    const group = kernel.ops[0] === undefined ? undefined : groups.get(rootOf(kernel.ops[0]));
    if (group !== undefined) group[side] += kernel.timeUs;
  };
  for (const kernel of computing(float)) addTo(kernel, 'floatUs');
  for (const kernel of computing(int8)) addTo(kernel, 'int8Us');
  return [...groups.values()];
}
