// What a pruning did, on the page of its optimization: accuracy before and after, and every layer.
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { metricOn } from '../../src/protocol/metricName';
import type { ShownLayer, ShownPruning } from '../../src/protocol/panels/tuningHistory';
import { bytesText, durationText, metricText, noFigure, numberText, percentText } from '../kit/figures';
import { tiles } from '../kit/page';
import type { Tile } from '../kit/page';
import '../kit/table';
import type { Column, TableSort } from '../kit/table';

const columns: readonly Column<ShownLayer>[] = [
  { key: 'layer', title: 'Layer', isWide: true, value: ({ label }) => label },
  { key: 'name', title: 'Weight', hint: 'As recipes call the layer', isWide: true, value: ({ name }) => name },
  { key: 'opType', title: 'Operator', value: ({ opType }) => opType },
  {
    key: 'weights',
    title: 'Weights',
    isNumber: true,
    value: ({ weights }) => weights,
    show: ({ weights }) => numberText(weights),
  },
  {
    key: 'sparsity',
    title: 'Sparsity',
    hint: 'What was asked for',
    isNumber: true,
    value: ({ sparsity }) => sparsity,
    show: ({ sparsity, sparsityText }) => (sparsity === 0 ? sparsityText : percentText(sparsity)),
  },
  {
    key: 'zeros',
    title: 'Zeros',
    hint: 'Share of the weights that are 0 in the file',
    isNumber: true,
    value: ({ zeros, weights }) => zeros / weights,
    show: ({ zeros, weights }) => percentText(zeros / weights),
  },
];

/** The result of a pruning. */
export function pruningView(
  pruning: ShownPruning,
  sort: TableSort | undefined,
  keepSort: (sort: TableSort) => void,
): TemplateResult {
  const { reasons, notes, layers, engineVersion, cpuModel } = pruning;
  const [headline, ...others] = reasons;
  return html`${headline === undefined ? nothing : html`<p><strong>${headline}</strong></p>`} ${tiles(tilesOf(pruning))}
    ${others.map((reason) => html`<p>${reason}</p>`)}
    <h2>Layers</h2>
    <bench-table
      label="Layers"
      .columns=${columns}
      .rows=${layers}
      .keyOf=${({ name }: ShownLayer) => name}
      .sort=${sort}
      @bench-sort=${({ detail }: CustomEvent<TableSort>) => keepSort(detail)}
    ></bench-table>
    <p class="quiet">ONNX Runtime ${engineVersion} · ${cpuModel}</p>
    ${notes.map((note) => html`<p class="quiet">${note}</p>`)}`;
}

function tilesOf({ accuracy, sparsity, sizeBytes, givenSizeBytes, operationsLeft, durationMs }: ShownPruning): Tile[] {
  const shown = (value: number): string => metricText(value, accuracy?.isShare ?? false);
  return [
    ['zeros', percentText(sparsity), 'of the weights of all layers'],
    accuracy === null
      ? ['accuracy', noFigure, 'not measured']
      : [metricOn(accuracy.metric, accuracy.isRandomData), shown(accuracy.after), `given ${shown(accuracy.before)}`],
    ['operations left', percentText(operationsLeft), 'for an engine with sparse kernels'],
    ['size', bytesText(sizeBytes), `given ${bytesText(givenSizeBytes)}, in ${durationText(durationMs)}`],
  ];
}
