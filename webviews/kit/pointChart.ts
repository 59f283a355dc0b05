// <bench-point-chart>: points over two figures, with lines through them and lines to be compared with.
import { css, html, nothing, svg } from 'lit';
import type { SVGTemplateResult, TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { line } from 'd3-shape';
import { ChartElement } from './chart';
import type { Mark, Tip } from './chart';
import { makeAxis } from './scales';
import type { Axis, AxisUnit } from './scales';
import { isStroked, shapePath } from './shapes';
import type { Shape, Tone } from './shapes';

/** A mark of the chart. */
export interface ChartPoint {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly tone: Tone;
  readonly shape: Shape;
  /** Only its outline is drawn. */
  readonly isHollow?: boolean;
  readonly tip: Tip;
}

/** A line across the chart at a figure; the legend names it. */
export interface Guide {
  readonly axis: 'x' | 'y';
  readonly at: number;
  readonly label: string;
  readonly isDashed?: boolean;
}

/** A line through points of the chart, in their order: never dashed, as guides may be. */
export interface ChartPath {
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly tone: Tone;
  readonly isStepped?: boolean;
}

/** A sign and what it means. */
export interface LegendEntry {
  readonly text: string;
  readonly tone: Tone;
  readonly shape?: Shape;
  readonly isHollow?: boolean;
  readonly isDashed?: boolean;
}

/** What an axis shows. */
export interface ChartAxis {
  /** What is on the axis, without its unit. */
  readonly title: string;
  readonly unit?: AxisUnit;
  readonly isLogarithmic?: boolean;
  /** Counts things. */
  readonly isWhole?: boolean;
}

const room = { left: 76, right: 16, top: 12, bottom: 42 };

@customElement('bench-point-chart')
export class BenchPointChart extends ChartElement {
  static override styles = [
    ...ChartElement.styles,
    css`
      .point path.sign {
        fill: var(--tone);
        stroke: var(--tone);
        stroke-width: 1.5;
      }
      .point.hollow path.sign,
      .point.stroked path.sign {
        fill: var(--vscode-editor-background);
      }
      .point.stroked path.sign {
        stroke-width: 2.5;
      }
      path.through {
        fill: none;
        stroke: var(--tone);
        stroke-width: 1.5;
        opacity: 0.6;
      }
      .dashed {
        stroke-dasharray: 5 4;
      }
      .guide line {
        stroke: var(--vscode-foreground);
        stroke-width: 1;
        opacity: 0.75;
      }
      @media (forced-colors: active) {
        .guide line {
          stroke: CanvasText;
        }
      }
    `,
  ];

  @property({ attribute: false }) accessor points: readonly ChartPoint[] = [];
  @property({ attribute: false }) accessor guides: readonly Guide[] = [];
  @property({ attribute: false }) accessor paths: readonly ChartPath[] = [];
  @property({ attribute: false }) accessor legend: readonly LegendEntry[] = [];
  @property({ attribute: false }) accessor xAxis: ChartAxis = { title: '' };
  @property({ attribute: false }) accessor yAxis: ChartAxis = { title: '' };
  @property({ type: Number }) accessor height = 260;
  protected override marks: readonly Mark[] = [];

  protected override draw(): TemplateResult {
    const { width, height } = this;
    const x = this.axis('x', [room.left, width - room.right]);
    const y = this.axis('y', [height - room.bottom, room.top]);
    this.marks = this.points.map(({ key, tip, ...point }) => ({ key, tip, x: x.place(point.x), y: y.place(point.y) }));
    return html`${this.renderLegend()}${this.renderDrawing(
      height,
      svg`${this.renderAxes(x, y)} ${this.paths.map((path) => this.renderPath(path, x, y))}
        ${this.guides.map((guide) => this.renderGuide(guide, x, y))}
        ${this.points.map((point, index) => this.renderPoint(point, this.marks[index]))}`,
    )}`;
  }

  private axis(name: 'x' | 'y', range: readonly [number, number]): Axis {
    const { unit, isLogarithmic, isWhole } = name === 'x' ? this.xAxis : this.yAxis;
    const guided = this.guides.filter(({ axis }) => axis === name).map(({ at }) => at);
    return makeAxis([...this.points.map((point) => point[name]), ...guided], {
      range,
      tickPixels: name === 'x' ? 90 : 50,
      ...(unit === undefined ? {} : { unit }),
      ...(isLogarithmic === undefined ? {} : { isLogarithmic }),
      ...(isWhole === undefined ? {} : { isWhole }),
    });
  }

  private renderAxes(x: Axis, y: Axis): SVGTemplateResult {
    const { width, height } = this;
    const [bottom, right] = [height - room.bottom, width - room.right];
    return svg`<g aria-hidden="true">
      <g class="grid">
        ${y.ticks.map(({ at }) => svg`<line x1=${room.left} x2=${right} y1=${at} y2=${at}></line>`)}
      </g>
      <line class="axis" x1=${room.left} x2=${right} y1=${bottom} y2=${bottom}></line>
      ${y.ticks.map(({ at, label }) => svg`<text class="quiet" x=${room.left - 8} y=${at} dy="0.35em" text-anchor="end">${label}</text>`)}
      ${x.ticks.map(({ at, label }) => svg`<text class="quiet" x=${at} y=${bottom + 17} text-anchor="middle">${label}</text>`)}
      <text x=${(room.left + right) / 2} y=${height - 6} text-anchor="middle">${titled(this.xAxis)}</text>
      <text transform="translate(13 ${(room.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${titled(this.yAxis)}</text>
    </g>`;
  }

  private renderGuide({ axis, at, isDashed = false }: Guide, x: Axis, y: Axis): SVGTemplateResult {
    const [right, bottom] = [this.width - room.right, this.height - room.bottom];
    const [across, up] =
      axis === 'y'
        ? [
            [room.left, right],
            [y.place(at), y.place(at)],
          ]
        : [
            [x.place(at), x.place(at)],
            [room.top, bottom],
          ];
    return svg`<g class="guide" aria-hidden="true">
      <line class=${isDashed ? 'dashed' : nothing} x1=${across[0]} x2=${across[1]} y1=${up[0]} y2=${up[1]}></line></g>`;
  }

  private renderPath({ points, tone, isStepped = false }: ChartPath, x: Axis, y: Axis): SVGTemplateResult {
    const corners = isStepped ? stepped(points) : points;
    const drawn = line<{ readonly x: number; readonly y: number }>(
      (point) => x.place(point.x),
      (point) => y.place(point.y),
    )([...corners]);
    return svg`<path class="through tone-${tone}" d=${drawn ?? ''} aria-hidden="true"></path>`;
  }

  private renderPoint(point: ChartPoint, mark: Mark | undefined): SVGTemplateResult | typeof nothing {
    if (mark === undefined) return nothing;
    const kind = isStroked(point.shape) ? 'stroked' : point.isHollow === true ? 'hollow' : '';
    return svg`<g class="${this.markClass(mark.key)} point tone-${point.tone} ${kind}" data-key=${mark.key}
        transform="translate(${mark.x} ${mark.y})" role=${this.markRole} aria-label=${this.markLabel(mark)}
        aria-pressed=${this.pickable ? String(this.isChosen(mark.key)) : nothing}
        tabindex=${this.tabIndexOf(mark.key)}>
        <circle r="11" fill="transparent"></circle>
        <path class="sign" d=${shapePath(point.shape)}></path>
        <circle class="ring" r="9.5"></circle>
      </g>`;
  }

  /** Lines are named here, not beside them: there they would lie upon points, and upon each other. */
  private renderLegend(): TemplateResult | typeof nothing {
    const lines = this.guides.map(({ label, isDashed = false }): LegendEntry => ({
      text: label,
      tone: 'muted',
      isDashed,
    }));
    const entries = [...this.legend, ...lines];
    if (entries.length === 0) return nothing;
    return html`<ul class="legend">
      ${entries.map((entry) => html`<li>${legendSign(entry)}${entry.text}</li>`)}
    </ul>`;
  }
}

function legendSign({ shape, tone, isHollow = false, isDashed = false }: LegendEntry): TemplateResult {
  const sign =
    shape === undefined
      ? svg`<line class="axis ${isDashed ? 'dashed' : ''}" x1="0" x2="24" y1="7" y2="7"></line>`
      : svg`<g class="point tone-${tone} ${isStroked(shape) ? 'stroked' : isHollow ? 'hollow' : ''}" transform="translate(12 7)">
          <path class="sign" d=${shapePath(shape, 60)}></path></g>`;
  return html`<svg viewBox="0 0 24 14" aria-hidden="true">${sign}</svg>`;
}

function titled({ title, unit }: ChartAxis): string {
  return unit === undefined || unit.name === '' ? title : `${title} (${unit.name})`;
}

/** Corners of a line that goes right first, then up or down. */
function stepped(points: ChartPath['points']): ChartPath['points'] {
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    return before === undefined ? [point] : [{ x: point.x, y: before.y }, point];
  });
}
