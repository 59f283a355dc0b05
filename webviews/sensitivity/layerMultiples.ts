// <layer-multiples>: a small chart for each layer, all on one scale, each with a mark at the sparsity that the layer gets.
import { css, svg } from 'lit';
import type { SVGTemplateResult, TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { CurvePoint } from '../../src/protocol/panels/sensitivity';
import { ChartElement, cutText } from '../kit/chart';
import type { Mark, Tip } from '../kit/chart';
import { curveAxes, curvePath, placeOf } from './curveDrawing';
import type { Frame } from './curveDrawing';

/** One curve of a layer. */
export interface DrawnLayer {
  readonly key: string;
  readonly points: readonly CurvePoint[];
  readonly sparsityFraction: number;
  /** At that sparsity. */
  readonly value: number | null;
  readonly isSetByHand: boolean;
  readonly isKeptDense: boolean;
  readonly tip: Tip;
}

const cell = { width: 190, height: 112, gap: 12 };
const room = { top: 22, bottom: 20, side: 8 };

@customElement('layer-multiples')
export class LayerMultiples extends ChartElement {
  static override styles = [
    ...ChartElement.styles,
    css`
      path.curve {
        fill: none;
        stroke: var(--tone);
        stroke-width: 1.75;
      }
      rect.frame {
        fill: transparent;
        stroke: var(--vscode-widget-border, var(--vscode-contrastBorder, var(--vscode-descriptionForeground)));
        stroke-width: 1;
      }
      .given {
        stroke: var(--vscode-foreground);
        stroke-width: 1;
        stroke-dasharray: 3 3;
      }
      circle.sign {
        fill: var(--tone);
        stroke: var(--tone);
      }
      .byHand circle.sign {
        fill: var(--vscode-editor-background);
        stroke-width: 2;
      }
      @media (forced-colors: active) {
        rect.frame {
          stroke: GrayText;
        }
        .given {
          stroke: CanvasText;
        }
      }
    `,
  ];

  @property({ attribute: false }) accessor layers: readonly DrawnLayer[] = [];
  @property({ type: Boolean }) accessor isLogarithmic = false;
  protected override marks: readonly Mark[] = [];

  protected override draw(): TemplateResult {
    const columns = Math.max(1, Math.floor((this.width + cell.gap) / (cell.width + cell.gap)));
    const width = Math.floor((this.width - (columns - 1) * cell.gap) / columns);
    const frames = this.layers.map((_, index) => frameOf(index, columns, width));
    this.marks = this.layers.map(({ key, tip }, index) => {
      const { right = 0, top = 0 } = frames[index] ?? {};
      return { key, tip, x: right, y: top + (cell.height - room.top) / 2 };
    });
    const height = Math.ceil(this.layers.length / columns) * (cell.height + cell.gap);
    const all = this.layers.map(({ points }) => points);
    return this.renderDrawing(
      height,
      svg`${this.layers.map((layer, index) => this.renderLayer(layer, frames[index] ?? frameOf(0, 1, width), all))}`,
    );
  }

  private renderLayer(layer: DrawnLayer, frame: Frame, all: readonly (readonly CurvePoint[])[]): SVGTemplateResult {
    const { key, points, sparsityFraction, value, isSetByHand, isKeptDense } = layer;
    const axes = curveAxes(all, inner(frame), this.isLogarithmic);
    const [x, y] = [axes.x.place(sparsityFraction), placeOf(value, axes, inner(frame), this.isLogarithmic)];
    const mark = this.marks.find((one) => one.key === key);
    const tone = isKeptDense ? 'muted' : 'blue';
    const width = frame.right - frame.left;
    const figure = `${Math.round(sparsityFraction * 100)} %`;
    return svg`<g class="${this.markClass(key)} tone-${tone} ${isSetByHand ? 'byHand' : ''}" data-key=${key}
        role=${this.markRole} aria-label=${mark === undefined ? key : this.markLabel(mark)}
        aria-pressed=${String(this.isChosen(key))} tabindex=${this.tabIndexOf(key)}>
      <rect class="frame" x=${frame.left} y=${frame.top} width=${width} height=${frame.bottom - frame.top} rx="3"></rect>
      <text x=${frame.left} y=${frame.top - 6}>${cutText(key, width - 44)}</text>
      <text class="quiet" x=${frame.right} y=${frame.top - 6} text-anchor="end">${figure}</text>
      <path class="curve" d=${curvePath(points, axes, this.isLogarithmic)}></path>
      <line class="given" x1=${x} x2=${x} y1=${frame.top} y2=${frame.bottom}></line>
      <circle class="sign" cx=${x} cy=${y} r="3.5"></circle>
      <rect class="ring" x=${frame.left - 2} y=${frame.top - 2} width=${width + 4} height=${frame.bottom - frame.top + 4} rx="4"></rect>
    </g>`;
  }
}

function frameOf(index: number, columns: number, width: number): Frame {
  const left = (index % columns) * (width + cell.gap);
  const top = Math.floor(index / columns) * (cell.height + cell.gap) + room.top;
  return { left, right: left + width, top, bottom: top + cell.height - room.top };
}

/** The curves keep off the line around them. */
function inner({ left, right, top, bottom }: Frame): Frame {
  return { left: left + room.side, right: right - room.side, top: top + room.side, bottom: bottom - room.side };
}
