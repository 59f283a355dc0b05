// <benchmarks-page>: benchmarks of a project side by side, with a reference, what is unfair about it, and runs as they go.
import { css, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { runChangeEvent } from '../../src/protocol/benchChannel';
import { benchmarksReportMethod, readBenchmarksSubject } from '../../src/protocol/panels/benchmarks';
import type { BenchmarkMode, BenchmarksReport, BenchmarksRequest } from '../../src/protocol/panels/benchmarks';
import type { JobProgress } from '../../src/protocol/panels/profiling';
import { host, keepView, keptView, subject } from '../kit/host';
import { controlStyles, jobOf } from '../kit/jobView';
import { BenchPage, button, emptyState } from '../kit/page';
import type { PageButton } from '../kit/page';
import type { TableSort } from '../kit/table';
import { chooserStyles, renderChooser } from './chooser';
import { remarkStyles } from './remarks';
import { renderSection } from './section';
import type { ItemAction } from './section';
import { accuracyView, performanceView } from './sectionView';
import type { SectionView } from './sectionView';
import { measuredOf } from './verdicts';
import type { Item } from './verdicts';

/** Where the person is. */
interface Kept {
  readonly ids: readonly number[];
  readonly references: BenchmarksRequest['references'];
  /** Undefined until the person opened or closed it. */
  readonly isChoosing: boolean | undefined;
  readonly sorts: Readonly<Partial<Record<BenchmarkMode, TableSort>>>;
}

const { projectId, ids: firstIds } = readBenchmarksSubject(subject);

const firstView: Kept = {
  ids: firstIds,
  references: { performance: null, accuracy: null },
  isChoosing: undefined,
  sorts: {},
};

@customElement('benchmarks-page')
export class BenchmarksPage extends BenchPage<BenchmarksReport> {
  static override styles = [
    ...BenchPage.styles,
    controlStyles,
    chooserStyles,
    remarkStyles,
    css`
      section > header {
        padding: 8px 0;
      }
      section > header h2 {
        margin: 0;
      }
      .notice p {
        max-width: none;
      }
      bench-bar-chart {
        margin-bottom: 12px;
      }
      .columns h3 {
        margin-top: 4px;
      }
    `,
  ];

  @state() private accessor view: Kept = { ...firstView, ...keptView<Kept>() };
  /** How far runs are, as told since the last answer; by id of the benchmark. */
  @state() private accessor live: ReadonlyMap<number, JobProgress> = new Map();
  @state() private accessor chosen: string | undefined = undefined;
  private states: ReadonlyMap<number, string> = new Map();

  override connectedCallback(): void {
    super.connectedCallback();
    host.onEvent(runChangeEvent, (change) => {
      if (change.type === 'progress') this.live = new Map([...this.live, [change.id, jobOf(change)]]);
    });
  }

  protected override async load(): Promise<BenchmarksReport> {
    const report = await host.request(benchmarksReportMethod, this.request);
    this.live = new Map();
    this.tellStates(report);
    return report;
  }

  private get request(): BenchmarksRequest {
    const { ids, references } = this.view;
    return { projectId, ids, references };
  }

  protected override show(report: BenchmarksReport): TemplateResult {
    const { projectName, performance, accuracy } = report;
    const hasNone = performance.items.length + accuracy.items.length === 0;
    return html`<header>
        <div>
          <h1>Benchmarks</h1>
          <span class="quiet">${projectName}</span>
        </div>
        <div class="row">${this.buttons(report).map(button)}</div>
      </header>
      ${this.renderChooser(report)} ${hasNone ? this.renderNothing(report) : nothing}
      ${performance.items.length === 0 ? nothing : this.renderMode('performance', 'Performance', performance, performanceView(measuredOf(performance.items)))}
      ${accuracy.items.length === 0 ? nothing : this.renderMode('accuracy', 'Accuracy', accuracy, accuracyView(measuredOf(accuracy.items)))}`;
  }

  private buttons({ performance, accuracy }: BenchmarksReport): readonly PageButton[] {
    const isDisabled = performance.referenceId === null && accuracy.referenceId === null;
    const save = (format: string): PageButton => ({
      label: `Save ${format.toUpperCase()}…`,
      icon: 'save',
      isSecondary: true,
      isDisabled,
      click: () => this.act('save', { ...this.request, format }),
    });
    return [save('csv'), save('json')];
  }

  private renderChooser({ choices }: BenchmarksReport): TemplateResult | typeof nothing {
    if (choices.length === 0) return nothing;
    const ids = new Set(this.view.ids);
    return renderChooser({
      choices,
      ids,
      // One alone is not compared with anything.
      isOpen: this.view.isChoosing ?? ids.size < 2,
      open: (isChoosing) => this.look({ isChoosing }),
      choose: (chosen) => {
        // In the order of the list; the list stays open while somebody chooses.
        this.look({ ids: choices.map(({ id }) => id).filter((id) => chosen.has(id)), isChoosing: true });
        void this.refresh();
      },
      add: () => this.act('add'),
    });
  }

  private renderNothing({ choices }: BenchmarksReport): TemplateResult {
    if (choices.length > 0) return emptyState({ icon: 'dashboard', text: 'Choose the benchmarks to compare above.' });
    return emptyState({
      icon: 'dashboard',
      text: 'There is no benchmark in this project. One measures how fast a model is, or how accurate.',
      buttons: [{ label: 'New Benchmark…', icon: 'add', click: () => this.act('add') }],
    });
  }

  private renderMode(
    mode: BenchmarkMode,
    title: string,
    { referenceId, items }: { readonly referenceId: number | null; readonly items: readonly Item[] },
    view: SectionView,
  ): TemplateResult {
    return renderSection({
      ...{ title, referenceId, items, view, live: this.live, chosen: this.chosen, sort: this.view.sorts[mode] },
      refer: (id) => {
        this.look({ references: { ...this.view.references, [mode]: id } });
        void this.refresh();
      },
      pick: (key) => {
        this.chosen = key;
      },
      order: (sort) => this.look({ sorts: { ...this.view.sorts, [mode]: sort } }),
      act: (action: ItemAction, id) => this.act(action, { id }),
    });
  }

  private look(change: Partial<Kept>): void {
    this.view = { ...this.view, ...change };
    keepView(this.view);
  }

  /** Ends and beginnings of runs, for those who listen. */
  private tellStates({ performance, accuracy }: BenchmarksReport): void {
    const items: readonly Item[] = [...performance.items, ...accuracy.items];
    const told = items
      .filter(({ id, run }) => run !== null && this.states.has(id) && this.states.get(id) !== run.state)
      .map(({ name, run }) => `${name}: ${run?.state ?? ''}`);
    if (told.length > 0) this.announce(told.join(', '));
    this.states = new Map(items.map(({ id, run }) => [id, run?.state ?? '']));
  }
}
