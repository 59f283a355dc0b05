// <graph-tensor>: constant data of a tensor: its figures, how they are spread, and the values, a window at a time.
import { LitElement, html, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { failureRecordOf } from '../../../src/protocol/benchError';
import { tensorMethod, valuesMethod } from '../../../src/protocol/panels/graph';
import type { TensorFacts, ValueWindow } from '../../../src/protocol/panels/graph';
import { bytesText } from '../../kit/figures';
import { host } from '../../kit/host';
import { baseStyles } from '../../kit/styles';
import { figure, shortValue } from './figure';
import { formStyles } from './formStyles';
import { iconButton } from './iconButton';
import { sideStyles } from './sideStyles';

/** Values shown at a time. */
const windowSize = 120;

@customElement('graph-tensor')
export class TensorView extends LitElement {
  static override styles = [baseStyles, formStyles, sideStyles];

  @property() accessor path = '';
  @property() accessor tensor = '';
  @state() private accessor facts: TensorFacts | undefined = undefined;
  @state() private accessor values: ValueWindow | undefined = undefined;
  @state() private accessor problem = '';

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  private async load(): Promise<void> {
    const { path, tensor } = this;
    await this.attempt(async () => {
      this.facts = await host.request(tensorMethod, { path, tensor });
      if (this.facts.problem === null) await this.go(0);
    });
  }

  private async go(offset: number): Promise<void> {
    const { path, tensor } = this;
    await this.attempt(async () => {
      this.values = await host.request(valuesMethod, { path, tensor, offset, count: windowSize });
    });
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      const { message, nextStep } = failureRecordOf(thrown);
      this.problem = `${message} ${nextStep ?? ''}`.trim();
    }
  }

  override render(): TemplateResult {
    const { facts, problem } = this;
    if (problem !== '') return html`<p class="problem" role="alert">${problem}</p>`;
    if (facts === undefined) return html`<p class="quiet" role="status">Reading…</p>`;
    return html`
      <dl>
        <dt>Elements</dt>
        <dd>${facts.elements.toLocaleString('en')} · ${bytesText(facts.sizeBytes)}</dd>
        ${this.renderStatistics(facts)}
      </dl>
      ${facts.problem === null ? nothing : html`<p class="problem">${facts.problem}</p>`}
      ${facts.histogram.length === 0 ? nothing : renderHistogram(facts)} ${this.renderValues()}
    `;
  }

  private renderStatistics({ statistics, elements }: TensorFacts): TemplateResult | typeof nothing {
    if (statistics === null) return nothing;
    const { min, max, mean, std, zeros, notFinite } = statistics;
    const share = elements === 0 ? 0 : (100 * zeros) / elements;
    return html`
      <dt>Range</dt>
      <dd>${figure(min)} to ${figure(max)}</dd>
      <dt>Mean ± std</dt>
      <dd>${figure(mean)} ± ${figure(std)}</dd>
      <dt>Zeros</dt>
      <dd>${zeros.toLocaleString('en')} (${share.toFixed(1)} %)</dd>
      ${
        notFinite === 0
          ? nothing
          : html`<dt>NaN or infinite</dt>
              <dd class="problem">${notFinite.toLocaleString('en')}</dd>`
      }
    `;
  }

  private renderValues(): TemplateResult | typeof nothing {
    const { values } = this;
    if (values === undefined || values.elements === 0) return nothing;
    const { offset, elements } = values;
    const last = offset + values.values.length;
    return html`
      <div class="pager">
        <span id="range">Values ${offset.toLocaleString('en')}–${(last - 1).toLocaleString('en')}</span>
        ${iconButton('chevron-left', 'Earlier values', () => this.go(Math.max(0, offset - windowSize)), { isDisabled: offset === 0 })}
        ${iconButton('chevron-right', 'Later values', () => this.go(last), { isDisabled: last >= elements })}
        ${
          elements <= windowSize
            ? nothing
            : html`<label
                >from
                <input
                  type="number"
                  min="0"
                  max=${elements - 1}
                  .value=${String(offset)}
                  @change=${(event: Event) => this.jump(event.target as HTMLInputElement, elements)}
              /></label>`
        }
      </div>
      <ol class="values" tabindex="0" aria-labelledby="range">
        ${values.values.map((value) => html`<li title=${value}>${shortValue(value)}</li>`)}
      </ol>
    `;
  }

  private jump(input: HTMLInputElement, elements: number): void {
    const wanted = Math.trunc(Number(input.value));
    void this.go(Math.max(0, Math.min(elements - 1, Number.isFinite(wanted) ? wanted : 0)));
  }
}

/** Bars of the counts, and the same as a table for those who do not see them. */
function renderHistogram({ histogram, statistics }: TensorFacts): TemplateResult {
  const most = Math.max(1, ...histogram.slice(0, 1000));
  const [min, max] = [statistics?.min ?? 0, statistics?.max ?? 0];
  const step = (max - min) / histogram.length;
  const label = `How the values from ${figure(min)} to ${figure(max)} are spread; the table below has the counts.`;
  const bar = (count: number, index: number): TemplateResult => {
    // The square root shows small counts beside one that towers over all.
    const height = count === 0 ? 0 : Math.max(1, 60 * Math.sqrt(count / most));
    return svg`<rect x=${index} y=${60 - height} width="0.85" height=${height}><title>${figure(min + index * step)} to ${figure(min + (index + 1) * step)}: ${count.toLocaleString('en')}</title></rect>`;
  };
  return html`
    <svg
      class="histogram"
      role="img"
      aria-label=${label}
      viewBox="0 0 ${histogram.length} 60"
      preserveAspectRatio="none"
    >
      ${histogram.map(bar)}
    </svg>
    <div class="scale" aria-hidden="true">
      <span>${figure(min)}</span><span>counts, square root</span><span>${figure(max)}</span>
    </div>
    <details>
      <summary>Counts as a table</summary>
      <div class="counts" tabindex="0" role="region" aria-label="Counts">
        <table>
          <thead>
            <tr>
              <th scope="col">From</th>
              <th scope="col">To</th>
              <th scope="col">Count</th>
            </tr>
          </thead>
          <tbody>
            ${histogram.map(
              (count, index) =>
                html`<tr>
                  <td>${figure(min + index * step)}</td>
                  <td>${figure(min + (index + 1) * step)}</td>
                  <td>${count.toLocaleString('en')}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </details>
  `;
}
