// <layer-multiples>: a small chart for each layer, all on one scale, each with a mark at the sparsity that the layer gets.
import { css, nothing, svg } from 'lit';
import type { SVGTemplateResult, TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { CurvePoint } from '../../src/protocol/panels/sensitivity';
import { ChartElement, cutPath } from '../kit/chart';
import type { Mark, Tip } from '../kit/chart';
import { curveAxes, curvePath, placeOf } from './curveDrawing';
import type { CurveAxes, Frame } from './curveDrawing';

/** One curve of a layer. */
export interface DrawnLayer {
  /** The weight. */
  readonly key: string;
  /** What is written above it. */
  readonly label: string;
  readonly points: readonly CurvePoint[];
  /** Null where nothing is shared out: no mark is drawn then. */
  readonly sparsityFraction: number | null;
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
  /** The greatest figure, in words: written into the first chart of each row. */
  @property() accessor most = '';
  protected override marks: readonly Mark[] = [];

  protected override draw(): TemplateResult {
    const columns = Math.max(1, Math.floor((this.width + cell.gap) / (cell.width + cell.gap)));
    const width = Math.floor((this.width - (columns - 1) * cell.gap) / columns);
    const places = this.layers.map((_, index) => placeIn(index, columns, width));
    this.marks = this.layers.map(({ key, tip }, index) => {
      const { left, top } = places[index] ?? { left: 0, top: 0 };
      return { key, tip, x: left + width, y: top + (cell.height - room.top) / 2 };
    });
    const height = Math.ceil(this.layers.length / columns) * (cell.height + cell.gap);
    const frame = { left: 0, right: width, top: 0, bottom: cell.height - room.top };
    const curves = this.layers.map(({ points }) => points);
    const axes = curveAxes(curves, inner(frame), this.isLogarithmic);
    return this.renderDrawing(
      height,
      svg`${this.layers.map((layer, index) => {
        const { left, top } = places[index] ?? { left: 0, top: 0 };
        return svg`<g transform="translate(${left} ${top})">${this.renderLayer(layer, this.marks[index], frame, axes)}
          ${index % columns === 0 ? svg`<text class="quiet" x="14" y="13" aria-hidden="true">${this.most}</text>` : nothing}</g>`;
      })}`,
    );
  }

  /** In a frame of its own; all layers have one scale. */
  private renderLayer(layer: DrawnLayer, mark: Mark | undefined, frame: Frame, axes: CurveAxes): SVGTemplateResult {
    const { key, label, points, sparsityFraction, value, isSetByHand, isKeptDense } = layer;
    const tone = isKeptDense ? 'muted' : 'blue';
    const { right: width, bottom: height } = frame;
    const figure = sparsityFraction === null ? '' : `${Math.round(sparsityFraction * 100)} %`;
    // The name of the button is the whole tip: its short form above is for eyes, and lets clicks through to the button.
    return svg`<g class="${this.markClass(key)} tone-${tone} ${isSetByHand ? 'byHand' : ''}" data-key=${key}
        role=${this.markRole} aria-label=${mark === undefined ? label : this.markLabel(mark)}
        aria-pressed=${String(this.isChosen(key))} tabindex=${this.tabIndexOf(key)}>
      <rect x="0" y=${-room.top} width=${width} height=${room.top} fill="transparent"></rect>
      <rect class="frame" x="0" y="0" width=${width} height=${height} rx="3"></rect>
      <path class="curve" d=${curvePath(points, axes, this.isLogarithmic)}></path>
      ${sparsityFraction === null ? nothing : this.renderGiven(sparsityFraction, value, frame, axes)}
      <rect class="ring" x="-2" y="-2" width=${width + 4} height=${height + 4} rx="4"></rect>
    </g>
    <g aria-hidden="true" pointer-events="none">
      <text x="0" y="-6">${cutPath(label, width - 44)}</text>
      <text class="quiet" x=${width} y="-6" text-anchor="end">${figure}</text>
    </g>`;
  }

  private renderGiven(at: number, value: number | null, frame: Frame, axes: CurveAxes): SVGTemplateResult {
    const [x, y] = [axes.x.place(at), placeOf(value, axes, inner(frame), this.isLogarithmic)];
    return svg`<line class="given" x1=${x} x2=${x} y1="0" y2=${frame.bottom}></line>
      <circle class="sign" cx=${x} cy=${y} r="3.5"></circle>`;
  }
}

/** Where the frame of a layer begins. */
function placeIn(index: number, columns: number, width: number): { readonly left: number; readonly top: number } {
  const left = (index % columns) * (width + cell.gap);
  return { left, top: Math.floor(index / columns) * (cell.height + cell.gap) + room.top };
}

/** The curves keep off the line around them. */
function inner({ left, right, top, bottom }: Frame): Frame {
  return { left: left + room.side, right: right - room.side, top: top + room.side, bottom: bottom - room.side };
}
