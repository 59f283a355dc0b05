// What the page draws of the benchmarks of one mode: charts, a table, and how to read them.
import { metricOn } from '../../src/protocol/metricName';
import type { ComparedAccuracy, ComparedPerformance } from '../../src/protocol/panels/benchmarks';
import type { Bar, BarRow } from '../kit/barChart';
import type { TipLine } from '../kit/chart';
import {
  bytesText,
  metricText,
  msText,
  numberText,
  percentText,
  rateText,
  significant,
  timesText,
} from '../kit/figures';
import { percentUnit, sizeUnit, timeUnit } from '../kit/scales';
import type { AxisUnit } from '../kit/scales';
import type { Column } from '../kit/table';
import { latencyBar, longestDrawnMs } from './latencyBar';
import { bracketed, commonSigns, firstColumns, isUnlike, lastColumns, sizeColumns } from './verdicts';
import type { Item, Measured, VerdictSigns } from './verdicts';

/** One chart. */
export interface ChartView {
  readonly title: string;
  /** How to read what is not a plain bar. */
  readonly hint: string;
  readonly axis: { readonly title: string; readonly unit?: AxisUnit };
  readonly rows: readonly BarRow[];
}

/** All that is drawn. */
export interface SectionView {
  readonly charts: readonly ChartView[];
  readonly columns: readonly Column<never>[];
  /** When a difference is called one. */
  readonly note: string;
}

type PerformanceRow = Measured<ComparedPerformance>;
type AccuracyRow = Measured<ComparedAccuracy>;

const performanceSigns: VerdictSigns = {
  ...commonSigns,
  better: { text: 'faster', icon: 'arrow-up' },
  worse: { text: 'slower', icon: 'arrow-down' },
};

const accuracySigns: VerdictSigns = {
  ...commonSigns,
  better: { text: 'better', icon: 'arrow-up' },
  worse: { text: 'worse', icon: 'arrow-down' },
};

/** Latency, throughput and size. */
export function performanceView(rows: readonly PerformanceRow[]): SectionView {
  return {
    charts: [latencyChart(rows), throughputChart(rows), sizeChart(rows)],
    columns: [
      ...firstColumns<ComparedPerformance>(performanceSigns),
      ...latencyColumns,
      ...throughputColumns,
      ...sizeColumns<ComparedPerformance>(),
      ...lastColumns<ComparedPerformance>('Runs'),
    ],
    note:
      'Benchmarks that ran one after another also differ by what else the machine did. A difference is called one where ' +
      'it is more than the spread of both together (± half of what lies between the quartiles) and more than 3 %. ' +
      'The command "compressor-bench benchmark MODEL MODEL" measures models in turns, which is surer.',
  };
}

/** A chart for each metric, and size. */
export function accuracyView(rows: readonly AccuracyRow[]): SectionView {
  const charts = [...new Set(rows.map(metricOf))].map((metric) => accuracyChart(metric, rows));
  return {
    charts: [...charts, sizeChart(rows)],
    columns: [
      ...firstColumns<ComparedAccuracy>(accuracySigns),
      ...accuracyColumns,
      ...sizeColumns<ComparedAccuracy>(),
      ...lastColumns<ComparedAccuracy>('Samples'),
    ],
    note:
      'A difference of shares of right answers is called one where it is more than the sampling error of both (95 %). ' +
      'Where both saw the same samples, a smaller one may be real, too; more samples tell.',
  };
}

function latencyChart(rows: readonly PerformanceRow[]): ChartView {
  const medians = rows.map(({ result }) => result.latencyMs.median);
  const longestMs = longestDrawnMs(medians);
  return {
    title: 'Latency of a batch',
    hint:
      'The bar is the median; the line goes from the fastest run to the 90th percentile, a stroke after it is the 99th. ' +
      'A line that ends in an arrow goes on to the figure that is written.',
    axis: { title: 'Latency', unit: timeUnit(medians) },
    rows: barsOf(rows, ({ name, result: { latencyMs, spread }, comparison }) => {
      const { median, p90, p99, min } = latencyMs;
      const bar = latencyBar(latencyMs, longestMs);
      return {
        ...bar,
        tip: {
          title: bar.text === msText(median) ? name : `${name}: ${bar.text}`,
          lines: [
            { name: 'Median', value: `${msText(median)} ± ${percentText(spread, 1)}` },
            { name: 'Fastest', value: msText(min) },
            { name: '90th percentile', value: msText(p90) },
            { name: '99th percentile', value: msText(p99) },
            ...ratioLine('Beside reference', comparison.latencyRatio),
          ],
        },
      };
    }),
  };
}

function throughputChart(rows: readonly PerformanceRow[]): ChartView {
  return {
    title: 'Throughput of all instances',
    hint: 'More is better.',
    axis: { title: 'Samples a second' },
    rows: barsOf(rows, ({ name, result, comparison }) => ({
      value: result.throughput,
      text: rateText(result.throughput, '/s'),
      tip: {
        title: name,
        lines: [
          { name: 'Throughput', value: rateText(result.throughput, '/s') },
          ...ratioLine('Beside reference', comparison.throughputRatio),
        ],
      },
    })),
  };
}

function accuracyChart(metric: string, all: readonly AccuracyRow[]): ChartView {
  const rows = all.filter((row) => metricOf(row) === metric);
  const isShare = rows.every(({ result }) => result.isShare);
  const isHigherBetter = rows.every(({ result }) => result.higherIsBetter);
  const hasInterval = rows.some(({ result }) => result.interval !== null);
  return {
    title: metric,
    hint: `${isHigherBetter ? 'More' : 'Less'} is better.${hasInterval ? ' The line is the 95 % interval that so many samples leave.' : ''}`,
    axis: { title: metric, ...(isShare ? { unit: percentUnit } : {}) },
    rows: barsOf(rows, ({ name, result }) => ({
      value: result.value,
      ...(result.interval === null ? {} : { low: result.interval[0], high: result.interval[1] }),
      text: metricText(result.value, result.isShare),
      tip: {
        title: name,
        lines: [
          { name: metric, value: metricText(result.value, result.isShare) },
          ...(result.interval === null ? [] : [{ name: '95 % interval', value: intervalText(result.interval) }]),
          { name: 'Samples', value: numberText(result.samples) },
        ],
      },
    })),
  };
}

function sizeChart(rows: readonly Measured<Item>[]): ChartView {
  return {
    title: 'Size of the model',
    hint: 'Less is better.',
    axis: { title: 'Size', unit: sizeUnit(rows.map(({ result }) => result.sizeBytes ?? 0)) },
    rows: rows.map((row) => {
      const { id, name, result, comparison } = row;
      if (result.sizeBytes === null) return { key: String(id), label: name, bars: [null] };
      const text = bytesText(result.sizeBytes);
      const lines = [{ name: 'Size', value: text }, ...ratioLine('Beside reference', comparison.sizeRatio)];
      // Sizes can always be compared.
      return { key: String(id), label: name, bars: [{ value: result.sizeBytes, text, tip: { title: name, lines } }] };
    }),
  };
}

/** Rows of bars, those hollow that cannot be compared. */
function barsOf<Row extends Measured<Item>>(
  rows: readonly Row[],
  barOf: (row: Row) => Omit<Bar, 'isHollow'>,
): readonly BarRow[] {
  return rows.map((row) => ({
    key: String(row.id),
    label: row.name,
    bars: [{ ...barOf(row), isHollow: isUnlike(row) }],
  }));
}

function ratioLine(name: string, ratio: number | null): readonly TipLine[] {
  return ratio === null ? [] : [{ name, value: timesText(ratio) }];
}

const latencyColumns: readonly Column<PerformanceRow>[] = [
  {
    key: 'latencyRatio',
    title: 'Speed ×',
    hint: 'Median latency of the reference over that of this one: above 1 is faster. In brackets: not comparable',
    isNumber: true,
    value: ({ comparison }) => comparison.latencyRatio,
    show: (row) => bracketed(row, timesText(row.comparison.latencyRatio)),
  },
  latencyColumn('median', 'Median', 'Latency of a batch'),
  {
    key: 'spread',
    title: 'Spread',
    hint: 'Half of what lies between the quartiles, over the median',
    isNumber: true,
    value: ({ result }) => result.spread,
    show: ({ result }) => `± ${percentText(result.spread, 1)}`,
  },
  latencyColumn('p90', 'p90', 'Nine of ten runs took at most this'),
  latencyColumn('p99', 'p99', '99 of a hundred runs took at most this'),
  latencyColumn('min', 'Fastest', 'The fastest run'),
];

function latencyColumn(
  key: keyof PerformanceRow['result']['latencyMs'],
  title: string,
  hint: string,
): Column<PerformanceRow> {
  return {
    ...{ key, title, hint, isNumber: true },
    value: ({ result }) => result.latencyMs[key],
    show: ({ result }) => msText(result.latencyMs[key]),
  };
}

const throughputColumns: readonly Column<PerformanceRow>[] = [
  {
    key: 'throughput',
    title: 'Throughput',
    hint: 'Samples a second over all instances',
    isNumber: true,
    value: ({ result }) => result.throughput,
    show: ({ result }) => rateText(result.throughput, '/s'),
  },
  {
    key: 'throughputRatio',
    title: 'Throughput ×',
    hint: 'Over that of the reference: above 1 is more. In brackets: not comparable',
    isNumber: true,
    value: ({ comparison }) => comparison.throughputRatio,
    show: (row) => bracketed(row, timesText(row.comparison.throughputRatio)),
  },
];

const accuracyColumns: readonly Column<AccuracyRow>[] = [
  { key: 'metric', title: 'Metric', value: metricOf },
  {
    key: 'value',
    title: 'Value',
    isNumber: true,
    value: ({ result }) => result.value,
    show: ({ result }) => metricText(result.value, result.isShare),
  },
  {
    key: 'difference',
    title: 'Difference',
    hint: 'Value less that of the reference; of shares in percentage points. In brackets: not comparable',
    isNumber: true,
    value: ({ comparison }) => comparison.difference,
    show: (row) => bracketed(row, differenceText(row)),
  },
  {
    key: 'interval',
    title: '95 % interval',
    hint: 'What so many samples leave open of a share of right answers',
    value: ({ result }) => result.interval?.[0] ?? null,
    show: ({ result }) => (result.interval === null ? '–' : intervalText(result.interval)),
  },
];

function metricOf({ result: { metric, conditions } }: AccuracyRow): string {
  return metricOn(metric, conditions.data === 'random');
}

function intervalText([low, high]: readonly [number, number]): string {
  return `${(low * 100).toFixed(2)} – ${percentText(high)}`;
}

function differenceText({ comparison: { difference }, result }: AccuracyRow): string {
  if (difference === null) return '–';
  const size = Math.abs(difference);
  const sign = difference < 0 ? '−' : difference > 0 ? '+' : '';
  return result.isShare ? `${sign}${(100 * size).toFixed(2)} pp` : `${sign}${size === 0 ? '0' : significant(size, 4)}`;
}
