// What became of a model's nodes in another one: merged, computed in 8 bits, added, removed, or other than they were.
import { basename } from 'node:path';
import { hierarchyOf, openModel } from '../../formats/openModel';
import type { OpenedModel } from '../../formats/openModel';
import { nodesIn } from '../../onnx/hierarchy/crowdedGroups';
import { ModelError } from '../../onnx/modelErrors';
import { quantizationFormOf } from '../../onnx/quantizationForm';
import type { GraphComparison, NodeChange } from '../../protocol/panels/graph';
import type { WorkContext } from '../../protocol/progress';
import type { Bench } from '../bench';
import { bytesText } from '../../protocol/byteText';
import { isMadeFrom } from './benchModels';
import { changesByName } from './changesByName';
import { matchedChanges } from './matchedChanges';
import type { ModelChanges, NodeChanges } from './matchedChanges';
import { pageGrouping } from './modelLook';
import { ShownModel } from './shownModel';

/** Nodes and groups that a message can name. */
const mostNamed = 100_000;

/** Compares two files, which are opened for it alone: it takes as long as reading the weights of both. */
export async function compareModels(
  bench: Bench,
  { path, otherPath }: { readonly path: string; readonly otherPath: string },
  context: WorkContext,
): Promise<GraphComparison> {
  const opened: OpenedModel[] = [];
  const open = (named: string): ShownModel => {
    const model = openModel(bench.access.realPath(named));
    opened.push(model);
    return new ShownModel(hierarchyOf(model, pageGrouping), model);
  };
  try {
    const [here, there] = [open(path), open(otherPath)];
    const isSwapped = await isOtherFirst(bench, { path, otherPath }, here, there);
    const [before, after] = isSwapped ? [there, here] : [here, there];
    const changes = await changesOf(before, after, context);
    return {
      otherPath,
      here: namedChanges(here, isSwapped ? changes.after : changes.before),
      there: namedChanges(there, isSwapped ? changes.before : changes.after),
      isOtherFirst: isSwapped,
      summary: summaryOf(before, after, changes, isSwapped ? [otherPath, path] : [path, otherPath]),
    };
  } finally {
    for (const { model } of opened) model.close();
  }
}

/** What was made from the other comes after it, as far as the bench knows; else the float model comes first. */
async function isOtherFirst(
  bench: Bench,
  { path, otherPath }: { readonly path: string; readonly otherPath: string },
  here: ShownModel,
  there: ShownModel,
): Promise<boolean> {
  if (await isMadeFrom(bench, path, otherPath)) return true;
  if (await isMadeFrom(bench, otherPath, path)) return false;
  return isQuantized(here) && !isQuantized(there);
}

function isQuantized({ opened }: ShownModel): boolean {
  return opened.kind === 'onnx' && quantizationFormOf(opened.model.proto).form !== 'none';
}

async function changesOf(before: ShownModel, after: ShownModel, context: WorkContext): Promise<ModelChanges> {
  if (before.opened.kind === 'onnx' && after.opened.kind === 'onnx') {
    try {
      return await matchedChanges(before, after, context);
    } catch (thrown) {
      // Graphs that feed themselves are compared by names.
      if (!(thrown instanceof ModelError)) throw thrown;
    }
  }
  return changesByName(before, after);
}

/** By id, groups with what is in them. */
function namedChanges(model: ShownModel, changes: NodeChanges): GraphComparison['here'] {
  const named = Object.create(null) as Record<string, { change: NodeChange; text: string }>;
  let entries = 0;
  for (const [id, group] of model.groupsById()) {
    if (entries >= mostNamed / 2) break;
    const nodes = nodesIn(group);
    const inside = nodes.flatMap((node) => changes.get(node)?.change ?? []);
    if (group.size < 2 || inside.length === 0) continue;
    const [first] = inside;
    const isAll = inside.length === nodes.length && inside.every((change) => change === first);
    named[id] = { change: isAll && first !== undefined ? first : 'changed', text: countsText(inside) };
    entries++;
  }
  for (const [node, change] of changes) {
    if (entries >= mostNamed) break;
    if (model.isHidden(node)) continue;
    named[model.node(node).id] = change;
    entries++;
  }
  return named;
}

function countsText(changes: readonly NodeChange[]): string {
  const words = (['changed', 'added', 'removed'] as const).flatMap((change) => {
    const count = changes.filter((one) => one === change).length;
    return count === 0 ? [] : [`${count} ${change}`];
  });
  return words.join(', ');
}

function summaryOf(
  before: ShownModel,
  after: ShownModel,
  { before: gone, after: come, counts }: ModelChanges,
  [from, to]: readonly [string, string],
): string {
  const of = (changes: NodeChanges, wanted: NodeChange, model: ShownModel): number =>
    [...changes].filter(([node, { change }]) => change === wanted && !model.isHidden(node)).length;
  const parts = [
    [counts.quantized, 'computed in 8 bits'],
    [of(gone, 'changed', before) - counts.quantized, 'changed otherwise'],
    [counts.merged, 'merged into others'],
    [of(gone, 'removed', before) - counts.merged, 'removed'],
    [counts.conversions, 'conversions added (QuantizeLinear, DequantizeLinear)'],
    [of(come, 'added', after) - counts.conversions, 'other nodes added'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const nodes = told.length === 0 ? 'All nodes are the same' : `Of the nodes, ${told.join(', ')}`;
  return `From ${basename(from)} to ${basename(to)}: ${nodes}; ${sizesText(before, after)}.`;
}

function sizesText(before: ShownModel, after: ShownModel): string {
  const [one, other] = [before, after].map(({ opened }) =>
    opened.kind === 'onnx' ? opened.model.sizeBytes : opened.model.facts.sizeBytes,
  );
  if (one === undefined || other === undefined || one === 0) return 'sizes are not known';
  return `${bytesText(one)} became ${bytesText(other)} (${Math.round((100 * other) / one)} %)`;
}
