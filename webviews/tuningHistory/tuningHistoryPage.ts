// <bench-tuning-history>: what a tuning finds, trial by trial, while it runs and afterwards.
import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { runChangeEvent } from '../../src/protocol/benchChannel';
import type { RunChange } from '../../src/protocol/benchChannel';
import { readTuningQuestion, trialSettingsMethod, tuningHistoryMethod } from '../../src/protocol/panels/tuningHistory';
import type { TrialSettings, TuningHistoryReport } from '../../src/protocol/panels/tuningHistory';
import type { TrialRow } from '../../src/protocol/tuning';
import { bytesText, countText, durationText, metricText, msText, timesText } from '../kit/figures';
import { host, keepView, keptView, subject } from '../kit/host';
import { BenchPage, emptyState, notice, tiles } from '../kit/page';
import { controlStyles, jobOf, jobView, tabs } from '../kit/jobView';
import '../kit/table';
import type { BenchTable, RowsEvent, TableSort } from '../kit/table';
import { accuracyChart, latencyChart, paretoChart } from './charts';
import type { ChartView } from './charts';
import { historyHead } from './head';
import { columnsOf, winnerOf } from './trialColumns';
import { trialDetails } from './trialDetails';
import { metricName, titleOf } from './trialSigns';

const tabNames = [
  { value: 'trials', label: 'By Trial' },
  { value: 'latency', label: 'Accuracy and Latency' },
  { value: 'size', label: 'Accuracy and Size' },
] as const;

type Tab = (typeof tabNames)[number]['value'];

/** What is kept over a reload. */
interface KeptView {
  readonly chosen?: number;
  readonly tab?: Tab;
  readonly sort?: TableSort;
}

const tuned = readTuningQuestion(subject);

@customElement('bench-tuning-history')
export class TuningHistoryPage extends BenchPage<TuningHistoryReport> {
  static override styles = [
    ...BenchPage.styles,
    controlStyles,
    css`
      #view {
        margin: 0 0 16px;
      }
      .trial {
        margin: 16px 0;
        padding: 0 16px 12px;
        border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
        border-radius: 4px;
      }
      .trial h2 {
        flex: 1 1 240px;
        margin: 12px 0;
        overflow-wrap: anywhere;
      }
      .use {
        margin-top: 16px;
      }
      .use p {
        margin-top: 4px;
      }
      .names {
        max-height: 160px;
        overflow: auto;
        margin: 4px 0;
        padding-left: 20px;
        font-family: var(--vscode-editor-font-family);
      }
      .reasons {
        margin: 0 0 12px;
        padding-left: 20px;
      }
      bench-table {
        margin-bottom: 12px;
      }
    `,
  ];

  @state() private accessor view: KeptView = keptView<KeptView>();
  @state() private accessor job: TuningHistoryReport['job'] = null;
  @state() private accessor settings: TrialSettings | null | undefined = undefined;
  private settingsOf: string | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    host.onEvent(runChangeEvent, (change) => this.takeChange(change));
  }

  protected override async load(): Promise<TuningHistoryReport> {
    const report = await host.request(tuningHistoryMethod, tuned);
    this.job = report.job;
    void this.askSettings(report);
    return report;
  }

  protected override show(report: TuningHistoryReport): TemplateResult {
    return html`${historyHead(report, this.isRunning, (name, value) => this.act(name, value))}${this.isRunning ? jobView(jobName(report), this.job, () => this.act('cancel')) : nothing}${this.renderFailed(report)}${
      report.trials.length === 0 ? this.renderEmpty(report) : this.renderTrials(report)
    }`;
  }

  private takeChange(change: RunChange): void {
    const { type, progress, trial, run } = change;
    // Of a run that is not known here yet, all is asked for soon.
    if (run.folder !== this.data?.run?.folder) return;
    if (type === 'progress' && progress !== undefined) this.job = jobOf(change);
    if (type !== 'trial' || trial === undefined) return;
    this.announce(`${titleOf(trial)}: ${trial.verdict}`);
    void this.refresh();
  }

  private get isRunning(): boolean {
    return this.job !== null;
  }

  private renderFailed({ run, trials, trialsOf, chosenTrial }: TuningHistoryReport): TemplateResult | typeof nothing {
    if (this.isRunning && chosenTrial === null && trials.length > 0 && trialsOf !== run?.name) {
      return notice('info', 'These are the trials of the run before. Those of the new one follow as they end.');
    }
    const failure = run?.state === 'error' ? run.failure : null;
    if (failure !== null) return notice('error', [failure.message, failure.nextStep ?? ''].join(' ').trim());
    if (run?.state === 'cancelled')
      return notice('info', 'The newest run was cancelled; what it had measured is kept.');
    return nothing;
  }

  private renderEmpty({ run, job }: TuningHistoryReport): TemplateResult {
    if (job !== null) {
      return emptyState({
        icon: 'watch',
        text: 'The given model is measured first. Each trial appears here the moment it ends.',
      });
    }
    return emptyState({
      icon: 'graph-line',
      text:
        run === null
          ? 'No trials yet. Run it: every model that is tried appears here with its accuracy and its speed.'
          : 'The newest run ended before it had measured anything.',
      buttons: [
        { label: run === null ? 'Run' : 'Run Again', icon: 'play', runs: true, click: () => this.act('run') },
        { label: 'Open Config', isSecondary: true, click: () => this.act('openConfig') },
      ],
    });
  }

  private renderTrials(report: TuningHistoryReport): TemplateResult {
    const view = this.chartView(report);
    const { tab = 'trials' } = this.view;
    const row = report.trials.find((one) => one.id === this.view.chosen);
    return html`${this.renderSummary(report)}
      ${tabs('Pictures of the trials', tabNames, tab, (value) => this.keep({ tab: value as Tab }))}
      <div id="view" role="tabpanel" aria-label=${tabNames.find(({ value }) => value === tab)?.label ?? ''}>
        ${tab === 'trials' ? html`${accuracyChart(view)}${latencyChart(view)}` : paretoChart(view, tab)}
      </div>
      ${row === undefined ? nothing : this.renderDetails(report, row)}
      ${this.renderTable(report)}${this.renderNotes(report)}`;
  }

  private chartView(report: TuningHistoryReport): ChartView {
    const { trials, goal } = report;
    return { trials, goal, winner: winnerOf(report), chosen: this.view.chosen, pick: (trial) => void this.pick(trial) };
  }

  private renderSummary(report: TuningHistoryReport): TemplateResult {
    const { result, trials, goal } = report;
    const given = trials[0];
    // While the search goes on: the best so far.
    const best =
      result === null ? trials.findLast(({ isKept }) => isKept) : trials.find((one) => one.id === winnerOf(report));
    const shown = (value: number | null): string => metricText(value, goal?.isShare ?? false);
    // The winner was measured once more at the end.
    const { latencyMs = null, speedup = null } = (best === undefined ? undefined : (result ?? best)) ?? {};
    const [headline, ...reasons] = result?.reasons ?? [];
    return html`${headline === undefined ? nothing : html`<p><strong>${headline}</strong></p>`}
    ${tiles([
      [
        metricName(goal),
        shown((best === undefined ? null : (result ?? best).accuracy) ?? null),
        `given ${shown(given?.accuracy ?? null)}`,
      ],
      [
        'latency',
        msText(latencyMs),
        [`given ${msText(given?.latencyMs ?? null)}`, ...(speedup === null ? [] : [timesText(speedup)])].join(', '),
      ],
      ['size', bytesText(best?.sizeBytes ?? null), `given ${bytesText(given?.sizeBytes ?? null)}`],
      [
        'trials',
        String(Math.max(0, trials.length - 1)),
        result === null ? '' : `in ${durationText(result.durationMs)}`,
      ],
    ])}
    ${
      reasons.length === 0
        ? nothing
        : html`<ul class="reasons">
            ${reasons.map((reason) => html`<li>${reason}</li>`)}
          </ul>`
    }`;
  }

  private renderDetails(report: TuningHistoryReport, row: TrialRow): TemplateResult {
    return trialDetails({
      ...{ report, row, winner: winnerOf(report), settings: this.settings, isRunning: this.isRunning },
      use: () => this.act('useTrial', { trial: row.id }),
      close: () => this.close(row.id),
    });
  }

  private renderTable(report: TuningHistoryReport): TemplateResult {
    const { chosen, sort } = this.view;
    return html`<h2>Trials</h2>
      <bench-table
        label="Trials"
        .columns=${columnsOf(report)}
        .rows=${report.trials}
        .keyOf=${(row: TrialRow) => row.id}
        .sort=${sort}
        .selected=${new Set(chosen === undefined ? [] : [chosen])}
        @bench-select=${({ detail }: RowsEvent<TrialRow>) => this.choose(detail.rows[0]?.id)}
        @bench-open=${() => void this.open()}
        @bench-sort=${({ detail }: CustomEvent<TableSort>) => this.keep({ sort: detail })}
      ></bench-table>`;
  }

  private renderNotes({ result }: TuningHistoryReport): TemplateResult | typeof nothing {
    if (result === null) return nothing;
    const { samples, engineVersion, cpuModel, threads, notes } = result;
    return html`<p class="quiet">
        ${countText(samples, 'sample')} · ${countText(threads, 'thread')} · ONNX Runtime ${engineVersion} · ${cpuModel}
      </p>
      ${notes.map((text) => html`<p class="quiet">${text}</p>`)}`;
  }

  /** Chooses a trial in a picture: what is told of it may be out of sight below. */
  private async pick(trial: number): Promise<void> {
    this.choose(trial);
    await this.updateComplete;
    this.renderRoot.querySelector('.trial')?.scrollIntoView({ block: 'nearest' });
  }

  /** Puts the focus on what is told of the chosen trial. */
  private async open(): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('.trial h2')?.focus();
  }

  /** The focus goes back to the row of the trial: what it was on is gone. */
  private close(trial: number): void {
    this.keep({ chosen: undefined });
    void this.renderRoot.querySelector<BenchTable<TrialRow>>('bench-table')?.focusRow(trial);
  }

  private choose(trial: number | undefined): void {
    this.keep({ chosen: trial });
    if (this.data !== undefined) void this.askSettings(this.data);
  }

  /** Asks how the chosen trial's model is made; once, for it does not change. */
  private async askSettings({ trialsOf }: TuningHistoryReport): Promise<void> {
    const { chosen } = this.view;
    const key = `${trialsOf ?? ''} ${chosen ?? ''}`;
    if (chosen === undefined || chosen === 0 || key === this.settingsOf) return;
    this.settingsOf = key;
    this.settings = undefined;
    const settings = await host.request(trialSettingsMethod, { ...tuned, trial: chosen }).catch(() => null);
    if (this.settingsOf === key) this.settings = settings;
  }

  private keep(change: { readonly [Key in keyof KeptView]?: KeptView[Key] | undefined }): void {
    const kept = Object.entries({ ...this.view, ...change }).filter(([, value]) => value !== undefined);
    this.view = Object.fromEntries(kept);
    keepView(this.view);
  }
}

function jobName({ chosenTrial }: TuningHistoryReport): string {
  return chosenTrial === null ? 'Tuning' : `Making the model of trial ${chosenTrial} again`;
}
