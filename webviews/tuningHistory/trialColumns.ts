// The table of trials, and which of them won.
import type { TuningHistoryReport } from '../../src/protocol/panels/tuningHistory';
import type { TrialRow } from '../../src/protocol/tuning';
import { bytesText, metricText, msText, timesText } from '../kit/figures';
import type { Column } from '../kit/table';
import { metricName, signOf } from './trialSigns';

/** The trial that won; while the search goes on, or where nothing won, none. */
export function winnerOf({ result }: TuningHistoryReport): number | null {
  return result === null || result.bestTrial === 0 ? null : result.bestTrial;
}

/** What the table shows. */
export function columnsOf(report: TuningHistoryReport): readonly Column<TrialRow>[] {
  const { goal } = report;
  const winner = winnerOf(report);
  const figure = (
    key: string,
    title: string,
    value: (row: TrialRow) => number | null,
    text: (value: number | null) => string,
  ): Column<TrialRow> => ({ key, title, isNumber: true, value, show: (row) => text(value(row)) });
  return [
    { key: 'id', title: 'Trial', isNumber: true, value: ({ id }) => id },
    { key: 'change', title: 'What was changed', isWide: true, value: ({ change }) => change },
    figure(
      'accuracy',
      metricName(goal),
      ({ accuracy }) => accuracy,
      (value) => metricText(value, goal?.isShare ?? false),
    ),
    figure('latency', 'Latency', ({ latencyMs }) => latencyMs, msText),
    figure('speed', 'Speed', ({ speedup }) => speedup, timesText),
    figure('size', 'Size', ({ sizeBytes }) => sizeBytes, bytesText),
    { key: 'outcome', title: 'Outcome', value: (row) => signOf(row, winner).word },
    { key: 'verdict', title: 'Why', isWide: true, value: ({ verdict, error }) => error ?? verdict },
  ];
}
