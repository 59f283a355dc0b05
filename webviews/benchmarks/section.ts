// Benchmarks of one mode: runs that go on or are missing, the reference, charts, a table, and what is to be kept in mind.
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { JobProgress } from '../../src/protocol/panels/profiling';
import '../kit/barChart';
import type { PickEvent } from '../kit/chart';
import { choiceOf, jobView } from '../kit/jobView';
import { notice } from '../kit/page';
import type { PageButton } from '../kit/page';
import '../kit/table';
import type { RowsEvent, TableSort } from '../kit/table';
import { renderRemarks } from './remarks';
import type { ChartView, SectionView } from './sectionView';
import { dateText, machinesText, measuredOf } from './verdicts';
import type { Item, Measured } from './verdicts';

/** What can be done with one benchmark. */
export type ItemAction = 'run' | 'cancel' | 'openLog';

/** What a section shows, and what is done in it. */
export interface Section {
  readonly title: string;
  readonly referenceId: number | null;
  readonly items: readonly Item[];
  readonly view: SectionView;
  readonly live: ReadonlyMap<number, JobProgress>;
  /** Key of the chosen benchmark. */
  readonly chosen: string | undefined;
  readonly sort: TableSort | undefined;
  readonly refer: (id: number) => void;
  readonly pick: (key: string | undefined) => void;
  readonly order: (sort: TableSort) => void;
  readonly act: (action: ItemAction, id: number) => void;
}

/** The section of a mode. */
export function renderSection(section: Section): TemplateResult {
  const { title, items, act } = section;
  const measured = measuredOf(items);
  return html`<section aria-label=${title}>
    <header>
      <div><h2>${title}</h2></div>
      ${renderReference(section, measured)}
    </header>
    ${items.map((item) => renderRun(section, item))}
    ${measured.length === 0 ? nothing : renderFigures(section, measured)}
    ${renderRemarks(measured, (id) => act('run', id))}
  </section>`;
}

function renderReference(
  { referenceId, refer }: Section,
  measured: readonly Measured<Item>[],
): TemplateResult | typeof nothing {
  if (measured.length < 2) return nothing;
  const options = measured.map(({ id, name, model }) => ({
    value: String(id),
    label: model === null ? name : `${name} (${model.name})`,
  }));
  return choiceOf('Reference', options, String(referenceId), (value) => refer(Number(value)));
}

/** A run that goes on, went wrong, or never was. */
function renderRun({ live, act }: Section, { id, name, run, job, result }: Item): TemplateResult | typeof nothing {
  const log: PageButton = { label: 'Open Log', isSecondary: true, click: () => act('openLog', id) };
  const start = (label: string): PageButton => ({ label, icon: 'play', runs: true, click: () => act('run', id) });
  switch (run?.state) {
    case 'queued':
    case 'running':
      return jobView(name, live.get(id) ?? job, () => act('cancel', id));
    case 'error': {
      const { message = 'Nothing says why.', nextStep = '' } = run.failure ?? {};
      const kept = result === null ? '' : ` The figures are those of ${dateText(result.measuredAt)}.`;
      const text = `The newest run of "${name}" failed. ${message} ${nextStep}${kept}`;
      return notice('error', text, [start('Run Again'), log]);
    }
    default:
      if (result !== null) return nothing;
      return notice(
        'info',
        run === null
          ? `"${name}" was not run yet.`
          : `"${name}" has no result: ${run.state === 'cancelled' ? 'its run was cancelled.' : 'it cannot be read any more.'}`,
        [start(run === null ? 'Run' : 'Run Again')],
      );
  }
}

function renderFigures(section: Section, measured: readonly Measured<Item>[]): TemplateResult {
  const { title, view, chosen, sort, pick, order } = section;
  return html`<div class="columns">${view.charts.map((chart) => renderChart(section, chart))}</div>
    <bench-table
      label=${`${title} of the chosen benchmarks`}
      .columns=${view.columns}
      .rows=${measured}
      .keyOf=${({ id }: Item) => String(id)}
      .sort=${sort}
      .selected=${new Set(chosen === undefined ? [] : [chosen])}
      @bench-sort=${({ detail }: CustomEvent<TableSort>) => order(detail)}
      @bench-select=${({ detail }: RowsEvent<Item>) => pick(detail.rows[0] === undefined ? undefined : String(detail.rows[0].id))}
    ></bench-table>
    <p class="quiet remark">Measured on ${machinesText(measured)}. ${view.note}</p>`;
}

function renderChart({ chosen, pick }: Section, { title, hint, axis, rows }: ChartView): TemplateResult {
  const hasHollow = rows.some(({ bars }) => bars.some((bar) => bar?.isHollow === true));
  const text = `${hint}${hasHollow ? ' Outlined: not comparable with the reference.' : ''}`;
  return html`<div>
    <h3>${title}</h3>
    <p class="quiet">${text}</p>
    <bench-bar-chart
      label=${`${title}. ${text}`}
      .rows=${rows}
      .axis=${axis}
      .chosen=${chosen}
      pickable
      @bench-pick=${({ detail }: PickEvent) => pick(detail.key)}
    ></bench-bar-chart>
  </div>`;
}
