// The points of a sensitivity analysis as CSV: one row for each sparsity of each layer, the dense layer first.
import type { SensitivityRecord } from '../../store/records';
import { textCell } from '../csvCell';
import type { PointValues } from './sensitivityPoints';
import type { FoundPoints } from './sensitivityView';

/** Figures of a point, by the name of their column. */
type Columns = Readonly<Record<string, string>>;

const lossColumns: Columns = { loss: 'loss' };
const approximateColumns: Columns = { flops: 'flops' };
const measuredColumns: Columns = {
  flops: 'flops',
  theoretical_flops: 'theoretical_flops',
  timing_ms: 'timing',
  dense_timing_ms: 'dense_timing',
  speedup: 'speedup',
  speedup_low: 'speedup_low',
  speedup_high: 'speedup_high',
};

/** Header and rows, each ended by a line feed; sparsity is a fraction, whatever the points count in. */
export function sensitivityCsv(
  { kind, method }: Pick<SensitivityRecord, 'kind' | 'method'>,
  { layers, unit }: Pick<FoundPoints, 'layers' | 'unit'>,
): string {
  const columns = kind === 'loss' ? lossColumns : method === 'approx' ? approximateColumns : measuredColumns;
  const whole = unit === 'percent' ? 100 : 1;
  const header = ['layer', 'node', 'op_type', 'weights', 'sparsity', ...Object.keys(columns)];
  const rows = layers.flatMap((layer) => {
    const { id, name = id, node = '', op_type: opType = '', weights = '' } = layer;
    const cells = [textCell(name), textCell(node), textCell(opType), weights];
    const sparse = layer.sparse.map((point) => [
      ...cells,
      (point['sparsity'] ?? 0) / whole,
      ...figures(point, columns),
    ]);
    return [[...cells, 0, ...figures(layer.baseline, columns)], ...sparse];
  });
  return `${[header, ...rows].map((row) => row.join(',')).join('\n')}\n`;
}

/** What is no finite number is left empty. */
function figures(values: PointValues, columns: Columns): readonly (number | string)[] {
  return Object.values(columns).map((key) => values[key] ?? '');
}
