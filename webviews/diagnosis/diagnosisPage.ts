// <diagnosis-page>: where a quantized model loses accuracy and time, operator by operator, and what may be done about it.
import { html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { runChangeEvent } from '../../src/protocol/benchChannel';
import { diagnosisHistogramsMethod, diagnosisReportMethod } from '../../src/protocol/panels/diagnosis';
import type { DiagnosedOp, DiagnosisFigures, DiagnosisReport, OpHistograms } from '../../src/protocol/panels/diagnosis';
import { readRecordSubject } from '../../src/protocol/panels/panel';
import type { JobProgress } from '../../src/protocol/panels/profiling';
import '../kit/barChart';
import { countText, timesText, usText } from '../kit/figures';
import { host, keepView, keptView, subject } from '../kit/host';
import { controlStyles, jobOf, jobView, tabs } from '../kit/jobView';
import { BenchPage, button, emptyState, factList, notice, tiles } from '../kit/page';
import '../kit/table';
import type { BenchTable, RowsEvent, TableSort } from '../kit/table';
import { diagnosisStyles } from './diagnosisStyles';
import './histogramChart';
import './wholeModel';
import { keepHint } from './opTexts';
import { opBars, opColumns, opFacts } from './opViews';
import type { Measure } from './opViews';

interface Kept {
  readonly measure: Measure;
  readonly sort: TableSort;
  readonly isLogarithmic: boolean;
  readonly selected: readonly string[];
}

const { id } = readRecordSubject(subject);

@customElement('diagnosis-page')
export class DiagnosisPage extends BenchPage<DiagnosisReport> {
  static override styles = [...BenchPage.styles, controlStyles, diagnosisStyles];

  @state() private accessor view: Kept = {
    measure: 'error',
    sort: { column: 'mse', direction: 'descending' },
    isLogarithmic: false,
    selected: [],
    ...keptView<Kept>(),
  };
  @state() private accessor live: JobProgress | null = null;
  @state() private accessor histograms: (OpHistograms & { readonly node: string }) | undefined = undefined;
  private lastState = '';

  override connectedCallback(): void {
    super.connectedCallback();
    host.onEvent(runChangeEvent, (change) => {
      if (change.type === 'progress') this.live = jobOf(change);
    });
  }

  protected override async load(): Promise<DiagnosisReport> {
    const report = await host.request(diagnosisReportMethod, { id });
    const { status } = report;
    this.live = status.state === 'working' ? status.job : null;
    if (this.lastState === 'working' && status.state === 'ready') this.announce('The diagnosis is done.');
    this.lastState = status.state;
    return report;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const op = this.shownOp;
    if (op !== undefined && this.histograms?.node !== op.node) void this.askHistograms(op.node);
  }

  protected override show(report: DiagnosisReport): TemplateResult {
    const { name, projectName, floatModel, int8Model, status } = report;
    const models =
      int8Model === null ? [] : [`${int8Model.name} against ${floatModel?.name ?? 'a model that is gone'}`];
    return html`<header>
        <div>
          <h1>Diagnosis of ${name}</h1>
          <span class="quiet">${[projectName, ...models].join(' · ')}</span>
        </div>
        <div class="row">
          ${
            status.state === 'ready'
              ? button({
                  label: 'Open Graph',
                  icon: 'type-hierarchy-sub',
                  isSecondary: true,
                  hint: 'The graph of the quantized model, coloured by these errors',
                  click: () => this.act('graph'),
                })
              : nothing
          }
        </div>
      </header>
      ${this.renderStatus(report)}`;
  }

  private renderStatus(report: DiagnosisReport): TemplateResult {
    const { status } = report;
    const start = { label: 'Start Diagnosis', icon: 'play', runs: true, click: () => this.act('start') };
    switch (status.state) {
      case 'impossible':
        return emptyState({
          icon: 'pulse',
          text: `There is nothing to diagnose yet. ${status.reason}`,
          buttons:
            report.int8Model === null
              ? [{ label: 'Run Optimization', icon: 'play', runs: true, click: () => this.act('runOptimization') }]
              : [],
        });
      case 'none':
        return emptyState({
          icon: 'pulse',
          text: 'No diagnosis yet. It runs both models on a few samples and finds where accuracy and time are lost.',
          buttons: [start],
        });
      case 'working':
        return jobView('Diagnosing', this.live, () => this.act('cancel'));
      case 'failed':
        return notice('error', `The model could not be diagnosed: ${status.message} ${status.nextStep ?? ''}`, [
          { ...start, label: 'Try Again' },
        ]);
      case 'ready':
        return this.renderFigures(status.figures, report);
    }
  }

  private renderFigures(figures: DiagnosisFigures, report: DiagnosisReport): TemplateResult {
    return html`${figures.warnings.map((warning) => notice('warning', warning))} ${renderTiles(figures)}
      ${this.renderFindings(figures)}
      <h2>Operators</h2>
      ${tabs('Operators by', measures, this.view.measure, (value) => this.look({ measure: value as Measure }))}
      <div id="view" role="tabpanel" aria-label="Operators by ${this.view.measure}">${this.renderBars(figures)}</div>
      <div class="row keep">
        ${this.renderKeep(figures)}
        <span class="quiet" role="status">${keepHint(this.selectedOps(figures))}</span>
      </div>
      <bench-table
        label="Operators with their errors and times"
        selectable="many"
        .columns=${opColumns}
        .rows=${figures.ops}
        .keyOf=${({ node }: DiagnosedOp) => node}
        .sort=${this.view.sort}
        .selected=${new Set(this.view.selected)}
        @bench-sort=${({ detail }: CustomEvent<TableSort>) => this.look({ sort: detail })}
        @bench-select=${({ detail }: RowsEvent<DiagnosedOp>) =>
          this.look({ selected: detail.rows.map(({ node }) => node) })}
      ></bench-table>
      ${this.renderOp()}
      <whole-model
        .settings=${report.settings}
        @whole-model=${({ detail }: CustomEvent<object>) =>
          this.act('generate', { nodes: [], settings: detail, suffix: 'varied' })}
      ></whole-model>
      <p class="quiet conditions">
        Errors on ${countText(figures.samples, 'sample')}; times of ${countText(figures.times.runs, 'inference')} on
        ${countText(figures.environment.threads, 'thread')} of ${figures.machine.cpuModel}, onnxruntime
        ${figures.environment.engineVersion}.
      </p>`;
  }

  private renderBars({ ops }: DiagnosisFigures): TemplateResult {
    const { label, series, axis, rows } = opBars(ops, this.view.measure);
    if (rows.length === 0) return html`<p class="quiet">No operator has a figure of this kind.</p>`;
    return html`<bench-bar-chart
      label=${label}
      .rows=${rows}
      .series=${series}
      .axis=${axis}
      .chosen=${this.view.selected.length === 1 ? this.view.selected[0] : undefined}
      pickable
      @bench-pick=${({ detail }: CustomEvent<{ key: string }>) => this.pick(detail.key)}
    ></bench-bar-chart>`;
  }

  private renderFindings({ findings }: DiagnosisFigures): TemplateResult {
    if (findings.length === 0) return html`<p>Nothing was found that keeps the model from being faster.</p>`;
    return html`<h2>What keeps it from being faster</h2>
      <ul class="findings">
        ${findings.map(
          ({ message, ops }) =>
            html`<li>
              <p>${message}</p>
              ${
                ops.length === 0
                  ? nothing
                  : html`<button type="button" class="link" @click=${() => this.selectAll(ops)}>
                      Select ${ops.length === 1 ? ops[0] : `its ${ops.length} operators`}
                    </button>`
              }
            </li>`,
        )}
      </ul>`;
  }

  private selectedOps({ ops }: DiagnosisFigures): readonly DiagnosedOp[] {
    const selected = new Set(this.view.selected);
    return ops.filter(({ node }) => selected.has(node));
  }

  private renderKeep(figures: DiagnosisFigures): TemplateResult {
    const kept = this.selectedOps(figures).filter(({ canBeKept }) => canBeKept);
    const what = kept.length === 1 ? 'This Operator' : `${kept.length} Operators`;
    return button({
      label: kept.length === 0 ? 'Keep Operators Float…' : `Keep ${what} Float…`,
      icon: 'lock',
      isDisabled: kept.length === 0,
      hint: 'Adds an optimization like this one that leaves the selected operators in float',
      click: () => this.act('generate', { nodes: this.withKept(kept.map(({ node }) => node)), suffix: 'kept float' }),
    });
  }

  /** What this optimization keeps already stays kept. */
  private withKept(nodes: readonly string[]): readonly string[] {
    return [...new Set([...(this.data?.keptFloat ?? []), ...nodes])];
  }

  private renderOp(): TemplateResult {
    const op = this.shownOp;
    if (op === undefined) return html`<p class="quiet">Select an operator to see how its values are distributed.</p>`;
    const { histograms } = this;
    return html`<h2>${op.node}</h2>
      <div class="columns">
        ${factList(opFacts(op))} ${histograms?.node === op.node ? this.renderHistograms(histograms) : nothing}
      </div>`;
  }

  private renderHistograms({ node, activations, weights }: OpHistograms & { readonly node: string }): TemplateResult {
    const one = (title: string, pair: OpHistograms['weights']): TemplateResult =>
      html`<h3>${title}</h3>
        ${
          pair === null
            ? html`<p class="quiet">Not quantized: nothing to compare.</p>`
            : html`<bench-histogram
                label="Histogram of the ${title.toLowerCase()} of ${node}, float and 8 bits"
                .pair=${pair}
                ?isLogarithmic=${this.view.isLogarithmic}
              ></bench-histogram>`
        }`;
    return html`<div>
      ${one('Output', activations)} ${one('Weights', weights)}
      <label class="row">
        <input
          type="checkbox"
          .checked=${this.view.isLogarithmic}
          @change=${(event: Event) => this.look({ isLogarithmic: (event.target as HTMLInputElement).checked })}
        />
        Logarithmic counts
      </label>
    </div>`;
  }

  private get shownOp(): DiagnosedOp | undefined {
    const status = this.data?.status;
    const node = this.view.selected.at(-1);
    return status?.state === 'ready' ? status.figures.ops.find((op) => op.node === node) : undefined;
  }

  private async askHistograms(node: string): Promise<void> {
    this.histograms = { node, activations: null, weights: null };
    const found = await host.request(diagnosisHistogramsMethod, { id, node }).catch(() => undefined);
    if (found !== undefined && this.shownOp?.node === node) this.histograms = { node, ...found };
  }

  private pick(node: string): void {
    this.look({ selected: [node] });
    void this.renderRoot.querySelector<BenchTable>('bench-table')?.focusRow(node);
  }

  /** The first one has the focus, so it is the one that is told of: that which was selected last. */
  private selectAll([first, ...others]: readonly string[]): void {
    if (first === undefined) return;
    this.look({ selected: [...others, first] });
    this.announce(`${countText(others.length + 1, 'operator')} selected`);
    void this.renderRoot.querySelector<BenchTable>('bench-table')?.focusRow(first);
  }

  private look(change: Partial<Kept>): void {
    this.view = { ...this.view, ...change };
    keepView(this.view);
  }
}

const measures = [
  { value: 'error', label: 'By Error' },
  { value: 'time', label: 'By Time' },
];

function renderTiles({ times: { float, int8 }, ops }: DiagnosisFigures): TemplateResult {
  const inFloat = ops.filter(({ precision }) => precision === 'float').length;
  return tiles([
    ['Float model', usText(float.wallUs)],
    ['Quantized model', usText(int8.wallUs)],
    ['Faster', timesText(int8.wallUs > 0 ? float.wallUs / int8.wallUs : null)],
    ['Operators in float', String(inFloat), `of ${ops.length}`],
  ]);
}
