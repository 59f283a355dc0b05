// Metrics of classifiers: topk, Accuracy, agreement (SYSTEMS §5.3).
import type { Annotation } from '../data/contracts';
import { elementCount } from '../onnx/tensor';
import type { Metric } from './contracts';
import { meanMetric } from './meanMetric';
import { metricErrors } from './metricErrors';
import { argMax, classLabel, labelValues, outputRows } from './values';
import type { LabelValues, Numbers, OutputRows } from './values';

/**
 * Share of samples whose label is among the k highest of C scores (the row of a sample, flattened). Of equal scores the
 * lower class index counts as higher, for every k, as arg-max has it; a NaN score is never among the highest. The
 * original leaves ties for k > 1 to the sorting algorithm.
 */
export function topk({ k, output }: { k: number; output: string | undefined }): Metric {
  return meanMetric({
    name: 'topk',
    direction: 'higher-better',
    type: 'accuracy',
    perSample: (outputs, annotations) => {
      const { rows } = outputRows('topk', outputs, output, annotations.length);
      return rows.map((row, index) => (rankOf(row, classLabel('topk', annotations[index], row.length)) < k ? 1 : 0));
    },
  });
}

/** How many classes come before `label` when classes are ordered by score; infinite for a NaN score. */
function rankOf(scores: Numbers, label: number): number {
  const own = scores[label] ?? NaN;
  if (Number.isNaN(own)) return Infinity;
  let rank = 0;
  for (let index = 0; index < scores.length; index++) {
    const score = scores[index] ?? NaN;
    if (score > own || (score === own && index < label)) rank++;
  }
  return rank;
}

/**
 * Share of right answers, by the shapes of a sample's output row and label:
 * - output [C, …], label […]: arg-max over the classes, at each position; also [T, C] with a label [T];
 * - equal sizes (multi-label, or a single score): element by element, floating point scores above `threshold` are 1
 *   (the label has to be 0 or 1);
 * - integer and boolean outputs are answers: equality, no threshold.
 * The original compared single scores with labels without a threshold, and divided by samples where it counted elements.
 */
export function accuracy({ threshold, output }: { threshold: number; output: string | undefined }): Metric {
  return meanMetric({
    name: 'Accuracy',
    direction: 'higher-better',
    type: 'accuracy',
    perSample: (outputs, annotations) => {
      const rows = outputRows('Accuracy', outputs, output, annotations.length);
      return answersOf('Accuracy', rows, annotations, threshold).map(({ predicted, label }) =>
        shareOfEqual(predicted, label.values),
      );
    },
  });
}

/** A sample's answer and its label, of equal length. */
export interface Answer {
  readonly predicted: Numbers;
  readonly label: LabelValues;
}

/** Answers of the model in the form of the labels; the rules are those of `accuracy`. */
export function answersOf(
  metric: string,
  output: OutputRows,
  annotations: readonly Annotation[],
  threshold: number,
): Answer[] {
  return output.rows.map((row, index) => {
    const label = labelValues(metric, annotations[index]);
    const size = label.values.length;
    if (row.length === size && output.isFloat) {
      checkTwoClasses(metric, output.name, label);
      return { predicted: thresholded(row, threshold), label };
    }
    if (row.length === size) return { predicted: row, label };
    const predicted = output.isFloat ? classesOf(metric, row, output.rowDims, label) : undefined;
    if (predicted === undefined) throw metricErrors.labelSize(metric, row.length, size);
    return { predicted, label };
  });
}

function classesOf(
  metric: string,
  row: Numbers,
  rowDims: readonly number[],
  label: LabelValues,
): readonly number[] | undefined {
  const answers = argMaxAnswers(row, rowDims, label.values.length);
  if (answers === undefined) return undefined;
  checkClasses(metric, label, answers.classes);
  return answers.predicted;
}

/**
 * Arg-max over the first axis of a row, or over the last where only that leaves `size` answers; undefined where neither
 * does.
 */
export function argMaxAnswers(
  row: Numbers,
  rowDims: readonly number[],
  size: number,
): { readonly classes: number; readonly predicted: readonly number[] } | undefined {
  const first = rowDims[0] ?? 0;
  const last = rowDims.at(-1) ?? 0;
  if (first > 1 && elementCount(rowDims.slice(1)) === size) {
    return { classes: first, predicted: Array.from({ length: size }, (_, at) => argMax(row, at, first, size)) };
  }
  if (last > 1 && elementCount(rowDims.slice(0, -1)) === size) {
    return { classes: last, predicted: Array.from({ length: size }, (_, at) => argMax(row, at * last, last)) };
  }
  return undefined;
}

function checkClasses(metric: string, label: LabelValues, classes: number): void {
  for (const value of label.values) {
    if (!Number.isInteger(value) || value < 0 || value >= classes) {
      throw metricErrors.labelOutsideClasses(metric, value, classes);
    }
  }
}

/** What a threshold makes of scores is 0 or 1: other labels would never be met. */
function checkTwoClasses(metric: string, output: string, { values }: LabelValues): void {
  const other = values.find((value) => value !== 0 && value !== 1);
  if (other !== undefined) throw metricErrors.tokensAsScores(metric, output, other);
}

function thresholded(scores: Numbers, threshold: number): number[] {
  return Array.from(scores, (score: number) => (score > threshold ? 1 : 0));
}

function shareOfEqual(a: Numbers, b: Numbers): number {
  let equal = 0;
  for (let index = 0; index < a.length; index++) if (a[index] === b[index]) equal++;
  return equal / a.length;
}

/**
 * Share of answers that equal those of the float model: arg-max over the last axis, at each position; integer outputs
 * are compared as they are. A row of NaN agrees with nothing. Samples that the float model answers with less `confidence`
 * (softmax of its largest score, or that score where all are probabilities already; the mean over positions) are left out.
 */
export function agreement({ output, confidence }: { output: string | undefined; confidence: number }): Metric {
  return meanMetric({
    name: 'agreement',
    direction: 'higher-better',
    type: 'accuracy',
    needsReference: true,
    perSample: (outputs, annotations, reference) => {
      if (reference === undefined) throw metricErrors.referenceMissing('agreement');
      const ours = outputRows('agreement', outputs, output, annotations.length);
      const theirs = outputRows('agreement', reference, output ?? ours.name, annotations.length);
      const classes = ours.isFloat ? (ours.rowDims.at(-1) ?? 1) : 1;
      if (ours.isFloat && classes < 2) {
        const nextStep = 'Use "metric: {MAE: {compare_label: false}}" to compare single scores with the float model.';
        throw metricErrors.outputKind('agreement', ours.name, 'it has one score, so there is no arg-max', nextStep);
      }
      return ours.rows.flatMap((row, index) => {
        const expected = theirs.rows[index] ?? [];
        if (confidence > 0 && classes > 1 && confidenceOf(expected, classes) < confidence) return [];
        return shareOfAgreement(row, expected, classes);
      });
    },
  });
}

/** Mean over the positions of the largest probability. */
function confidenceOf(scores: Numbers, classes: number): number {
  let sum = 0;
  for (let start = 0; start < scores.length; start += classes) sum += largestProbability(scores, start, classes);
  return sum / (scores.length / classes);
}

function largestProbability(scores: Numbers, start: number, classes: number): number {
  const own = Array.from({ length: classes }, (_, index) => scores[start + index] ?? NaN);
  const largest = Math.max(...own);
  const total = own.reduce((sum, score) => sum + score, 0);
  if (own.every((score) => score >= 0) && Math.abs(total - 1) < 1e-3) return largest;
  return 1 / own.reduce((sum, score) => sum + Math.exp(score - largest), 0);
}

function shareOfAgreement(ours: Numbers, theirs: Numbers, classes: number): number {
  if (ours.length !== theirs.length) throw metricErrors.labelSize('agreement', ours.length, theirs.length);
  let agreeing = 0;
  for (let start = 0; start < ours.length; start += classes) {
    if (classes === 1) {
      if (ours[start] === theirs[start]) agreeing++;
      continue;
    }
    const answer = argMax(ours, start, classes);
    if (answer >= 0 && answer === argMax(theirs, start, classes)) agreeing++;
  }
  return agreeing / (ours.length / classes);
}
