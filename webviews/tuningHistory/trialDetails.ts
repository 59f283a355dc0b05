// One trial: what was changed, what came of it, how its model is made, and making it the optimized model.
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { TrialSettings, TuningHistoryReport } from '../../src/protocol/panels/tuningHistory';
import type { TrialRow } from '../../src/protocol/tuning';
import { bytesText, countText, metricText, msText, rateText, timesText } from '../kit/figures';
import { button, factList } from '../kit/page';
import { metricName, signOf, titleOf } from './trialSigns';

/** What is shown of a trial, and what can be done with it. */
export interface TrialView {
  readonly report: TuningHistoryReport;
  readonly row: TrialRow;
  readonly winner: number | null;
  /** Null where its history does not tell; undefined while it is asked. */
  readonly settings: TrialSettings | null | undefined;
  readonly isRunning: boolean;
  readonly use: () => void;
  readonly close: () => void;
}

/** The box with a trial. */
export function trialDetails(view: TrialView): TemplateResult {
  const { report, row, winner, settings } = view;
  const { goal } = report;
  const given = report.trials[0];
  const facts: readonly (readonly [string, string])[] = [
    ['Outcome', signOf(row, winner).word],
    ['Why', row.error ?? row.verdict],
    [metricName(goal), `${metricText(row.accuracy, goal?.isShare ?? false)}, ${countText(row.samples, 'sample')}`],
    ['Latency', msText(row.latencyMs)],
    ['Throughput', rateText(row.throughput)],
    ['Speed', row.id === 0 ? 'what others are compared with' : `${timesText(row.speedup)} as fast as the given model`],
    ['Size', sizeText(row, given)],
    ...(row.footprintBytes === null ? [] : [['Peak memory', bytesText(row.footprintBytes)] as const]),
  ];
  return html`<section
    class="trial"
    aria-label="The chosen trial"
    @keydown=${({ key }: KeyboardEvent) => {
      if (key === 'Escape') view.close();
    }}
  >
    <div class="row">
      <h2 tabindex="-1">${titleOf(row)}</h2>
      ${button({ label: 'Close', isSecondary: true, click: view.close })}
    </div>
    <div class="columns">
      ${factList(facts)}
      <div>${row.id === 0 ? nothing : html`${renderSettings(settings)}${renderUse(view)}`}</div>
    </div>
  </section>`;
}

function sizeText({ sizeBytes }: TrialRow, given: TrialRow | undefined): string {
  const before = given?.sizeBytes ?? null;
  if (sizeBytes === null || before === null || before === 0) return bytesText(sizeBytes);
  return `${bytesText(sizeBytes)} (${timesText(sizeBytes / before)} of the given model)`;
}

function renderSettings(settings: TrialSettings | null | undefined): TemplateResult | typeof nothing {
  if (settings === undefined) return nothing;
  if (settings === null) return html`<p class="quiet">The history of the run does not tell how its model is made.</p>`;
  const { floatOps, ops } = settings;
  const facts = [
    ...settings.settings.map(({ name, value }) => [name, value] as const),
    ...ops.map(({ form, count }) => [form, countText(count, 'operator')] as const),
  ];
  return html`${factList(facts)}
  ${
    floatOps.count === 0
      ? nothing
      : html`<details>
          <summary>${countText(floatOps.count, 'operator')} kept in float</summary>
          <ul class="names">
            ${floatOps.names.map((name) => html`<li>${name}</li>`)}
            ${floatOps.count > floatOps.names.length ? html`<li>… and ${floatOps.count - floatOps.names.length} more</li>` : nothing}
          </ul>
        </details>`
  }`;
}

function renderUse({ report, row, isRunning, use }: TrialView): TemplateResult | typeof nothing {
  if (!report.isRecord) return nothing;
  const reason = whyNot(report, row, isRunning);
  return html`<div class="use">
    ${button({ label: `Use Trial ${row.id}`, icon: 'check', runs: true, isDisabled: reason !== undefined, click: use })}
    <p class="quiet">
      ${reason ?? 'Makes the model of this trial again from its settings, checks it, and makes it the optimized model.'}
    </p>
  </div>`;
}

/** Why a trial cannot become the optimized model; undefined where it can. */
function whyNot(report: TuningHistoryReport, row: TrialRow, isRunning: boolean): string | undefined {
  if (report.optimizedTrial === row.id) return 'The optimized model is that of this trial.';
  if (isRunning) return 'Wait until the run has ended.';
  if (row.accuracy === null) return 'It was not measured, so there is no model to use.';
  if (!report.usableTrials.includes(row.id)) return 'Its settings are not in the newest history any more.';
  return undefined;
}
