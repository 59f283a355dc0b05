// <bench-histogram>: how the values of a tensor are distributed, in float as an area and in 8 bits as a line of steps over it.
import { css, html, nothing, svg } from 'lit';
import type { SVGTemplateResult, TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { scaleLinear, scaleSymlog } from 'd3-scale';
import type { HistogramPair } from '../../src/protocol/diagnosis';
import { chartStyles } from '../kit/chart';
import { numberText, significant } from '../kit/figures';
import { MeasuredElement } from '../kit/measured';
import { baseStyles, toneStyles } from '../kit/styles';

const height = 180;
const margin = { left: 56, right: 8, top: 8, bottom: 28 };

/** Rows of the table that stands for the picture. */
const tableBins = 16;

@customElement('bench-histogram')
export class BenchHistogram extends MeasuredElement {
  static override styles = [
    baseStyles,
    toneStyles,
    chartStyles,
    css`
      .float {
        fill: var(--vscode-charts-blue);
        fill-opacity: 0.35;
        stroke: none;
      }
      .int8 {
        fill: none;
        stroke: var(--vscode-foreground);
        stroke-width: 1.5;
      }
      @media (forced-colors: active) {
        .float {
          fill: GrayText;
        }
        .int8 {
          stroke: CanvasText;
        }
      }
      table {
        border-collapse: collapse;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        padding: 1px 16px 1px 0;
        text-align: right;
        font-weight: normal;
      }
      thead th {
        font-weight: 600;
      }
      summary {
        cursor: pointer;
        color: var(--vscode-descriptionForeground);
      }
    `,
  ];

  @property() accessor label = '';
  @property({ attribute: false }) accessor pair: HistogramPair | undefined = undefined;
  @property({ type: Boolean }) accessor isLogarithmic = false;

  override render(): TemplateResult {
    const { pair } = this;
    if (pair === undefined) return html``;
    return html`${this.renderLegend(pair)}${this.width === 0 ? nothing : this.draw(pair)}${renderTable(pair)}`;
  }

  private renderLegend({ float }: HistogramPair): TemplateResult {
    return html`<ul class="legend">
      ${
        float === null
          ? nothing
          : html`<li>
              <svg viewBox="0 0 24 14" aria-hidden="true">
                <rect class="float" x="1" y="1" width="22" height="12"></rect>
              </svg>
              float (area)
            </li>`
      }
      <li>
        <svg viewBox="0 0 24 14" aria-hidden="true"><path class="int8" d="M1 11H8V3H16V8H23"></path></svg>
        8 bits (line)
      </li>
    </ul>`;
  }

  private draw(pair: HistogramPair): TemplateResult {
    const { min, max, float, int8 } = pair;
    const most = Math.max(1, ...(float ?? []), ...int8);
    const x = scaleLinear()
      .domain(min === max ? [min - 0.5, max + 0.5] : [min, max])
      .range([margin.left, this.width - margin.right]);
    const y = (this.isLogarithmic ? scaleSymlog() : scaleLinear())
      .domain([0, most])
      .range([height - margin.bottom, margin.top]);
    const path = (counts: readonly number[]): string => stepsOf(counts, x.range(), (count) => y(count));
    const bottom = height - margin.bottom;
    return html`<svg
      class="chart"
      role="img"
      aria-label=${this.label}
      height=${height}
      viewBox="0 0 ${this.width} ${height}"
    >
      ${yTicks(most, this.isLogarithmic).map(
        (count) =>
          svg`<g class="grid"><line x1=${margin.left} x2=${this.width - margin.right} y1=${y(count)} y2=${y(count)}></line></g>
            <text class="quiet" x=${margin.left - 6} y=${y(count)} dy="0.35em" text-anchor="end">${shortCount(count)}</text>`,
      )}
      ${float === null ? nothing : svg`<path class="float" d="${path(float)}V${bottom}H${margin.left}Z"></path>`}
      <path class="int8" d=${path(int8)}></path>
      <line class="axis" x1=${margin.left} x2=${this.width - margin.right} y1=${bottom} y2=${bottom}></line>
      ${x.ticks(Math.max(2, Math.floor(this.width / 110))).map((tick) => xTick(tick, x(tick), bottom))}
    </svg>`;
  }
}

function xTick(tick: number, at: number, bottom: number): SVGTemplateResult {
  return svg`<text class="quiet" x=${at} y=${bottom + 18} text-anchor="middle">${Number(tick.toPrecision(6))}</text>`;
}

/** A line along the tops of the bins. */
function stepsOf(counts: readonly number[], range: readonly number[], y: (count: number) => number): string {
  const [from = 0, to = 0] = range;
  const width = (to - from) / Math.max(1, counts.length);
  return counts.reduce(
    (path, count, bin) => `${path}V${y(count).toFixed(1)}H${(from + (bin + 1) * width).toFixed(1)}`,
    `M${from} ${y(0)}`,
  );
}

function yTicks(most: number, isLogarithmic: boolean): readonly number[] {
  if (!isLogarithmic) return scaleLinear().domain([0, most]).ticks(4);
  const ticks = [];
  for (let count = 1; count <= most; count *= 10) ticks.push(count);
  return [0, ...(ticks.length > 4 ? ticks.filter((_, index) => index % 2 === ticks.length % 2) : ticks)];
}

function shortCount(count: number): string {
  if (count >= 1e6) return `${Number((count / 1e6).toPrecision(3))} M`;
  return count >= 10_000 ? `${Number((count / 1000).toPrecision(3))} k` : numberText(count);
}

function renderTable({ min, max, float, int8 }: HistogramPair): TemplateResult {
  const width = (max - min) / tableBins;
  const merged = (counts: readonly number[]): readonly number[] =>
    Array.from({ length: tableBins }, (_, row) => {
      const at = (bin: number): number => Math.round((bin * counts.length) / tableBins);
      return counts.slice(at(row), at(row + 1)).reduce((sum, count) => sum + count, 0);
    });
  const [floats, int8s] = [float === null ? undefined : merged(float), merged(int8)];
  return html`<details>
    <summary>As a table</summary>
    <table>
      <thead>
        <tr>
          <th scope="col">From</th>
          <th scope="col">To</th>
          ${floats === undefined ? nothing : html`<th scope="col">Float values</th>`}
          <th scope="col">8-bit values</th>
        </tr>
      </thead>
      <tbody>
        ${int8s.map(
          (count, row) =>
            html`<tr>
              <td>${significant(min + row * width)}</td>
              <td>${significant(min + (row + 1) * width)}</td>
              ${floats === undefined ? nothing : html`<td>${numberText(floats[row] ?? 0)}</td>`}
              <td>${numberText(count)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </details>`;
}
