// What the page draws: bars and rows by operator type or by node, of one profiling or of two.
import type {
  ComparedRow,
  NodeTimeRow,
  OpTypeRow,
  ProfilingComparison,
  ProfilingReport,
  ProfilingTimes,
} from '../../src/protocol/panels/profiling';
import type { Bar, BarRow } from '../kit/barChart';
import { numberText, percentText, significant, usText } from '../kit/figures';
import { timeUnit } from '../kit/scales';
import type { AxisUnit } from '../kit/scales';
import type { Column, TableSort } from '../kit/table';

/** What times are told of. */
export type Grouping = 'ops' | 'nodes';

/** A chart and a table of times. */
export interface TimeView {
  /** Of the table. */
  readonly label: string;
  readonly chartLabel: string;
  readonly bars: readonly BarRow[];
  readonly series: readonly string[];
  readonly axis: { readonly title: string; readonly unit: AxisUnit };
  readonly columns: readonly Column<object>[];
  readonly rows: readonly object[];
  readonly keyOf: (row: object) => string;
  readonly sort: TableSort | undefined;
}

/** Bars drawn at most; the table has all. */
const mostBars = 12;

/** Milliseconds, as the kit's units have them. */
const axisOf = (times: readonly number[]): TimeView['axis'] => ({
  title: 'Time in one inference',
  unit: timeUnit(times),
});

/** One profiling. */
export function alone(times: ProfilingTimes, grouping: Grouping): TimeView {
  return grouping === 'ops' ? byOpType(times.ops) : byNode(times.nodes);
}

function byOpType(rows: readonly OpTypeRow[]): TimeView {
  return {
    ...framed(rows, ({ opType }) => opType, 'operator types'),
    columns: erased<OpTypeRow>([
      { key: 'opType', title: 'Operator type', isWide: true, value: ({ opType }) => opType },
      ...timeColumns<OpTypeRow>(),
      {
        key: 'executions',
        title: 'Executed',
        hint: 'How often such operators ran, in all inferences that count',
        isNumber: true,
        value: ({ executions }) => executions,
        show: ({ executions }) => numberText(executions),
      },
      {
        key: 'definedNodes',
        title: 'In the executed graph',
        hint: 'How many the engine made of the model',
        isNumber: true,
        value: ({ definedNodes }) => definedNodes,
      },
      {
        key: 'modelNodes',
        title: 'In the model',
        hint: 'How many the file has',
        isNumber: true,
        value: ({ modelNodes }) => modelNodes,
      },
    ]),
  };
}

function byNode(rows: readonly NodeTimeRow[]): TimeView {
  return {
    ...framed(rows, ({ node }) => node, 'nodes', nodeKey),
    columns: erased<NodeTimeRow>([
      { key: 'node', title: 'Node', isWide: true, value: ({ node }) => node },
      { key: 'opType', title: 'Operator type', value: ({ opType }) => opType },
      ...timeColumns<NodeTimeRow>(),
      { key: 'outputs', title: 'Output', value: ({ outputs }) => outputs },
      {
        key: 'modelNodes',
        title: 'Computes of the model',
        hint: 'Operators of the file that the engine computes in it; none for what it added',
        value: ({ modelNodes }) => modelNodes.join(', '),
        show: ({ modelNodes }) => shortList(modelNodes),
      },
    ]),
  };
}

function shortList(names: readonly string[]): string {
  const [first = '–', ...others] = names;
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

interface Timed {
  readonly timeUs: number;
  readonly share: number;
  readonly cumulative: number;
}

function timeColumns<Row extends Timed>(): readonly Column<Row>[] {
  return [
    {
      key: 'timeUs',
      title: 'Time',
      hint: 'In one inference',
      isNumber: true,
      value: ({ timeUs }) => timeUs,
      show: ({ timeUs }) => usText(timeUs),
    },
    {
      key: 'share',
      title: 'Share',
      hint: 'Of the time in all operators',
      isNumber: true,
      value: ({ share }) => share,
      show: ({ share }) => percentText(share, 1),
    },
    {
      key: 'cumulative',
      title: 'Cumulative',
      hint: 'Together with all that take longer',
      isNumber: true,
      value: ({ cumulative }) => cumulative,
      show: ({ cumulative }) => percentText(cumulative, 1),
    },
  ];
}

/** Nodes in different bodies may have the same name. */
function nodeKey({ node, within }: NodeTimeRow): string {
  return within === null ? node : `${node} in ${within}`;
}

function framed<Row extends Timed>(
  rows: readonly Row[],
  nameOf: (row: Row) => string,
  what: string,
  keyOf: (row: Row) => string = nameOf,
) {
  const shown = rows.slice(0, mostBars);
  const gist = rows.length > shown.length ? `the ${shown.length} longest of ${rows.length} ${what}` : `all ${what}`;
  return {
    label: `Times by ${what}`,
    chartLabel: `Bar chart of the time in one inference, ${gist}`,
    series: [],
    axis: axisOf(shown.map(({ timeUs }) => timeUs / 1000)),
    bars: shown.map((row) => ({ key: keyOf(row), label: nameOf(row), bars: [shareBar(nameOf(row), row)] })),
    rows,
    keyOf: (row: object) => keyOf(row as Row),
    sort: { column: 'timeUs', direction: 'descending' } as const,
  };
}

function shareBar(title: string, { timeUs, share, cumulative }: Timed): Bar {
  // The tip has what the bar says word for word: it is its name for those who cannot see it.
  const text = `${usText(timeUs)} · ${percentText(share, 1)}`;
  return {
    value: timeUs / 1000,
    text,
    tip: {
      title,
      lines: [
        { name: 'Time and share', value: text },
        { name: 'Cumulative', value: percentText(cumulative, 1) },
      ],
    },
  };
}

/** Two profilings: the same operators of the model side by side. */
export function compared(
  times: ProfilingTimes,
  { name }: ProfilingReport,
  { other, ...comparison }: ProfilingComparison,
  grouping: Grouping,
): TimeView {
  const rows = comparison[grouping];
  const what = grouping === 'ops' ? 'operator types of the model' : 'operators of the model';
  const shown = rows.slice(0, mostBars);
  const barOf = (label: string, profiling: string, us: number | null, wholeUs: number): Bar | null =>
    us === null
      ? null
      : {
          value: us / 1000,
          text: usText(us),
          tip: {
            title: label,
            lines: [
              { name: profiling, value: usText(us) },
              { name: 'Share', value: percentText(wholeUs === 0 ? 0 : us / wholeUs, 1) },
            ],
          },
        };
  return {
    label: `Times by ${what}: ${name} beside ${other.name}`,
    chartLabel: `Bar chart of the time in one inference by ${what}, ${name} and ${other.name}`,
    series: [name, other.name],
    axis: axisOf(shown.flatMap(({ hereUs, thereUs }) => [(hereUs ?? 0) / 1000, (thereUs ?? 0) / 1000])),
    bars: shown.map(({ key, label, hereUs, thereUs }) => ({
      key,
      label,
      bars: [barOf(label, name, hereUs, times.kernelUs), barOf(label, other.name, thereUs, comparison.otherKernelUs)],
    })),
    columns: erased(comparedColumns(name, other.name)),
    rows,
    keyOf: (row) => (row as ComparedRow).key,
    sort: undefined,
  };
}

function comparedColumns(here: string, there: string): readonly Column<ComparedRow>[] {
  return [
    { key: 'label', title: 'In the model', isWide: true, value: ({ label }) => label },
    { key: 'here', title: 'Executed here', hint: here, value: (row) => row.here },
    { key: 'there', title: 'Executed there', hint: there, value: (row) => row.there },
    {
      key: 'hereUs',
      title: here,
      isNumber: true,
      value: ({ hereUs }) => hereUs,
      show: ({ hereUs }) => usText(hereUs),
    },
    {
      key: 'thereUs',
      title: there,
      isNumber: true,
      value: ({ thereUs }) => thereUs,
      show: ({ thereUs }) => usText(thereUs),
    },
    {
      key: 'difference',
      title: 'Difference',
      hint: `How much longer it takes in ${there}`,
      isNumber: true,
      value: differenceUs,
      show: (row) => signed(differenceUs(row), (us) => usText(us)),
    },
    {
      key: 'ratio',
      title: 'In percent',
      hint: `The difference as a share of the time in ${here}`,
      isNumber: true,
      value: relative,
      show: (row) => signed(relative(row), (share) => `${significant(share * 100)} %`),
    },
  ];
}

function differenceUs({ hereUs, thereUs }: ComparedRow): number {
  return (thereUs ?? 0) - (hereUs ?? 0);
}

function relative(row: ComparedRow): number | null {
  const { hereUs, thereUs } = row;
  return hereUs === null || thereUs === null || hereUs === 0 ? null : differenceUs(row) / hereUs;
}

function signed(value: number | null, text: (size: number) => string): string {
  if (value === null) return '–';
  return `${value > 0 ? '+' : value < 0 ? '−' : ''}${text(Math.abs(value))}`;
}

/** Columns as the table takes them: it does not know what its rows are, and is only ever given rows of theirs. */
function erased<Row extends object>(columns: readonly Column<Row>[]): readonly Column<object>[] {
  return columns;
}
