// <sensitivity-page>: what pruning each layer would cost and save, and an overall sparsity that is shared out among them.
import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { runChangeEvent } from '../../src/protocol/benchChannel';
import { readRecordSubject } from '../../src/protocol/panels/panel';
import type { JobProgress } from '../../src/protocol/panels/profiling';
import { sensitivityReportMethod, sparsityAllocationMethod } from '../../src/protocol/panels/sensitivity';
import type {
  AllocationQuestion,
  SensitivityFindings,
  SensitivityReport,
  SparsityAllocation,
} from '../../src/protocol/panels/sensitivity';
import { host, keepView, keptView, subject } from '../kit/host';
import { choiceOf, controlStyles, jobOf, jobView } from '../kit/jobView';
import { BenchPage, button, emptyState, factList, notice } from '../kit/page';
import type { PageButton } from '../kit/page';
import type { TableSort } from '../kit/table';
import { renderAllocation } from './allocationView';
import type { Choices } from './choices';
import { choicesFrom } from './choices';
import { layerRows } from './layerRows';
import { renderLayers } from './layersView';
import { sliderStyles } from './slider';

interface Shown {
  readonly report: SensitivityReport;
  /** Null where nothing tells the loss of the layers. */
  readonly allocation: SparsityAllocation | null;
}

const { id } = readRecordSubject(subject);

@customElement('sensitivity-page')
export class SensitivityPage extends BenchPage<Shown> {
  static override styles = [
    ...BenchPage.styles,
    controlStyles,
    sliderStyles,
    css`
      .sliders {
        gap: 8px 32px;
        margin: 0 0 12px;
        align-items: flex-end;
      }
      /* In sight while somebody goes through the layers below. */
      .chosen {
        position: sticky;
        top: 0;
        z-index: 3;
        margin: 0 0 12px;
        padding: 8px 12px;
        background: var(--vscode-editor-background);
        border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent));
        border-radius: 4px;
      }
      .choices {
        gap: 6px 20px;
        margin-bottom: 12px;
      }
      input[type='search'] {
        min-width: 160px;
        padding: 3px 6px;
        border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, currentColor));
        border-radius: 2px;
        background: var(--vscode-input-background);
        color: var(--vscode-input-foreground);
        font: inherit;
      }
      .notes {
        margin-top: 16px;
      }
      .notes summary {
        cursor: pointer;
        font-weight: 600;
      }
      .notes ul {
        margin: 4px 0 0;
        padding-left: 20px;
        max-width: 90ch;
        overflow-wrap: anywhere;
      }
      layer-multiples,
      layer-lines,
      bench-point-chart {
        margin-bottom: 16px;
      }
    `,
  ];

  @state() private accessor choices: Choices = choicesFrom(keptView<Choices>());
  @state() private accessor live: JobProgress | null = null;
  private lastState = '';
  private turn = 0;
  private isAsking = false;

  override connectedCallback(): void {
    super.connectedCallback();
    host.onEvent(runChangeEvent, (change) => {
      if (change.type === 'progress') this.live = jobOf(change);
    });
  }

  protected override async load(): Promise<Shown> {
    const report = await host.request(sensitivityReportMethod, { id, otherId: this.choices.otherId });
    this.live = report.job;
    this.tellState(report);
    const canAllocate = report.findings !== null && report.findings.loss !== null;
    return { report, allocation: canAllocate ? await host.request(sparsityAllocationMethod, this.question) : null };
  }

  private get question(): AllocationQuestion {
    const { otherId, targetFraction, lossWeight, overrides } = this.choices;
    return { id, otherId, targetFraction, lossWeight, overrides };
  }

  protected override show({ report, allocation }: Shown): TemplateResult {
    const { name, projectName, model, dataset, kind, method, findings } = report;
    const about = [
      projectName,
      model?.name ?? 'model gone',
      kind === 'loss' ? `loss, ${method}` : `performance, ${method}`,
      ...(method === 'approx' ? [] : [dataset?.name ?? 'random inputs']),
    ];
    return html`<header>
        <div>
          <h1>${name}</h1>
          <span class="quiet">${about.join(' · ')}</span>
        </div>
        <div class="row">${this.buttons(report, allocation).map(button)}</div>
      </header>
      ${this.renderRun(report)}
      ${findings === null ? this.renderNothing(report) : this.renderFindings(findings, report, allocation)}`;
  }

  private buttons(report: SensitivityReport, allocation: SparsityAllocation | null): readonly PageButton[] {
    const { run, model, findings } = report;
    if (findings === null) return [];
    const hasModel = model?.isPresent === true;
    return [
      { label: 'Save CSV…', icon: 'table', isSecondary: true, click: () => this.act('csv') },
      {
        label: 'Open Graph',
        icon: 'type-hierarchy-sub',
        isSecondary: true,
        isDisabled: !hasModel,
        hint: 'The graph of the model, its prunable layers coloured by their zeros',
        click: () => this.act('graph'),
      },
      ...(isGoingOn(run)
        ? []
        : [
            {
              label: 'Run Again',
              icon: 'refresh',
              isSecondary: true,
              runs: true,
              isDisabled: !hasModel,
              click: () => this.act('run'),
            },
          ]),
      ...(allocation === null
        ? []
        : [
            {
              label: 'Save Recipe…',
              icon: 'save',
              isSecondary: true,
              hint: 'The sparsity of each layer as a file, which prune reads',
              click: () => this.act('saveRecipe', this.question),
            },
            {
              label: 'Prune…',
              icon: 'play',
              runs: true,
              isDisabled: !hasModel,
              hint: 'Makes a model with these sparsities, and the recipe beside it',
              click: () => this.act('prune', this.question),
            },
          ]),
    ];
  }

  private renderRun({ run }: SensitivityReport): TemplateResult | typeof nothing {
    if (isGoingOn(run)) return jobView('Sensitivity analysis', this.live, () => this.act('cancel'));
    if (run?.state !== 'error') return nothing;
    const { message = 'The run failed.', nextStep = '' } = run.failure ?? {};
    const log = { label: 'Open Log', isSecondary: true, click: () => this.act('openLog') };
    return notice('error', `The newest run failed. ${message} ${nextStep}`, [log]);
  }

  private renderNothing({ run }: SensitivityReport): TemplateResult | typeof nothing {
    if (isGoingOn(run)) return nothing;
    const text =
      run?.state === 'cancelled'
        ? 'The run was cancelled before there was anything to show.'
        : 'Nothing is known yet. A run finds out what pruning each layer of the model would do.';
    return emptyState({
      icon: 'graph-scatter',
      text,
      buttons: [{ label: 'Run Sensitivity Analysis', icon: 'play', runs: true, click: () => this.act('run') }],
    });
  }

  private renderFindings(
    findings: SensitivityFindings,
    report: SensitivityReport,
    allocation: SparsityAllocation | null,
  ): TemplateResult {
    const { choices } = this;
    const rows = layerRows(findings, allocation);
    return html`${this.renderWarnings(findings, report)} ${this.renderOthers(report)}
    ${renderAllocation({
      findings,
      allocation,
      rows,
      choices,
      change: (change) => this.allocate(change),
      add: () => this.act('add', report.kind === 'loss' ? 'perf' : 'loss'),
    })}
    ${renderLayers({
      kind: report.kind,
      findings,
      rows,
      choices,
      change: (change) => this.look(change),
      sort: ({ detail }: CustomEvent<TableSort>) => this.look({ sort: detail }),
    })}
    ${renderNotes(findings, report)}
    ${
      findings.facts.length === 0
        ? nothing
        : html`<h2>How it was found</h2>
            ${factList([['When', whenText(findings.foundAt)], ...findings.facts])}`
    }`;
  }

  /** What makes the figures doubtful; the rest is told below the layers. */
  private renderWarnings(findings: SensitivityFindings, { kind, model, run }: SensitivityReport): TemplateResult {
    const again = isGoingOn(run)
      ? []
      : [{ label: 'Run Again', isSecondary: true, runs: true, click: () => this.act('run') }];
    return html`${
      model?.isPresent === false
        ? notice('warning', `${model.path} is not there any more: its layers cannot be pruned or analysed until it is.`)
        : nothing
    }
    ${
      findings.isModelChanged
        ? notice(
            'warning',
            `${model?.path ?? 'The model'} has changed since: what was found holds for the old file.`,
            again,
          )
        : nothing
    }
    ${
      findings.data === 'random'
        ? notice('warning', 'It was run on random inputs: what it found may not hold for real ones.')
        : nothing
    }
    ${kind === 'perf' ? notice('info', findings.engineNote) : nothing}`;
  }

  private renderOthers({ others, kind }: SensitivityReport): TemplateResult | typeof nothing {
    const [newest] = others;
    if (newest === undefined) return nothing;
    const options = others.map((other) => ({ value: String(other.id), label: `${other.name} (${other.method})` }));
    const { otherId } = this.choices;
    const chosen = others.some((other) => other.id === otherId) ? otherId : newest.id;
    return html`<div class="row choices">
      ${choiceOf(kind === 'loss' ? 'Performance from' : 'Loss from', options, String(chosen), (value) => {
        this.look({ otherId: Number(value) });
        void this.refresh();
      })}
    </div>`;
  }

  /** Another way of sharing out. A slider moves faster than the bench answers: one question at a time, then the latest. */
  private allocate(change: Partial<Choices>): void {
    this.look(change);
    this.turn++;
    // The whole page is asked for again where that fails: it says what is wrong.
    if (!this.isAsking) void this.askAllocation().catch(() => this.refresh());
  }

  private async askAllocation(): Promise<void> {
    this.isAsking = true;
    let turn: number;
    try {
      do {
        turn = this.turn;
        const allocation = await host.request(sparsityAllocationMethod, this.question);
        if (this.data !== undefined) this.data = { ...this.data, allocation };
      } while (turn !== this.turn);
    } finally {
      this.isAsking = false;
    }
  }

  private look(change: Partial<Choices>): void {
    this.choices = { ...this.choices, ...change };
    keepView(this.choices);
  }

  private tellState({ run }: SensitivityReport): void {
    const now = run?.state ?? '';
    if (this.lastState !== '' && now !== this.lastState) this.announce(`Sensitivity analysis: ${now}`);
    this.lastState = now;
  }
}

/** What else there is to know of how it was found, folded. */
function renderNotes(
  { notes, engineNote }: SensitivityFindings,
  { kind }: SensitivityReport,
): TemplateResult | typeof nothing {
  const all = kind === 'perf' ? notes : [engineNote, ...notes];
  if (all.length === 0) return nothing;
  return html`<details class="notes">
    <summary>Notes (${all.length})</summary>
    <ul>
      ${all.map((note) => html`<li>${note}</li>`)}
    </ul>
  </details>`;
}

function isGoingOn(run: SensitivityReport['run']): boolean {
  return run?.state === 'queued' || run?.state === 'running';
}

function whenText(iso: string | null): string {
  return iso === null ? 'not known' : new Date(iso).toLocaleString();
}
