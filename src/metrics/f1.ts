// The F1 score: token overlap as in the original, and the classifier's F1 it was taken for (SYSTEMS §5.3).
import type { Annotation } from '../data/contracts';
import { answersOf } from './classification';
import type { Answer } from './classification';
import type { Metric, ModelOutputs } from './contracts';
import { meanMetric } from './meanMetric';
import { metricErrors } from './metricErrors';
import { labelValues, outputRows } from './values';
import type { Numbers } from './values';

interface F1Parameters {
  readonly mode: 'token' | 'binary' | 'macro';
  readonly threshold: number;
  readonly output: string | undefined;
}

/** F1 in one of its three meanings; higher is better. */
export function f1({ mode, threshold, output }: F1Parameters): Metric {
  const answers = (outputs: ModelOutputs, annotations: readonly Annotation[]): Answer[] =>
    answersOf('F1', outputRows('F1', outputs, output, annotations.length), annotations, threshold);
  if (mode !== 'token') return classF1(mode, answers);
  return meanMetric({
    name: 'F1',
    direction: 'higher-better',
    type: 'f1',
    perSample: (outputs, annotations) => {
      const rows = outputRows('F1', outputs, output, annotations.length);
      // Integer outputs are tokens already, and may be of another length than the label.
      if (!rows.isFloat) return rows.rows.map((row, index) => tokenF1(row, tokensOf(annotations[index])));
      return answers(outputs, annotations).map(({ predicted, label }) => tokenF1(predicted, label.values));
    },
  });
}

function tokensOf(annotation: Annotation): Numbers {
  return labelValues('F1', annotation).values;
}

/** A bag of them. */
type Tokens<Token> = Iterable<Token> & { readonly length: number };

/** F1 of two bags of tokens: 2 · common / (predicted + expected); 0 when nothing is common, 1 when both are empty. */
export function tokenF1<Token>(predicted: Tokens<Token>, expected: Tokens<Token>): number {
  const left = new Map<Token, number>();
  for (const token of expected) {
    left.set(token, (left.get(token) ?? 0) + 1);
  }
  let common = 0;
  for (const token of predicted) {
    const count = left.get(token) ?? 0;
    if (count === 0) continue;
    left.set(token, count - 1);
    common++;
  }
  const total = predicted.length + expected.length;
  return total === 0 ? 1 : (2 * common) / total;
}

interface Counts {
  hits: number;
  predicted: number;
  expected: number;
}

/**
 * F1 of class 1 (binary), or the mean of the F1 of every class that was predicted or expected (macro). It has no value
 * for a single sample: `value` holds the F1 of each update.
 */
function classF1(
  mode: 'binary' | 'macro',
  answers: (outputs: ModelOutputs, annotations: readonly Annotation[]) => Answer[],
): Metric {
  let total = new Map<number, Counts>();
  let perUpdate: number[] = [];
  return {
    attributes: { F1: { direction: 'higher-better', type: 'f1' } },
    update: (outputs, annotations) => {
      const batch = new Map<number, Counts>();
      for (const { predicted, label } of answers(outputs, annotations)) {
        if (mode === 'binary') checkBinary(label.values);
        addCounts(total, predicted, label.values);
        addCounts(batch, predicted, label.values);
      }
      perUpdate.push(scoreOf(batch, mode));
    },
    get value() {
      return { F1: perUpdate };
    },
    get avgValue() {
      return { F1: total.size === 0 ? NaN : scoreOf(total, mode) };
    },
    reset: () => {
      total = new Map();
      perUpdate = [];
    },
  };
}

function checkBinary(labels: Numbers): void {
  for (const label of labels) {
    if (label !== 0 && label !== 1) throw metricErrors.labelKind('F1 in mode binary', '0 or 1', `the class ${label}`);
  }
}

function addCounts(counts: Map<number, Counts>, predicted: Numbers, expected: Numbers): void {
  const of = (label: number): Counts => {
    const found = counts.get(label) ?? { hits: 0, predicted: 0, expected: 0 };
    counts.set(label, found);
    return found;
  };
  for (let index = 0; index < expected.length; index++) {
    const answer = predicted[index] ?? NaN;
    const right = expected[index] ?? NaN;
    of(answer).predicted++;
    of(right).expected++;
    if (answer === right) of(right).hits++;
  }
}

function scoreOf(counts: ReadonlyMap<number, Counts>, mode: 'binary' | 'macro'): number {
  const scoreOfClass = (of: Counts | undefined): number =>
    of === undefined ? 0 : (2 * of.hits) / (of.predicted + of.expected);
  if (mode === 'binary') return scoreOfClass(counts.get(1));
  const scores = [...counts.values()].map(scoreOfClass);
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
