// <bench-bar-chart>: rows of bars from zero, with the interval around a figure where it is known; several bars a row compare.
import { css, html, nothing, svg } from 'lit';
import type { SVGTemplateResult, TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { ChartElement, cutText } from './chart';
import type { Mark, Tip } from './chart';
import { makeAxis } from './scales';
import type { Axis, AxisUnit } from './scales';
import { seriesTones } from './shapes';

/** A figure. */
export interface Bar {
  readonly value: number;
  /** Bounds of the interval around it, such as the 10th and 90th percentile. */
  readonly low?: number;
  readonly high?: number;
  /** The interval goes on beyond `high`, which is only where the drawing ends. */
  readonly goesOn?: boolean;
  /** A figure marked by a stroke beyond the bar, such as the 99th percentile. */
  readonly far?: number;
  /** The value with its unit, written at the end of the bar. */
  readonly text: string;
  readonly tip: Tip;
  /** Draws only the outline: not to be compared with the others as it is. */
  readonly isHollow?: boolean;
}

/** Figures of one thing. */
export interface BarRow {
  readonly key: string;
  readonly label: string;
  /** One for each series; null where a series has none. */
  readonly bars: readonly (Bar | null)[];
}

const barHeight = 18;
const rowGap = 10;
const axisHeight = 44;

@customElement('bench-bar-chart')
export class BenchBarChart extends ChartElement {
  static override styles = [
    ...ChartElement.styles,
    css`
      rect.bar {
        fill: var(--tone);
        fill-opacity: 0.85;
        stroke: var(--vscode-contrastBorder, none);
      }
      .striped rect.bar {
        /* The stripes take of its light already. */
        fill-opacity: 1;
      }
      .striped rect.pattern {
        fill: url(#stripes);
      }
      .hollow rect.bar {
        fill: transparent;
        stroke: var(--tone);
        stroke-width: 1.5;
        stroke-dasharray: 4 3;
      }
      rect.ring {
        rx: 3px;
      }
      .interval {
        fill: none;
        stroke: var(--vscode-foreground);
        stroke-width: 1.5;
      }
      #stripes path {
        stroke: var(--vscode-editor-background);
        stroke-width: 1.5;
      }
      @media (forced-colors: active) {
        /* Light enough for the interval upon it. */
        rect.bar {
          fill-opacity: 0.35;
          stroke: CanvasText;
        }
        .interval {
          stroke: CanvasText;
        }
      }
    `,
  ];

  @property({ attribute: false }) accessor rows: readonly BarRow[] = [];
  /** Names of the series, when there is more than one. */
  @property({ attribute: false }) accessor series: readonly string[] = [];
  /** What the length of a bar is. */
  @property({ attribute: false }) accessor axis: { readonly title: string; readonly unit?: AxisUnit } = { title: '' };
  protected override marks: readonly Mark[] = [];

  protected override draw(): TemplateResult {
    const perRow = Math.max(1, ...this.rows.map(({ bars }) => bars.length));
    const rowHeight = perRow * barHeight + rowGap;
    const height = this.rows.length * rowHeight + axisHeight;
    const left = this.labelWidth;
    const bars = this.rows.flatMap(({ bars: ofRow }) => ofRow.filter((bar) => bar !== null));
    const texts = Math.max(0, ...bars.map(({ text }) => text.length)) * 6.8 + 12;
    const x = makeAxis(
      bars.flatMap(({ value, high = value, far = value }) => [value, high, far]),
      {
        range: [left, Math.max(left + 40, this.width - texts)],
        fromZero: true,
        ...(this.axis.unit === undefined ? {} : { unit: this.axis.unit }),
      },
    );
    this.marks = this.rows.flatMap((row, index) => this.marksOf(row, index * rowHeight, x));
    return html`${this.renderLegend()}${this.renderDrawing(
      height,
      svg`<defs>
          <pattern id="stripes" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <path d="M0 0V6"></path>
          </pattern>
        </defs>
        ${this.renderAxis(x, height)} ${this.rows.map((row, index) => this.renderRow(row, index * rowHeight, x))}`,
    )}`;
  }

  /** Room for the names: as much as the longest takes, at most two fifths. */
  private get labelWidth(): number {
    const longest = Math.max(0, ...this.rows.map(({ label }) => label.length)) * 6.8 + 12;
    return Math.round(Math.min(longest, this.width * 0.4));
  }

  private marksOf({ key, bars }: BarRow, top: number, x: Axis): readonly Mark[] {
    return bars.flatMap((bar, series) => {
      if (bar === null) return [];
      const y = top + rowGap / 2 + (series + 0.5) * barHeight;
      return [{ key: markKey(key, series), row: key, x: x.place(Math.max(bar.value, bar.high ?? 0)), y, tip: bar.tip }];
    });
  }

  private renderAxis(x: Axis, height: number): SVGTemplateResult {
    const bottom = height - axisHeight + 4;
    const { title, unit } = this.axis;
    const middle = (x.place(x.domain[0]) + x.place(x.domain[1])) / 2;
    return svg`<g aria-hidden="true">
      <g class="grid">${x.ticks.map(({ at }) => svg`<line x1=${at} x2=${at} y1="0" y2=${bottom}></line>`)}</g>
      ${x.ticks.map(({ at, label }) => svg`<text class="quiet" x=${at} y=${bottom + 16} text-anchor="middle">${label}</text>`)}
      <text x=${middle} y=${bottom + 35} text-anchor="middle">${unit === undefined || unit.name === '' ? title : `${title} (${unit.name})`}</text>
    </g>`;
  }

  private renderRow({ key, label, bars }: BarRow, top: number, x: Axis): SVGTemplateResult {
    const middle = top + rowGap / 2 + (bars.length * barHeight) / 2;
    return svg`<text aria-hidden="true" x=${this.labelWidth - 8} y=${middle} dy="0.35em" text-anchor="end">
        <title>${label}</title>${cutText(label, this.labelWidth - 8)}</text>
      ${bars.map((bar, series) => (bar === null ? nothing : this.renderBar(bar, markKey(key, series), series, top + rowGap / 2 + series * barHeight, x)))}`;
  }

  private renderBar(bar: Bar, key: string, series: number, top: number, x: Axis): SVGTemplateResult {
    const mark = this.marks.find((one) => one.key === key);
    const zero = x.place(0);
    const [from, to] = [Math.min(zero, x.place(bar.value)), Math.max(zero, x.place(bar.value))];
    const size = { width: Math.max(1, to - from), height: barHeight - 4 };
    const tone = seriesTones[series % seriesTones.length] ?? 'blue';
    const kind = bar.isHollow === true ? 'hollow' : series % 2 === 1 ? 'striped' : '';
    const end = Math.max(to, x.place(bar.high ?? bar.value), x.place(bar.far ?? bar.value));
    return svg`<g class="${this.markClass(key)} tone-${tone} ${kind}" data-key=${key} role=${this.markRole}
        aria-label=${mark === undefined ? nothing : this.markLabel(mark)}
        aria-pressed=${this.pickable ? String(this.isChosen(key)) : nothing} tabindex=${this.tabIndexOf(key)}>
        <rect x=${zero} y=${top} width=${Math.max(1, this.width - zero)} height=${barHeight} fill="transparent"></rect>
        <rect class="bar" x=${from} y=${top + 2} width=${size.width} height=${size.height}></rect>
        <rect class="pattern" fill="none" x=${from} y=${top + 2} width=${size.width} height=${size.height}></rect>
        ${this.renderInterval(bar, top + barHeight / 2, x)}
        <rect class="ring" x=${from - 2} y=${top} width=${size.width + 4} height=${barHeight}></rect>
        <text x=${end + 6} y=${top + barHeight / 2} dy="0.35em">${bar.text}</text>
      </g>`;
  }

  private renderInterval({ low, high, far, goesOn }: Bar, y: number, x: Axis): SVGTemplateResult | typeof nothing {
    if (low === undefined || high === undefined) return nothing;
    const [from, to] = [x.place(low), x.place(high)];
    const cap = (at: number, half: number): SVGTemplateResult =>
      svg`<line class="interval" x1=${at} x2=${at} y1=${y - half} y2=${y + half}></line>`;
    return svg`<line class="interval" x1=${from} x2=${to} y1=${y} y2=${y}></line>${cap(from, 4)}${
      goesOn === true
        ? svg`<path class="interval" d="M${to - 5} ${y - 4}L${to} ${y}L${to - 5} ${y + 4}"></path>`
        : cap(to, 4)
    }${far === undefined ? nothing : cap(x.place(far), 2)}`;
  }

  private renderLegend(): TemplateResult | typeof nothing {
    if (this.series.length < 2) return nothing;
    return html`<ul class="legend">
      ${this.series.map(
        (name, index) =>
          html`<li>
            <svg
              viewBox="0 0 24 14"
              aria-hidden="true"
              class="tone-${seriesTones[index % seriesTones.length] ?? 'blue'} ${index % 2 === 1 ? 'striped' : ''}"
            >
              <rect class="bar" x="1" y="1" width="22" height="12"></rect>
              <rect class="pattern" fill="none" x="1" y="1" width="22" height="12"></rect></svg
            >${name}
          </li>`,
      )}
    </ul>`;
  }
}

function markKey(row: string, series: number): string {
  return series === 0 ? row : `${row} ${series}`;
}
