// <layer-lines>: the curves of all layers in one chart, each with a mark at the sparsity that the layer gets.
import { css, html, nothing, svg } from 'lit';
import type { SVGTemplateResult, TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { ChartElement } from '../kit/chart';
import type { Mark } from '../kit/chart';
import { seriesTones } from '../kit/shapes';
import { curveAxes, curvePath, placeOf } from './curveDrawing';
import type { CurveAxes, Frame } from './curveDrawing';
import type { DrawnLayer } from './layerMultiples';

const height = 340;
const room = { left: 76, right: 16, top: 12, bottom: 42 };

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
      .byHand circle.sign {
        fill: var(--vscode-editor-background);
        stroke-width: 2;
      }
    `,
  ];

  @property({ attribute: false }) accessor layers: readonly DrawnLayer[] = [];
  @property({ type: Boolean }) accessor isLogarithmic = false;
  @property() accessor yTitle = '';
  protected override marks: readonly Mark[] = [];

  protected override draw(): TemplateResult {
    const frame = { left: room.left, right: this.width - room.right, top: room.top, bottom: height - room.bottom };
    const axes = curveAxes(
      this.layers.map(({ points }) => points),
      frame,
      this.isLogarithmic,
    );
    this.marks = this.layers.map(({ key, tip, sparsityFraction, value }) => ({
      ...{ key, tip, x: axes.x.place(sparsityFraction) },
      y: placeOf(value, axes, frame, this.isLogarithmic),
    }));
    return html`${this.renderDrawing(
      height,
      svg`${this.renderAxes(axes, frame)}
        ${this.layers.map((layer, index) => this.renderLayer(layer, index, axes))}`,
    )}`;
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
    const { key, points, isSetByHand, isKeptDense } = layer;
    const mark = this.marks[index];
    if (mark === undefined) return nothing;
    const tone = isKeptDense ? 'muted' : (seriesTones[index % seriesTones.length] ?? 'blue');
    return svg`<g class="${this.markClass(key)} tone-${tone} ${isSetByHand ? 'byHand' : ''}" data-key=${key}
        role=${this.markRole} aria-label=${this.markLabel(mark)} aria-pressed=${String(this.isChosen(key))}
        tabindex=${this.tabIndexOf(key)}>
      <path class="curve" d=${curvePath(points, axes, this.isLogarithmic)}></path>
      <circle cx=${mark.x} cy=${mark.y} r="11" fill="transparent"></circle>
      <circle class="sign" cx=${mark.x} cy=${mark.y} r="4"></circle>
      <circle class="ring" cx=${mark.x} cy=${mark.y} r="9"></circle>
    </g>`;
  }
}
