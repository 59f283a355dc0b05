// <layer-lines>: the curves of all layers in one chart, each with a mark at the sparsity that the layer gets.
import { css, html, nothing, svg } from 'lit';
import type { SVGTemplateResult, TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { ChartElement, cutPath } from '../kit/chart';
import type { Mark } from '../kit/chart';
import { seriesTones } from '../kit/shapes';
import type { AxisUnit } from '../kit/scales';
import { curveAxes, curvePath, endOf, placeOf, spreadLabels } from './curveDrawing';
import type { CurveAxes, Frame } from './curveDrawing';
import type { DrawnLayer } from './layerMultiples';

/** A name beside the end of its curve. */
interface LabelPlace {
  readonly fromX: number;
  readonly fromY: number;
  readonly y: number;
}

const height = 340;
const room = { left: 76, right: 16, top: 12, bottom: 42 };
/** Names stand at the ends of curves where the chart is wide enough, and all of them where there are few enough. */
const labelRoom = { width: 170, gap: 13, leastChart: 620 };

@customElement('layer-lines')
export class LayerLines extends ChartElement {
  static override styles = [
    ...ChartElement.styles,
    css`
      path.curve {
        fill: none;
        stroke: var(--tone);
        stroke-width: 1.5;
        opacity: 0.7;
      }
      .chosen path.curve,
      .mark:hover path.curve,
      .mark:focus path.curve {
        stroke-width: 3;
        opacity: 1;
      }
      circle.sign {
        fill: var(--tone);
        stroke: var(--tone);
        stroke-width: 1.5;
      }
      line.leader {
        stroke: var(--tone);
        stroke-width: 1;
        stroke-dasharray: 1 3;
      }
      .chosen text.name,
      .mark:hover text.name {
        font-weight: 600;
      }
      .byHand circle.sign {
        fill: var(--vscode-editor-background);
        stroke-width: 2;
      }
    `,
  ];

  @property({ attribute: false }) accessor layers: readonly DrawnLayer[] = [];
  @property({ type: Boolean }) accessor isLogarithmic = false;
  @property() accessor yTitle = '';
  @property({ attribute: false }) accessor unit: AxisUnit | undefined = undefined;
  /** Where the name of a layer stands, by its weight. */
  private names: ReadonlyMap<string, LabelPlace> = new Map();
  protected override marks: readonly Mark[] = [];

  protected override draw(): TemplateResult {
    const names = this.width >= labelRoom.leastChart ? labelRoom.width : 0;
    const right = this.width - room.right - names;
    const frame = { left: room.left, right, top: room.top, bottom: height - room.bottom };
    const curves = this.layers.map(({ points }) => points);
    const axes = curveAxes(curves, frame, this.isLogarithmic, this.unit);
    this.marks = this.layers.map(({ key, tip, points, sparsityFraction, value }) => {
      const end = endOf(points, axes, this.isLogarithmic) ?? { x: frame.left, y: frame.bottom };
      if (sparsityFraction === null) return { key, tip, ...end };
      return { key, tip, x: axes.x.place(sparsityFraction), y: placeOf(value, axes, frame, this.isLogarithmic) };
    });
    this.names = names === 0 ? new Map() : this.placeNames(axes, frame);
    return html`${this.renderDrawing(
      height,
      svg`${this.renderAxes(axes, frame)}
        ${this.layers.map((layer, index) => this.renderLayer(layer, index, axes))}`,
    )}`;
  }

  /** Of all layers, or where these are too many of the chosen one. */
  private placeNames(axes: CurveAxes, frame: Frame): ReadonlyMap<string, LabelPlace> {
    const most = Math.floor((frame.bottom - frame.top) / labelRoom.gap);
    const named = this.layers.length <= most ? this.layers : this.layers.filter(({ key }) => key === this.chosen);
    const ends = named.flatMap(({ key, points }) => {
      const end = endOf(points, axes, this.isLogarithmic);
      return end === undefined ? [] : [{ key, ...end }];
    });
    const places = spreadLabels(
      ends.map(({ y }) => y),
      labelRoom.gap,
      frame,
    );
    return new Map(ends.map(({ key, x, y }, index) => [key, { fromX: x, fromY: y, y: places[index] ?? y }]));
  }

  private renderName(label: string, { fromX, fromY, y }: LabelPlace): SVGTemplateResult {
    const x = this.width - room.right - labelRoom.width + 14;
    return svg`<g aria-hidden="true">
      <line class="leader" x1=${fromX} y1=${fromY} x2=${x - 3} y2=${y}></line>
      <text class="name" x=${x} y=${y} dy="0.35em">${cutPath(label, labelRoom.width - 14)}</text>
    </g>`;
  }

  private renderAxes({ x, y }: CurveAxes, { left, right, top, bottom }: Frame): SVGTemplateResult {
    return svg`<g aria-hidden="true">
      <g class="grid">${y.ticks.map(({ at }) => svg`<line x1=${left} x2=${right} y1=${at} y2=${at}></line>`)}</g>
      <line class="axis" x1=${left} x2=${right} y1=${bottom} y2=${bottom}></line>
      ${y.ticks.map(({ at, label }) => svg`<text class="quiet" x=${left - 8} y=${at} dy="0.35em" text-anchor="end">${label}</text>`)}
      ${x.ticks.map(({ at, label }) => svg`<text class="quiet" x=${at} y=${bottom + 17} text-anchor="middle">${label}</text>`)}
      <text x=${(left + right) / 2} y=${height - 6} text-anchor="middle">Sparsity (%)</text>
      <text transform="translate(13 ${(top + bottom) / 2}) rotate(-90)" text-anchor="middle">${this.yTitle}</text>
    </g>`;
  }

  private renderLayer(layer: DrawnLayer, index: number, axes: CurveAxes): SVGTemplateResult | typeof nothing {
    const { key, label, points, sparsityFraction, isSetByHand, isKeptDense } = layer;
    const name = this.names.get(key);
    const mark = this.marks[index];
    if (mark === undefined) return nothing;
    const tone = isKeptDense ? 'muted' : (seriesTones[index % seriesTones.length] ?? 'blue');
    return svg`<g class="${this.markClass(key)} tone-${tone} ${isSetByHand ? 'byHand' : ''}" data-key=${key}
        role=${this.markRole} aria-label=${this.markLabel(mark)} aria-pressed=${String(this.isChosen(key))}
        tabindex=${this.tabIndexOf(key)}>
      <path class="curve" d=${curvePath(points, axes, this.isLogarithmic)}></path>
      <circle cx=${mark.x} cy=${mark.y} r="11" fill="transparent"></circle>
      ${sparsityFraction === null ? nothing : svg`<circle class="sign" cx=${mark.x} cy=${mark.y} r="4"></circle>`}
      <circle class="ring" cx=${mark.x} cy=${mark.y} r="9"></circle>
      ${name === undefined ? nothing : this.renderName(label, name)}
    </g>`;
  }
}
