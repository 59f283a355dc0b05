// The layers as small charts, in one chart, or loss against performance; and the same as a table.
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { SensitivityFindings } from '../../src/protocol/panels/sensitivity';
import { countText } from '../kit/figures';
import { choiceOf, tabs } from '../kit/jobView';
import '../kit/pointChart';
import type { AxisUnit } from '../kit/scales';
import '../kit/table';
import type { RowsEvent, TableSort } from '../kit/table';
import { layerViews } from './choices';
import type { Choices, LayerView } from './choices';
import { dwarfedMiddle } from './curveDrawing';
import './layerLines';
import './layerMultiples';
import type { DrawnLayer } from './layerMultiples';
import { axisUnit, figureText, layerOrders, shownRows, unitTitles } from './layerRows';
import type { CurveKind, LayerOrder, LayerRow } from './layerRows';
import { againstPoints, drawnLayers, layerColumns, mostDrawn } from './layerViews';

/** What it shows and does. */
export interface LayersView {
  /** What was analysed: its curves come first. */
  readonly kind: CurveKind;
  readonly findings: SensitivityFindings;
  readonly rows: readonly LayerRow[];
  readonly choices: Choices;
  readonly change: (change: Partial<Choices>) => void;
  readonly sort: (event: CustomEvent<TableSort>) => void;
}

export function renderLayers(view: LayersView): TemplateResult {
  const { findings, choices, change, sort } = view;
  const shown = shownRows(view.rows, choices.search, choices.order);
  const kind = curvesShown(findings, choices.curves ?? view.kind);
  return html`<h2>Layers</h2>
    ${tabs('Views of the layers', layerViews, choices.view, (value) => change({ view: value as LayerView }))}
    <div class="row choices">${renderChoices(view, kind)}</div>
    <div id="view" role="tabpanel" aria-label="Layers">
      ${shown.length === 0 ? html`<p role="status">No layer is called like that.</p>` : renderView(view, shown, kind)}
    </div>
    <bench-table
      label="Layers"
      .columns=${layerColumns(findings, shown)}
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
        placeholder="Name or operator"
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
  const label = `${title} by sparsity, for ${countText(layers.length, 'layer')}`;
  const { isLogarithmic } = choices;
  const unit = axisUnit(findings[kind]?.unit, valuesOf(layers));
  const top = greatest(layers, findings, kind);
  return html`<p class="quiet">
      ${caption(title, choices.view, top)}${markCaption(shown)}${isLogarithmic ? '' : dwarfed(layers, findings, kind)}
      ${leftOut(shown)}
    </p>
    ${
      choices.view === 'multiples'
        ? html`<layer-multiples
            label=${label}
            .layers=${layers}
            .chosen=${choices.layer}
            .most=${top}
            ?isLogarithmic=${isLogarithmic}
            pickable
            @bench-pick=${pick}
          ></layer-multiples>`
        : html`<layer-lines
            label=${label}
            .layers=${layers}
            .chosen=${choices.layer}
            ?isLogarithmic=${isLogarithmic}
            yTitle=${withUnit(title, unit)}
            .unit=${unit}
            pickable
            @bench-pick=${pick}
          ></layer-lines>`
    }`;
}

function titleOf(findings: SensitivityFindings, kind: CurveKind): string {
  const unit = findings[kind]?.unit;
  return unit === undefined ? '' : unitTitles[unit];
}

function withUnit(title: string, { name }: AxisUnit): string {
  return name === '' ? title : `${title} (${name})`;
}

function valuesOf(layers: readonly DrawnLayer[]): readonly number[] {
  return layers.flatMap(({ points }) => points.flatMap(({ value }) => value ?? []));
}

/** Charts without an axis have their scale told. */
function greatest(layers: readonly DrawnLayer[], findings: SensitivityFindings, kind: CurveKind): string {
  return figureText(most(valuesOf(layers)), findings[kind]?.unit);
}

function most(values: readonly number[]): number {
  return values.reduce((greatestYet, value) => Math.max(greatestYet, value), 0);
}

function dwarfed(layers: readonly DrawnLayer[], findings: SensitivityFindings, kind: CurveKind): string {
  const middle = dwarfedMiddle(layers.map((layer) => most(valuesOf([layer]))));
  if (middle === null) return '';
  return ` Half of the layers stay below ${figureText(middle, findings[kind]?.unit)}: a logarithmic scale shows them better.`;
}

function caption(title: string, view: LayerView, top: string): string {
  const scale =
    view === 'multiples' ? `All charts have one scale: up to ${top}, and from 0 to 100 % of sparsity. ` : '';
  return `${title}. ${scale}`;
}

function markCaption(shown: readonly LayerRow[]): string {
  return shown.some(({ sparsityFraction }) => sparsityFraction !== null)
    ? 'The mark is what the layer gets; it is hollow where that was set by hand, and has no colour where the layer stays dense as the first one or a grouped convolution.'
    : '';
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
  const [xUnit, yUnit] = [
    axisUnit(
      findings.perf?.unit,
      placed.map(({ x }) => x),
    ),
    axisUnit(
      findings.loss?.unit,
      placed.map(({ y }) => y),
    ),
  ];
  return html`<p class="quiet">
      Each layer at the sparsity that it gets: low and left loses little and leaves little to do.
      ${placed.length === points.length ? '' : `Without ${countText(points.length - placed.length, 'layer')} whose loss is 0, for which a logarithmic scale has no place.`}
    </p>
    <bench-point-chart
      label="Loss against performance of ${countText(placed.length, 'layer')}"
      .points=${placed}
      .legend=${againstLegend}
      .xAxis=${{ title: titleOf(findings, 'perf'), unit: xUnit, isLogarithmic }}
      .yAxis=${{ title: titleOf(findings, 'loss'), unit: yUnit, isLogarithmic }}
      .chosen=${choices.layer}
      pickable
      @bench-pick=${pick}
    ></bench-point-chart>`;
}

const againstLegend = [
  { text: 'layer', tone: 'blue', shape: 'circle' },
  { text: 'set by hand', tone: 'blue', shape: 'circle', isHollow: true },
  { text: 'dense: first layer or grouped', tone: 'muted', shape: 'square' },
] as const;
