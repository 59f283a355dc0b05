// The views of layers: what is drawn of each, the points of loss against performance, the columns of the table.
import type { CurveUnit, SensitivityFindings } from '../../src/protocol/panels/sensitivity';
import type { Tip } from '../kit/chart';
import { numberText } from '../kit/figures';
import type { ChartPoint } from '../kit/pointChart';
import type { Column } from '../kit/table';
import type { DrawnLayer } from './layerMultiples';
import { curveOf, figureText, operationsText, recoveryText, sparsityText } from './layerRows';
import type { CurveKind, LayerRow } from './layerRows';

type Sources = Pick<SensitivityFindings, 'loss' | 'perf'>;

/** Charts of more layers than this show the first ones; the table has all, and the search finds the others. */
export const mostDrawn = 200;

/** What is told of a layer. */
export function layerTip({ layer, sparsityFraction, loss, perf, operations, ...row }: LayerRow, sources: Sources): Tip {
  const lines = [
    { name: 'Operator', value: layer.node === layer.label ? layer.opType : `${layer.node} (${layer.opType})` },
    ...(layer.name === layer.label ? [] : [{ name: 'Weight', value: layer.name }]),
    { name: 'Weights', value: numberText(layer.weights) },
    ...(sparsityFraction === null
      ? []
      : [{ name: 'Sparsity', value: sparsityText({ layer, sparsityFraction, ...row }) }]),
    ...(sources.loss === null ? [] : [{ name: 'Loss', value: figureText(loss, sources.loss.unit) }]),
    ...(sources.perf === null
      ? []
      : [{ name: perfName(sources.perf.unit), value: figureText(perf, sources.perf.unit) }]),
    ...(tellsOperations(sources) && operations !== null
      ? [{ name: 'Operations', value: operationsText(operations) }]
      : []),
  ];
  return { title: layer.label, lines };
}

/** Beside times, or alone, operations have a place of their own. */
function tellsOperations({ perf }: Sources): boolean {
  return perf?.unit !== 'operations';
}

/** What performance is told in. */
export function perfName(unit: CurveUnit): string {
  return unit === 'milliseconds' ? 'Time' : 'Operations';
}

/** What the charts of curves draw. */
export function drawnLayers(rows: readonly LayerRow[], kind: CurveKind, sources: Sources): readonly DrawnLayer[] {
  return rows.slice(0, mostDrawn).map((row) => ({
    key: row.layer.name,
    label: row.layer.label,
    points: curveOf(row.layer, kind),
    sparsityFraction: row.sparsityFraction,
    value: row[kind],
    isSetByHand: row.isSetByHand,
    isKeptDense: row.sparsityFraction !== null && row.layer.denseReason !== null,
    tip: layerTip(row, sources),
  }));
}

/** Layers that both are known of: what is left of the work, and what is lost for it. */
export function againstPoints(rows: readonly LayerRow[], sources: Sources): readonly ChartPoint[] {
  return rows.flatMap((row): ChartPoint[] => {
    const { layer, loss, perf, isSetByHand } = row;
    if (loss === null || perf === null) return [];
    const tone = layer.denseReason === null ? 'blue' : 'muted';
    const shape = layer.denseReason === null ? 'circle' : 'square';
    return [{ key: layer.name, x: perf, y: loss, tone, shape, isHollow: isSetByHand, tip: layerTip(row, sources) }];
  });
}

/** Columns of the table. */
export function layerColumns(sources: Sources, rows: readonly LayerRow[]): readonly Column<LayerRow>[] {
  const { loss, perf } = sources;
  const isShared = rows.some(({ sparsityFraction }) => sparsityFraction !== null);
  const hasOperations = tellsOperations(sources) && rows.some(({ operations }) => operations !== null);
  const ofDense = isShared ? '' : ', dense';
  return [
    { key: 'name', title: 'Layer', isWide: true, value: ({ layer }) => layer.label },
    {
      key: 'weight',
      title: 'Weight',
      hint: 'As recipes call the layer',
      isWide: true,
      value: ({ layer }) => layer.name,
    },
    { key: 'opType', title: 'Operator', value: ({ layer }) => layer.opType },
    numberColumn('weights', 'Weights', ({ layer }) => layer.weights, numberText),
    ...(isShared
      ? [{ ...numberColumn('sparsity', 'Sparsity', ({ sparsityFraction }) => sparsityFraction), show: sparsityText }]
      : []),
    ...(loss === null
      ? []
      : [
          numberColumn(
            'loss',
            'Loss',
            (row) => row.loss,
            (value) => figureText(value, loss.unit),
          ),
          numberColumn('recovery', 'Estimated recovery', (row) => row.estimatedRecovery, recoveryText),
        ]),
    ...(perf === null
      ? []
      : [
          numberColumn(
            'perf',
            `${perfName(perf.unit)}${ofDense}`,
            (row) => row.perf,
            (value) => figureText(value, perf.unit),
          ),
        ]),
    ...(hasOperations
      ? [numberColumn('operations', `Operations${ofDense}`, (row) => row.operations, operationsText)]
      : []),
  ];
}

function numberColumn(
  key: string,
  title: string,
  value: (row: LayerRow) => number | null,
  text: (value: number | null) => string = String,
): Column<LayerRow> {
  return { key, title, isNumber: true, value, show: (row) => text(value(row)) };
}
