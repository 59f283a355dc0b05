// The colouring by time: what a profiling of this model measured, at the nodes that the engine spent it on.
import type { OverlayChoice, Overlay } from '../../protocol/panels/graph';
import type { ProfileResult } from '../../protocol/profiling';
import { isConversion } from '../../onnx/quantizationForm';
import { overlayValues } from './groupValues';
import type { ShownModel } from './shownModel';

interface NodeTime {
  readonly us: number;
  /** The node in whose kernel it is computed; undefined for its own. */
  readonly within: string | undefined;
}

/** The longest node is the measure of the others; groups are shares of the whole. */
export function timeOverlayOf(model: ShownModel, choice: OverlayChoice, { nodes, times }: ProfileResult): Overlay {
  const byName = indicesByName(model);
  const timeOf = new Map<number, NodeTime>();
  for (const { modelNodes, timeUs } of nodes) {
    // What the engine merged is told of the node that does the work.
    const main = modelNodes.find(({ opType }) => !isConversion(opType)) ?? modelNodes[0];
    for (const { node } of modelNodes) {
      const index = byName.get(node);
      if (index === undefined) continue;
      const own = node === main?.node ? timeUs : 0;
      const us = (timeOf.get(index)?.us ?? 0) + own;
      timeOf.set(index, { us, within: node === main?.node || us > 0 ? undefined : main?.node });
    }
  }
  const largest = [...timeOf.values()].reduce((most, { us }) => Math.max(most, us), Number.MIN_VALUE);
  const total = Math.max(Number.MIN_VALUE, times.kernelUs);
  const values = overlayValues(
    model,
    timeOf,
    ({ us, within }) => ({
      share: us / largest,
      category: null,
      text: within === undefined ? timeText(us, total) : `computed with ${lastPart(within)}`,
    }),
    (inside) => {
      const us = inside.reduce((sum, one) => sum + one.us, 0);
      // A group may be nearly all of the time; of nodes, the longest is the measure.
      return { share: Math.min(1, us / total), category: null, text: timeText(us, total) };
    },
  );
  return { choice, unit: 'µs', values, categories: [] };
}

/** Nodes by the names that reports call them by: the first that has it. */
export function indicesByName(model: ShownModel): ReadonlyMap<string, number> {
  const byName = new Map<string, number>();
  model.graph.nodes.forEach(({ name, boundary }, index) => {
    if (boundary === undefined && !byName.has(name)) byName.set(name, index);
  });
  return byName;
}

/** Names are long, and what it is computed with stands close by. */
function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1) || name;
}

function timeText(us: number, total: number): string {
  const shown = us < 10 ? us.toFixed(2) : us < 1000 ? us.toFixed(1) : Math.round(us).toLocaleString('en');
  return `${shown} µs, ${((100 * us) / total).toFixed(1)} %`;
}
