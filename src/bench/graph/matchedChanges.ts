// What became of the operators of an ONNX model in a form of it, matched by what they compute rather than by name alone.
import { matchOps } from '../../onnx/matching/matchOps';
import type { MatchedOp } from '../../onnx/matching/matchOps';
import type { NodeProto } from '../../onnx/messages';
import { isConversion, quantizedKindOf } from '../../onnx/quantizationForm';
import type { NodeChange } from '../../protocol/panels/graph';
import type { WorkContext } from '../../protocol/progress';
import { differencesOf } from './nodeDifferences';
import { requestErrors } from '../requestErrors';
import type { ShownModel } from './shownModel';
import { typeBehindConversions } from './typeOverlay';

/** By index of a node; what is the same is not in it. */
export type NodeChanges = Map<number, { readonly change: NodeChange; readonly text: string }>;

/** Changes of the nodes of both models. */
export interface ModelChanges {
  readonly before: NodeChanges;
  readonly after: NodeChanges;
  readonly counts: { readonly quantized: number; readonly merged: number; readonly conversions: number };
}

/** Throws `model-cycle` for a graph that feeds itself. */
export async function matchedChanges(
  before: ShownModel,
  after: ShownModel,
  context: WorkContext,
): Promise<ModelChanges> {
  const [one, other] = [before, after].map(({ bodies }) => bodies[0]?.graph);
  if (one === undefined || other === undefined)
    throw requestErrors.refused('model-format', 'Both are to be ONNX models.');
  const comparison = new Comparison(before, after, context);
  await comparison.run(matchOps(one, other).ops);
  return comparison;
}

class Comparison implements ModelChanges {
  readonly before: NodeChanges = new Map();
  readonly after: NodeChanges = new Map();
  readonly counts = { quantized: 0, merged: 0, conversions: 0 };
  private readonly indexBefore: ReadonlyMap<NodeProto, number>;
  private readonly indexAfter: ReadonlyMap<NodeProto, number>;
  private readonly paired = new Set<NodeProto>();

  constructor(
    private readonly one: ShownModel,
    private readonly other: ShownModel,
    private readonly context: WorkContext,
  ) {
    this.indexBefore = indicesOf(one);
    this.indexAfter = indicesOf(other);
  }

  async run(ops: readonly MatchedOp[]): Promise<void> {
    for (const op of ops) {
      this.context.signal.throwIfAborted();
      await this.compareOp(op);
    }
    await this.compareRest();
    this.addNew();
  }

  private async compareOp({ node, main, floatNodes, int8Nodes }: MatchedOp): Promise<void> {
    const free = int8Nodes.filter(({ opType }) => !isConversion(opType));
    const mainPair = take(free, main) ?? free.find(({ opType }) => opType.includes(main.opType)) ?? free.at(-1);
    if (mainPair !== undefined) await this.pair(main, mainPair);
    else this.gone(main, 'removed: nothing computes it');
    for (const merged of floatNodes) {
      if (merged === main) continue;
      const counterpart = take(free, merged);
      if (counterpart !== undefined && !this.paired.has(counterpart)) await this.pair(merged, counterpart);
      else if (this.gone(merged, `merged into ${node}`)) this.counts.merged++;
    }
  }

  /** Nodes that were not matched by what they make (in bodies, or made from constants): by their ids. */
  private async compareRest(): Promise<void> {
    for (const [node, index] of this.indexBefore) {
      if (this.paired.has(node) || this.before.has(index)) continue;
      const counterpart = this.other.indexOf(this.one.node(index).id);
      const found = counterpart === undefined ? undefined : this.other.inFile(counterpart)?.node;
      if (found !== undefined && !this.paired.has(found)) await this.pair(node, found);
      else this.gone(node, 'removed');
    }
  }

  private addNew(): void {
    for (const [node, index] of this.indexAfter) {
      if (this.paired.has(node)) continue;
      const isHidden = this.other.isHidden(index);
      if (isConversion(node.opType) && !isHidden) this.counts.conversions++;
      const text = isConversion(node.opType) ? `added: ${conversionText(node)}` : 'added';
      this.after.set(index, { change: 'added', text });
    }
  }

  private async pair(node: NodeProto, counterpart: NodeProto): Promise<void> {
    this.paired.add(node).add(counterpart);
    const [here, there] = [this.indexBefore.get(node), this.indexAfter.get(counterpart)];
    const [one, other] = [
      here === undefined ? undefined : this.one.inFile(here),
      there === undefined ? undefined : this.other.inFile(there),
    ];
    if (here === undefined || there === undefined || one === undefined || other === undefined) return;
    const eightBit = typeBehindConversions(this.other, other);
    const wasEightBit = typeBehindConversions(this.one, one) !== undefined;
    const kind = quantizedKindOf(counterpart.opType);
    const isQuantized =
      !wasEightBit && (eightBit !== undefined || (kind !== undefined && node.opType !== counterpart.opType));
    const texts = await differencesOf(
      { model: this.one, ...one },
      { model: this.other, ...other, isQuantized: eightBit !== undefined },
      this.context,
    );
    if (isQuantized) texts.unshift(`computed in ${eightBit ?? '8 bits'}`);
    if (texts.length === 0) return;
    if (isQuantized && !this.one.isHidden(here)) this.counts.quantized++;
    const change = { change: 'changed', text: texts.join('; ') } as const;
    this.before.set(here, change);
    this.after.set(there, change);
  }

  private gone(node: NodeProto, text: string): boolean {
    const index = this.indexBefore.get(node);
    if (index === undefined) return false;
    this.before.set(index, { change: 'removed', text });
    return !this.one.isHidden(index);
  }
}

function indicesOf({ bodies }: ShownModel): Map<NodeProto, number> {
  const indices = new Map<NodeProto, number>();
  for (const { graph, indices: own } of bodies) {
    graph.node.forEach((node, position) => indices.set(node, own[position] ?? -1));
  }
  return indices;
}

/** The counterpart of a node among others: of its name, or else the only one of its type. */
function take(nodes: readonly NodeProto[], { name, opType, output }: NodeProto): NodeProto | undefined {
  const sameType = nodes.filter((node) => node.opType === opType);
  return (
    sameType.find((node) => name !== '' && node.name === name) ??
    sameType.find((node) => node.output[0] === output[0]) ??
    (sameType.length === 1 ? sameType[0] : undefined)
  );
}

function conversionText({ opType }: NodeProto): string {
  return quantizedKindOf(opType) === 'dequantize' ? 'turns 8-bit numbers into float' : 'turns float into 8-bit numbers';
}
