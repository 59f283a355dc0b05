// Columns, bars and facts of the operators of a diagnosis.
import type { DiagnosedOp } from '../../src/protocol/panels/diagnosis';
import type { Bar, BarRow } from '../kit/barChart';
import { significant, timesText, usText } from '../kit/figures';
import { timeUnit } from '../kit/scales';
import type { AxisUnit } from '../kit/scales';
import type { Column } from '../kit/table';
import { timesOf } from './opTexts';
import {
  barLength,
  dbCell,
  dbOrder,
  errorFigures,
  errorText,
  losing,
  mseCell,
  mseOrder,
  rescaledText,
} from './shownErrors';

/** What operators are compared by. */
export type Measure = 'error' | 'time';

/** Bars drawn at most; the table has all. */
const mostBars = 12;

/** A bar chart of operators. */
export interface OpBars {
  readonly label: string;
  readonly series: readonly string[];
  readonly axis: { readonly title: string; readonly unit?: AxisUnit };
  readonly rows: readonly BarRow[];
}

/** The operators that cost most, in accuracy or in time. */
export function opBars(ops: readonly DiagnosedOp[], measure: Measure): OpBars {
  return measure === 'error' ? errorBars(ops) : timeBars(ops);
}

function errorBars(ops: readonly DiagnosedOp[]): OpBars {
  const worst = losing(ops).slice(0, mostBars);
  return {
    label: `Bar chart of the errors of the ${worst.length} operators that lose most`,
    series: [],
    axis: { title: 'Mean squared error of the output, both scaled to 0 … 1' },
    rows: worst.map((op) => ({
      key: op.node,
      label: op.node,
      bars: [{ value: barLength(op), text: errorText(op), tip: tipOf(op), isHollow: op.isRescaled }],
    })),
  };
}

function timeBars(ops: readonly DiagnosedOp[]): OpBars {
  const longest = ({ floatUs, int8Us }: DiagnosedOp): number => Math.max(floatUs ?? 0, int8Us ?? 0);
  const shown = ops
    .filter((op) => longest(op) > 0)
    .sort((one, other) => longest(other) - longest(one))
    .slice(0, mostBars);
  const bar = (op: DiagnosedOp, us: number | null): Bar | null =>
    us === null ? null : { value: us / 1000, text: usText(us), tip: tipOf(op) };
  return {
    label: `Bar chart of the times of the ${shown.length} operators that take longest, in both models`,
    series: ['float model', 'quantized model'],
    axis: { title: 'Time in one inference', unit: timeUnit(shown.map((op) => longest(op) / 1000)) },
    rows: shown.map((op) => ({ key: op.node, label: op.node, bars: [bar(op, op.floatUs), bar(op, op.int8Us)] })),
  };
}

function tipOf(op: DiagnosedOp): Bar['tip'] {
  return {
    title: op.node,
    lines: [
      { name: 'Type', value: op.opType },
      { name: 'Computed in', value: precisionTexts[op.precision] },
      // Word for word what the bar says: it is its name for those who cannot see it.
      { name: 'MSE and SQNR', value: errorText(op) },
      { name: 'In the float model', value: usText(op.floatUs) },
      { name: 'In the quantized model', value: usText(op.int8Us) },
    ],
  };
}

const precisionTexts: Readonly<Record<DiagnosedOp['precision'], string>> = {
  int8: '8 bits',
  dynamic: '8 bits, dynamic',
  float: 'float',
};

/** What the table of operators shows. */
export const opColumns: readonly Column<DiagnosedOp>[] = [
  { key: 'node', title: 'Operator', isWide: true, value: ({ node }) => node },
  { key: 'opType', title: 'Type', value: ({ opType }) => opType },
  { key: 'precision', title: 'Computed in', value: ({ precision }) => precisionTexts[precision] },
  {
    key: 'mse',
    title: 'MSE',
    hint: 'Mean squared error of its output against the float model, both scaled to 0 … 1',
    isNumber: true,
    value: mseOrder,
    show: mseCell,
  },
  {
    key: 'sqnr',
    title: 'SQNR',
    hint: 'Signal to quantization noise of its output: the higher, the better',
    isNumber: true,
    value: dbOrder,
    show: dbCell,
  },
  {
    key: 'floatUs',
    title: 'Float model',
    hint: 'Time in one inference of the float model',
    isNumber: true,
    value: ({ floatUs }) => floatUs,
    show: ({ floatUs }) => usText(floatUs),
  },
  {
    key: 'int8Us',
    title: 'Quantized',
    hint: 'Time in one inference of the quantized model',
    isNumber: true,
    value: ({ int8Us }) => int8Us,
    show: ({ int8Us }) => usText(int8Us),
  },
  {
    key: 'gain',
    title: 'Faster',
    hint: 'Time in the float model over time in the quantized one',
    isNumber: true,
    value: gainOf,
    show: (op) => timesText(gainOf(op)),
  },
];

function gainOf({ floatUs, int8Us }: DiagnosedOp): number | null {
  return floatUs === null || int8Us === null || int8Us === 0 ? null : floatUs / int8Us;
}

/** Facts of one operator. */
export function opFacts(op: DiagnosedOp): readonly (readonly [name: string, value: string])[] {
  const { weight, mergedNodes, computedWith } = op;
  return [
    ['Type', op.opType],
    ['Computed in', precisionTexts[op.precision]],
    ...(computedWith === null ? [] : [['Computed with', computedWith] as const]),
    ...(mergedNodes.length === 0 ? [] : [['Merged into it', mergedNodes.join(', ')] as const]),
    ['Reads', op.activationType],
    ['Weights', weight === null ? 'not quantized' : `${weight.type}, ${granularities[weight.granularity]}`],
    ['Float output', `${significant(op.activationMin, 4)} … ${significant(op.activationMax, 4)}`],
    ['Error', errorFigures(op)],
    ...(op.isRescaled ? [['What it means', rescaledText] as const] : []),
    ['Time', timesOf(op)],
  ];
}

const granularities = { per_tensor: 'per tensor', per_channel: 'per channel' } as const;
