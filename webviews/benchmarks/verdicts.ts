// What both kinds of benchmarks have in common on the page: rows that were measured, words and signs of verdicts, conditions.
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { ComparedAccuracy, ComparedPerformance, Conditions, Verdict } from '../../src/protocol/panels/benchmarks';
import { bytesText, countText, noFigure, timesText } from '../kit/figures';
import type { Column } from '../kit/table';

/** A benchmark of either kind. */
export type Item = ComparedPerformance | ComparedAccuracy;

/** An item with its result and how that compares. */
export type Measured<One extends Item> = One & {
  readonly result: NonNullable<One['result']>;
  readonly comparison: NonNullable<One['comparison']>;
};

/** Those that can be drawn. */
export function measuredOf<One extends Item>(items: readonly One[]): readonly Measured<One>[] {
  return items.filter((item): item is Measured<One> => item.result !== null && item.comparison !== null);
}

/** A verdict in a word, with the codicon beside it. */
export interface VerdictSign {
  readonly text: string;
  readonly icon: string;
}

/** One for each verdict. */
export type VerdictSigns = Readonly<Record<Verdict, VerdictSign>>;

/** What both kinds say alike. */
export const commonSigns = {
  reference: { text: 'reference', icon: 'target' },
  same: { text: 'the same', icon: 'dash' },
  'within the noise': { text: 'within the noise', icon: 'dash' },
  unlike: { text: 'not comparable', icon: 'circle-slash' },
} as const;

/** Whether it cannot be compared with the reference. */
export function isUnlike({ comparison }: Item): boolean {
  return comparison?.verdict === 'unlike';
}

/** Columns at the start of both tables. */
export function firstColumns<One extends Item>(signs: VerdictSigns): readonly Column<Measured<One>>[] {
  return [
    { key: 'name', title: 'Benchmark', isWide: true, value: ({ name }) => name },
    { key: 'model', title: 'Model', value: ({ model }) => modelText(model) },
    {
      key: 'verdict',
      title: 'Verdict',
      hint: 'Beside the reference',
      value: (row) => signs[row.comparison.verdict].text,
      show: (row) => verdictCell(row, signs),
    },
  ];
}

function verdictCell({ comparison, result }: Measured<Item>, signs: VerdictSigns): TemplateResult {
  const { text, icon } = signs[comparison.verdict];
  const doubtful = result.doubts.length > 0 && comparison.verdict !== 'unlike';
  return html`<vscode-icon name=${icon} aria-hidden="true"></vscode-icon> ${text}${doubtful ? ', doubtful' : ''}`;
}

/** Columns of the size of the model. */
export function sizeColumns<One extends Item>(): readonly Column<Measured<One>>[] {
  return [
    {
      key: 'size',
      title: 'Size',
      hint: 'Of the model',
      isNumber: true,
      value: ({ result }) => result.sizeBytes,
      show: ({ result }) => bytesText(result.sizeBytes),
    },
    {
      key: 'sizeRatio',
      title: 'Size ×',
      hint: 'Size over that of the reference: below 1 is smaller',
      isNumber: true,
      value: ({ comparison }) => comparison.sizeRatio,
      show: ({ comparison }) => timesText(comparison.sizeRatio),
    },
  ];
}

/** Columns at the end of both tables. */
export function lastColumns<One extends Item>(samples: string): readonly Column<Measured<One>>[] {
  return [
    {
      key: 'samples',
      title: samples,
      isNumber: true,
      value: ({ result }) => result.samples,
      show: ({ result }) => result.samples.toLocaleString('en'),
    },
    {
      key: 'conditions',
      title: 'Conditions',
      value: ({ result }) => conditionsText(result.conditions),
    },
    {
      key: 'measuredAt',
      title: 'Measured',
      value: ({ result }) => result.measuredAt,
      show: ({ result }) => dateText(result.measuredAt),
    },
  ];
}

/** Shown in brackets where the ratio does not say what it seems to. */
export function bracketed(row: Item, text: string): string {
  return isUnlike(row) && text !== noFigure ? `(${text})` : text;
}

function modelText(model: Item['model']): string {
  return model === null ? 'gone' : `${model.name} (${model.precision})`;
}

/** `batch 1, 2 instances of 4 cores, 4 threads, MNIST digits`. */
function conditionsText({ batchSize, instances, coresPerInstance, threads, data, datasetName }: Conditions): string {
  const cores = coresPerInstance === null ? '' : ` of ${countText(coresPerInstance, 'core')}`;
  const inputs = data === 'random' ? 'random inputs' : (datasetName ?? 'data that is gone');
  const machine = `${countText(instances, 'instance')}${cores}`;
  return [`batch ${batchSize}`, machine, countText(threads, 'thread'), inputs].join(', ');
}

/** In the person's own way to write it. */
export function dateText(isoTime: string | null): string {
  return isoTime === null ? noFigure : new Date(isoTime).toLocaleString();
}

/** Where they were measured: `AMD EPYC, ONNX Runtime 1.20`; several where they differ. */
export function machinesText(items: readonly Measured<Item>[]): string {
  const machines = items.map(
    ({ result: { conditions } }) => `${conditions.cpuModel.trim()}, engine ${conditions.engineVersion}`,
  );
  return [...new Set(machines)].join('; ');
}
