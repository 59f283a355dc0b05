// <profiling-page>: where the time of a model goes, by operator type and by node, alone or beside another profiling.
import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { runChangeEvent } from '../../src/protocol/benchChannel';
import { readRecordSubject } from '../../src/protocol/panels/panel';
import { profilingComparisonMethod, profilingReportMethod } from '../../src/protocol/panels/profiling';
import type {
  JobProgress,
  ProfilingComparison,
  ProfilingReport,
  ProfilingTimes,
} from '../../src/protocol/panels/profiling';
import '../kit/barChart';
import { countText, noFigure, usText } from '../kit/figures';
import { host, keepView, keptView, subject } from '../kit/host';
import { choiceOf, controlStyles, jobOf, jobView, tabs } from '../kit/jobView';
import { BenchPage, button, emptyState, notice, tiles } from '../kit/page';
import type { PageButton } from '../kit/page';
import '../kit/table';
import type { BenchTable, TableSort } from '../kit/table';
import { alone, compared } from './timeViews';
import type { Grouping, TimeView } from './timeViews';
import { runFacts } from './runFacts';

interface Kept {
  readonly grouping: Grouping;
  readonly otherId: number;
  readonly sort: TableSort | undefined;
}

interface Shown {
  readonly report: ProfilingReport;
  /** Undefined where nothing is compared. */
  readonly comparison: ProfilingComparison | undefined;
}

const { id } = readRecordSubject(subject);

@customElement('profiling-page')
export class ProfilingPage extends BenchPage<Shown> {
  static override styles = [
    ...BenchPage.styles,
    controlStyles,
    css`
      .choices {
        gap: 6px 24px;
        margin-bottom: 12px;
      }
      .choices .tabs {
        flex: 1 1 auto;
        margin: 0;
      }
      bench-bar-chart {
        margin-bottom: 16px;
      }
    `,
  ];

  @state() private accessor view: Kept = { grouping: 'ops', otherId: 0, sort: undefined, ...keptView<Kept>() };
  @state() private accessor live: JobProgress | null = null;
  @state() private accessor chosen: string | undefined = undefined;
  private lastState = '';

  override connectedCallback(): void {
    super.connectedCallback();
    host.onEvent(runChangeEvent, (change) => {
      if (change.type === 'progress') this.live = jobOf(change);
    });
  }

  protected override async load(): Promise<Shown> {
    const report = await host.request(profilingReportMethod, { id });
    const { otherId } = this.view;
    const isThere = report.times !== null && report.others.some((other) => other.id === otherId);
    const comparison = isThere ? await host.request(profilingComparisonMethod, { id, otherId }) : undefined;
    this.live = report.job;
    this.tellState(report);
    return { report, comparison };
  }

  protected override show({ report, comparison }: Shown): TemplateResult {
    const { name, projectName, model, dataset, threads, times } = report;
    const about = [
      projectName,
      model?.name ?? 'model gone',
      dataset?.name ?? 'data gone',
      countText(threads, 'thread'),
    ];
    return html`<header>
        <div>
          <h1>${name}</h1>
          <span class="quiet">${about.join(' · ')}</span>
        </div>
        <div class="row">${this.buttons(report).map(button)}</div>
      </header>
      ${this.renderRun(report)}
      ${times === null ? this.renderNothing(report) : this.renderTimes(times, report, comparison)}`;
  }

  private buttons({ run, times, model }: ProfilingReport): readonly PageButton[] {
    if (times === null) return [];
    return [
      { label: 'Save CSV…', icon: 'table', isSecondary: true, click: () => this.act('csv') },
      {
        label: 'Save Trace…',
        icon: 'save',
        isSecondary: true,
        isDisabled: !times.hasTrace,
        hint: "The engine's own record, for viewers such as ui.perfetto.dev",
        click: () => this.act('trace'),
      },
      {
        label: 'Open Graph',
        icon: 'type-hierarchy-sub',
        isSecondary: true,
        isDisabled: model?.supportsGraph !== true,
        hint: 'The graph of the model, coloured by these times',
        click: () => this.act('graph'),
      },
      ...(isGoingOn(run) ? [] : [{ label: 'Run Again', icon: 'play', runs: true, click: () => this.act('run') }]),
    ];
  }

  private renderRun({ run }: ProfilingReport): TemplateResult | typeof nothing {
    if (isGoingOn(run)) return jobView('Profiling', this.live, () => this.act('cancel'));
    if (run?.state !== 'error') return nothing;
    const { message = 'The run failed.', nextStep = '' } = run.failure ?? {};
    const log = { label: 'Open Log', isSecondary: true, click: () => this.act('openLog') };
    return notice('error', `The newest run failed. ${message} ${nextStep}`, [log]);
  }

  private renderNothing({ run }: ProfilingReport): TemplateResult | typeof nothing {
    if (isGoingOn(run)) return nothing;
    const text =
      run?.state === 'cancelled'
        ? 'The run was cancelled before there was anything to show.'
        : 'No times yet. A run measures what every operator of the model takes.';
    return emptyState({
      icon: 'flame',
      text,
      buttons: [{ label: 'Run Profiling', icon: 'play', runs: true, click: () => this.act('run') }],
    });
  }

  private renderTimes(
    times: ProfilingTimes,
    report: ProfilingReport,
    comparison: ProfilingComparison | undefined,
  ): TemplateResult {
    const { grouping } = this.view;
    const view = comparison === undefined ? alone(times, grouping) : compared(times, report, comparison, grouping);
    return html`${times.warnings.map((warning) => notice('warning', warning))}
      ${
        comparison === undefined || comparison.cautions.length === 0
          ? nothing
          : notice('warning', `Measured under different conditions. ${comparison.cautions.join(' ')}`)
      }
      ${renderTiles(times, comparison)}
      <div class="row choices">
        ${tabs('Times by', groupings, grouping, (value) => this.look({ grouping: value as Grouping, sort: undefined }))}
        ${this.renderOthers(report)}
      </div>
      <div id="view" role="tabpanel" aria-label=${view.label}>${this.renderView(view)}</div>
      ${runFacts(times)}`;
  }

  private renderOthers({ others }: ProfilingReport): TemplateResult | typeof nothing {
    if (others.length === 0) return nothing;
    const options = [
      { value: '0', label: 'nothing' },
      ...others.map((other) => ({
        value: String(other.id),
        label: `${other.name} (${other.modelName}, ${countText(other.threads, 'thread')})`,
      })),
    ];
    const chosen = others.some((other) => other.id === this.view.otherId) ? String(this.view.otherId) : '0';
    return choiceOf('Compare with', options, chosen, (value) => {
      this.look({ otherId: Number(value), sort: undefined });
      void this.refresh();
    });
  }

  private renderView(view: TimeView): TemplateResult {
    return html`<bench-bar-chart
        label=${view.chartLabel}
        .rows=${view.bars}
        .series=${view.series}
        .axis=${view.axis}
        .chosen=${this.chosen}
        pickable
        @bench-pick=${({ detail }: CustomEvent<{ key: string }>) => this.choose(detail.key)}
      ></bench-bar-chart>
      <bench-table
        label=${view.label}
        .columns=${view.columns}
        .rows=${view.rows}
        .keyOf=${view.keyOf}
        .sort=${this.view.sort ?? view.sort}
        .selected=${new Set(this.chosen === undefined ? [] : [this.chosen])}
        @bench-sort=${({ detail }: CustomEvent<TableSort>) => this.look({ sort: detail })}
        @bench-select=${({ detail }: CustomEvent<{ rows: readonly object[] }>) => {
          const [row] = detail.rows;
          this.chosen = row === undefined ? undefined : view.keyOf(row);
        }}
      ></bench-table>`;
  }

  private choose(key: string): void {
    this.chosen = key;
    const table = this.renderRoot.querySelector<BenchTable>('bench-table');
    void table?.focusRow(key);
  }

  private look(change: Partial<Kept>): void {
    if (change.grouping !== undefined || change.otherId !== undefined) this.chosen = undefined;
    this.view = { ...this.view, ...change };
    keepView(this.view);
  }

  private tellState({ run }: ProfilingReport): void {
    const now = run?.state ?? '';
    if (this.lastState !== '' && now !== this.lastState) this.announce(`Profiling: ${now}`);
    this.lastState = now;
  }
}

const groupings = [
  { value: 'ops', label: 'By Operator Type' },
  { value: 'nodes', label: 'By Node' },
];

function isGoingOn(run: ProfilingReport['run']): boolean {
  return run?.state === 'queued' || run?.state === 'running';
}

function renderTiles(times: ProfilingTimes, comparison: ProfilingComparison | undefined): TemplateResult {
  const { wallUs, kernelUs, runs, warmupRuns } = times;
  const around = Math.max(0, wallUs - kernelUs);
  const beside = (us: number | undefined): [string?] => (us === undefined ? [] : [`against ${usText(us)}`]);
  return tiles([
    ['One inference', usText(wallUs), ...beside(comparison?.otherWallUs)],
    ['In operators', usText(kernelUs), ...beside(comparison?.otherKernelUs)],
    ['Around them', around === 0 ? noFigure : usText(around)],
    ['Inferences', String(runs), `after ${warmupRuns} to warm up`],
  ]);
}
