// The layers as small charts, in one chart, or loss against performance; and the same as a table.
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { SensitivityFindings } from '../../src/protocol/panels/sensitivity';
import { choiceOf, tabs } from '../kit/jobView';
import '../kit/pointChart';
import '../kit/table';
import type { RowsEvent, TableSort } from '../kit/table';
import { layerViews } from './choices';
import type { Choices, LayerView } from './choices';
import './layerLines';
import './layerMultiples';
import type { DrawnLayer } from './layerMultiples';
import { figureText, layerOrders, shownRows, unitTitles } from './layerRows';
import type { CurveKind, LayerOrder, LayerRow } from './layerRows';
import { againstPoints, drawnLayers, layerColumns, mostDrawn } from './layerViews';

/** What it shows and does. */
export interface LayersView {
  readonly findings: SensitivityFindings;
  readonly rows: readonly LayerRow[];
  readonly choices: Choices;
  readonly change: (change: Partial<Choices>) => void;
  readonly sort: (event: CustomEvent<TableSort>) => void;
}

export function renderLayers(view: LayersView): TemplateResult {
  const { findings, choices, change, sort } = view;
  const shown = shownRows(view.rows, choices.search, choices.order);
  const kind = curvesShown(findings, choices.curves);
  return html`<h2>Layers</h2>
    ${tabs('Views of the layers', layerViews, choices.view, (value) => change({ view: value as LayerView }))}
    <div class="row choices">${renderChoices(view, kind)}</div>
    <div id="view" role="tabpanel" aria-label="Layers">
      ${shown.length === 0 ? html`<p role="status">No layer is called like that.</p>` : renderView(view, shown, kind)}
    </div>
    <bench-table
      label="Layers"
      .columns=${layerColumns(findings)}
      .rows=${shown}
      .keyOf=${({ layer }: LayerRow) => layer.name}
      .sort=${choices.sort}
      .selected=${new Set(choices.layer === undefined ? [] : [choices.layer])}
      @bench-sort=${sort}
      @bench-select=${({ detail }: RowsEvent<LayerRow>) => change({ layer: detail.rows[0]?.layer.name })}
    ></bench-table>`;
}

/** Curves of which nothing is known are not shown. */
function curvesShown({ loss, perf }: SensitivityFindings, wanted: CurveKind): CurveKind {
  if (loss === null) return 'perf';
  return perf === null ? 'loss' : wanted;
}

function renderChoices({ findings, choices, change }: LayersView, kind: CurveKind): TemplateResult {
  const isOfCurves = choices.view !== 'against';
  const both = findings.loss !== null && findings.perf !== null;
  return html`<label class="row"
      ><span>Search</span>
      <input
        type="search"
        .value=${choices.search}
        placeholder="Layer or operator"
        @input=${(event: Event) => change({ search: (event.target as HTMLInputElement).value })}
    /></label>
    ${choiceOf('Sort by', layerOrders, choices.order, (value) =>
      change({ order: value as LayerOrder, sort: undefined }),
    )}
    ${
      isOfCurves && both
        ? choiceOf('Curves of', curveKinds, kind, (value) => change({ curves: value as CurveKind }))
        : nothing
    }
    ${choiceOf('Scale', scales, choices.isLogarithmic ? 'log' : 'linear', (value) =>
      change({ isLogarithmic: value === 'log' }),
    )}`;
}

const curveKinds = [
  { value: 'loss', label: 'Loss' },
  { value: 'perf', label: 'Performance' },
];

const scales = [
  { value: 'linear', label: 'Linear' },
  { value: 'log', label: 'Logarithmic' },
];

function renderView(view: LayersView, shown: readonly LayerRow[], kind: CurveKind): TemplateResult {
  const { findings, choices, change } = view;
  const pick = ({ detail }: CustomEvent<{ key: string }>): void => change({ layer: detail.key });
  if (choices.view === 'against') return renderAgainst(view, shown, pick);
  const title = titleOf(findings, kind);
  const layers = drawnLayers(shown, kind, findings);
  const label = `${title} by sparsity, for ${layers.length === 1 ? '1 layer' : `${layers.length} layers`}`;
  const { isLogarithmic } = choices;
  return html`<p class="quiet">${caption(title, choices.view, greatest(layers, findings, kind))}${leftOut(shown)}</p>
    ${
      choices.view === 'multiples'
        ? html`<layer-multiples
            label=${label}
            .layers=${layers}
            .chosen=${choices.layer}
            ?isLogarithmic=${isLogarithmic}
            pickable
            @bench-pick=${pick}
          ></layer-multiples>`
        : html`<layer-lines
            label=${label}
            .layers=${layers}
            .chosen=${choices.layer}
            ?isLogarithmic=${isLogarithmic}
            yTitle=${title}
            pickable
            @bench-pick=${pick}
          ></layer-lines>`
    }`;
}

function titleOf(findings: SensitivityFindings, kind: CurveKind): string {
  const unit = findings[kind]?.unit;
  return unit === undefined ? '' : `${unitTitles[unit]}${unit === 'milliseconds' ? ' (ms)' : ''}`;
}

/** Charts without an axis have their scale told. */
function greatest(layers: readonly DrawnLayer[], findings: SensitivityFindings, kind: CurveKind): string {
  const values = layers.flatMap(({ points }) => points.flatMap(({ value }) => value ?? []));
  const most = values.reduce((greatestYet, value) => Math.max(greatestYet, value), 0);
  return figureText(most, findings[kind]?.unit);
}

function caption(title: string, view: LayerView, most: string): string {
  const scale =
    view === 'multiples' ? `All charts have one scale: up to ${most}, and from 0 to 100 % of sparsity. ` : '';
  return `${title}. ${scale}The mark is what the layer gets; it is hollow where that was set by hand, grey where the layer stays dense on purpose.`;
}

function leftOut(shown: readonly LayerRow[]): string {
  return shown.length > mostDrawn
    ? ` The first ${mostDrawn} of ${shown.length} layers are drawn: search for others.`
    : '';
}

function renderAgainst(
  { findings, choices }: LayersView,
  shown: readonly LayerRow[],
  pick: (event: CustomEvent<{ key: string }>) => void,
): TemplateResult {
  const points = againstPoints(shown, findings);
  if (points.length === 0) {
    return html`<p role="status">
      This takes an analysis of loss and one of performance, and none of the layers has both.
    </p>`;
  }
  const { isLogarithmic } = choices;
  // A logarithmic scale has no place for 0.
  const placed = isLogarithmic ? points.filter(({ x, y }) => x > 0 && y > 0) : points;
  return html`<p class="quiet">
      Each layer at the sparsity that it gets: low and left loses little and leaves little to do.
    </p>
    <bench-point-chart
      label="Loss against performance of ${placed.length} layers"
      .points=${placed}
      .legend=${againstLegend}
      .xAxis=${{ title: titleOf(findings, 'perf'), isLogarithmic }}
      .yAxis=${{ title: titleOf(findings, 'loss'), isLogarithmic }}
      .chosen=${choices.layer}
      pickable
      @bench-pick=${pick}
    ></bench-point-chart>`;
}

const againstLegend = [
  { text: 'layer', tone: 'blue', shape: 'circle' },
  { text: 'set by hand', tone: 'blue', shape: 'circle', isHollow: true },
  { text: 'dense on purpose', tone: 'muted', shape: 'square' },
] as const;
