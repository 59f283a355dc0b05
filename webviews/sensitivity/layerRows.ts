// The layers of an analysis as the page shows them at the chosen sparsities: rows, order, search, and figures in words.
import { valueAt } from '../../src/protocol/panels/sensitivity';
import type { DenseReason } from '../../src/protocol/pruning';
import type {
  CurvePoint,
  CurveUnit,
  SensitivityFindings,
  SensitivityLayer,
  SparsityAllocation,
} from '../../src/protocol/panels/sensitivity';
import { timeUnit } from '../kit/scales';
import type { AxisUnit } from '../kit/scales';
import { msText, noFigure, numberText, percentText, significant } from '../kit/figures';

/** Which of a layer's curves is meant. */
export type CurveKind = 'loss' | 'perf';

/** A layer at the sparsity that it gets. */
export interface LayerRow {
  readonly layer: SensitivityLayer;
  /** Null where nothing is shared out: figures are those of the dense layer then. */
  readonly sparsityFraction: number | null;
  readonly isSetByHand: boolean;
  /** Null where nothing tells it. */
  readonly estimatedRecovery: number | null;
  readonly loss: number | null;
  readonly perf: number | null;
  /** Operations left, as the model tells them. */
  readonly operations: number | null;
}

/** What layers can be put in order by. */
export const layerOrders = [
  { value: 'file', label: 'Order in the model' },
  { value: 'name', label: 'Name' },
  { value: 'loss', label: 'Loss at its sparsity' },
  { value: 'weights', label: 'Weights' },
  { value: 'perf', label: 'Performance' },
] as const;
export type LayerOrder = (typeof layerOrders)[number]['value'];

/** Every layer, at what the allocation gives it; without one, dense. */
export function layerRows(
  { layers }: Pick<SensitivityFindings, 'layers'>,
  allocation: SparsityAllocation | null,
): readonly LayerRow[] {
  const allocated = new Map(allocation?.layers.map((one) => [one.name, one]));
  return layers.map((layer) => {
    const given = allocated.get(layer.name);
    const at = given?.sparsityFraction ?? 0;
    const { flops } = layer;
    return {
      layer,
      sparsityFraction: given?.sparsityFraction ?? null,
      isSetByHand: given?.isSetByHand ?? false,
      estimatedRecovery: given?.estimatedRecovery ?? null,
      loss: valueAt(layer.loss, at),
      perf: valueAt(layer.perf, at),
      operations: flops === null ? null : flops.weight * (1 - at) + flops.bias,
    };
  });
}

/** Those whose weight, node or type contains a text, in an order. Figures come from the greatest on, unknown ones last. */
export function shownRows(rows: readonly LayerRow[], search: string, order: LayerOrder): readonly LayerRow[] {
  const wanted = search.trim().toLowerCase();
  const found = rows.filter(({ layer: { name, label, node, opType } }) =>
    [name, label, node, opType].some((text) => text.toLowerCase().includes(wanted)),
  );
  if (order === 'file') return found;
  if (order === 'name') return found.toSorted((one, other) => byName.compare(one.layer.label, other.layer.label));
  const figure = (row: LayerRow): number => (order === 'weights' ? row.layer.weights : row[order]) ?? -Infinity;
  return found.toSorted((one, other) => (figure(one) === figure(other) ? 0 : figure(other) > figure(one) ? 1 : -1));
}

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** The curve of a layer. */
export function curveOf(layer: SensitivityLayer, kind: CurveKind): readonly CurvePoint[] {
  return kind === 'loss' ? layer.loss : layer.perf;
}

/** What the figures of an axis are. */
export const unitTitles: Readonly<Record<CurveUnit, string>> = {
  magnitude: 'Sum of pruned magnitudes',
  divergence: 'Divergence of the outputs',
  operations: 'Operations left, theoretically',
  milliseconds: 'Time in the kernel',
};

/** The unit of an axis for figures of this size. */
export function axisUnit(unit: CurveUnit | undefined, values: readonly number[]): AxisUnit {
  if (unit === 'milliseconds') return timeUnit(values);
  const most = values.reduce((greatest, value) => Math.max(greatest, value), 0);
  return unit === 'operations' && most >= 1e6 ? { name: 'million', factor: 1e-6 } : { name: '', factor: 1 };
}

/** A figure of a curve in words. */
export function figureText(value: number | null, unit: CurveUnit | undefined): string {
  if (value === null) return noFigure;
  switch (unit) {
    case 'milliseconds':
      return msText(value);
    case 'operations':
      return operationsText(value);
    case undefined:
    case 'magnitude':
    case 'divergence':
      return smallText(value);
  }
}

/** `118 million`. */
export function operationsText(operations: number | null): string {
  if (operations === null) return noFigure;
  return operations < 1e6 ? numberText(operations) : `${significant(operations / 1e6)} million`;
}

/** Divergences are often far below 1. */
function smallText(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(2) : numberText(value);
}

/** An estimated recovery; below 0 how far says nothing more: the layer is no place for so many zeros. */
export function recoveryText(recovery: number | null): string {
  return recovery !== null && recovery < 0 ? 'below 0 %' : percentText(recovery, 0);
}

/** `80 %`, and why. */
export function sparsityText({
  layer,
  sparsityFraction,
  isSetByHand,
}: Pick<LayerRow, 'layer' | 'sparsityFraction' | 'isSetByHand'>): string {
  const percent = percentText(sparsityFraction, 0);
  if (isSetByHand) return `${percent}, set by hand`;
  return layer.denseReason !== null && sparsityFraction === 0 ? keptDenseText(layer.denseReason) : percent;
}

function keptDenseText(reason: DenseReason): string {
  return reason === 'first' ? 'dense: first layer' : 'dense: grouped';
}
