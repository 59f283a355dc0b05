// The three pictures of a tuning: accuracy and latency trial by trial, and the one against the other with what no trial beats.
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { ShownGoal } from '../../src/protocol/panels/tuningHistory';
import type { TrialRow } from '../../src/protocol/tuning';
import { metricText, msText } from '../kit/figures';
import type { PickEvent } from '../kit/chart';
import '../kit/pointChart';
import type { ChartPoint, Guide } from '../kit/pointChart';
import { paretoFront, percentUnit, sizeUnit, timeUnit } from '../kit/scales';
import { legendOf, metricName, signOf, tipOf } from './trialSigns';

/** What is drawn, and what is told when a trial is picked. */
export interface ChartView {
  readonly trials: readonly TrialRow[];
  readonly goal: ShownGoal | null;
  /** Trial that won; null while the search goes on. */
  readonly winner: number | null;
  readonly chosen: number | undefined;
  readonly pick: (trial: number) => void;
}

/** What the trials cost, for the picture of accuracy against cost. */
export type Cost = 'latency' | 'size';

/** Accuracy of each trial, with that of the given model and the least that is asked for. */
export function accuracyChart(view: ChartView): TemplateResult {
  const { goal, trials } = view;
  const baseline = trials[0]?.accuracy ?? null;
  const least = goal?.minimalAccuracy ?? null;
  const shown = (value: number): string => metricText(value, goal?.isShare ?? false);
  return overTrials(view, ({ accuracy }) => accuracy, {
    title: metricName(goal),
    unit: goal?.isShare === true ? percentUnit : undefined,
    guides: [
      ...(baseline === null ? [] : [guide(baseline, `given model ${shown(baseline)}`)]),
      ...(least === null
        ? []
        : [
            {
              ...guide(least, `${goal?.higherIsBetter === false ? 'most allowed' : 'least allowed'} ${shown(least)}`),
              isDashed: true,
            },
          ]),
    ],
    label: `${metricName(goal)} of each trial`,
    hasLegend: true,
  });
}

/** Latency of each trial, with that of the given model. */
export function latencyChart(view: ChartView): TemplateResult {
  const baseline = view.trials[0]?.latencyMs ?? null;
  return overTrials(view, ({ latencyMs }) => latencyMs, {
    title: 'Latency',
    unit: timeUnit(view.trials.flatMap(({ latencyMs }) => latencyMs ?? [])),
    guides: baseline === null ? [] : [guide(baseline, `given model ${msText(baseline)}`)],
    label: 'Latency of each trial',
    hasLegend: false,
  });
}

/** Accuracy against latency or size. */
export function paretoChart(view: ChartView, cost: Cost): TemplateResult {
  const { trials, goal, winner } = view;
  const costOf = (row: TrialRow): number | null => (cost === 'latency' ? row.latencyMs : row.sizeBytes);
  const sign = goal?.higherIsBetter === false ? -1 : 1;
  const points = trials.flatMap((row) => pointOf(row, costOf(row), row.accuracy, view));
  const front = paretoFront(points.map(({ x, y }) => ({ x, y: sign * y }))).map(({ x, y }) => ({ x, y: sign * y }));
  const unit = (cost === 'latency' ? timeUnit : sizeUnit)(points.map(({ x }) => x));
  const least = goal?.minimalAccuracy ?? null;
  return html`<bench-point-chart
    pickable
    .label=${`${metricName(goal)} against ${cost}; ${front.length} of ${points.length} models are not beaten in both`}
    .points=${points}
    .paths=${front.length > 1 ? [{ points: front, tone: 'muted', isStepped: true }] : []}
    .guides=${least === null ? [] : [{ ...guide(least, goal?.higherIsBetter === false ? 'most allowed' : 'least allowed'), isDashed: true }]}
    .legend=${[
      ...legendOf(
        trials.filter((row) => costOf(row) !== null && row.accuracy !== null),
        winner,
      ),
      ...(front.length > 1 ? [{ text: 'not beaten in both', tone: 'muted' }] : []),
    ]}
    .xAxis=${{ title: cost === 'latency' ? 'Latency' : 'Size', unit }}
    .yAxis=${{ title: metricName(goal), ...(goal?.isShare === true ? { unit: percentUnit } : {}) }}
    .height=${340}
    .chosen=${view.chosen === undefined ? undefined : String(view.chosen)}
    @bench-pick=${(event: PickEvent) => view.pick(Number(event.detail.key))}
  ></bench-point-chart>`;
}

interface OverTrials {
  readonly title: string;
  readonly unit: { readonly name: string; readonly factor: number } | undefined;
  readonly guides: readonly Guide[];
  readonly label: string;
  /** Whether the signs are explained. */
  readonly hasLegend: boolean;
}

function overTrials(
  view: ChartView,
  figureOf: (row: TrialRow) => number | null,
  { title, unit, guides, label, hasLegend }: OverTrials,
): TemplateResult {
  const points = view.trials.flatMap((row) => pointOf(row, row.id, figureOf(row), view));
  const { chosen } = view;
  return html`<bench-point-chart
    pickable
    .label=${label}
    .points=${points}
    .paths=${[{ points, tone: 'muted' }]}
    .legend=${hasLegend ? legendOf(view.trials, view.winner) : []}
    .guides=${guides}
    .xAxis=${{ title: 'Trial', isWhole: true }}
    .yAxis=${{ title, ...(unit === undefined ? {} : { unit }) }}
    .chosen=${chosen === undefined ? undefined : String(chosen)}
    @bench-pick=${(event: PickEvent) => view.pick(Number(event.detail.key))}
  ></bench-point-chart>`;
}

function pointOf(
  row: TrialRow,
  x: number | null,
  y: number | null,
  { goal, winner }: ChartView,
): readonly ChartPoint[] {
  if (x === null || y === null) return [];
  const { tone, shape, isHollow } = signOf(row, winner);
  return [{ key: String(row.id), x, y, tone, shape, isHollow, tip: tipOf(row, goal, winner) }];
}

function guide(at: number, label: string): Guide {
  return { axis: 'y', at, label };
}
