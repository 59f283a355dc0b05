// Metric `GLUE`: the figure that is usual for each task (SYSTEMS §5.3).
import type { Annotation } from '../../data/contracts';
import type { ParametersOf } from '../../dictionary/entry';
import type { metricEntries } from '../../dictionary/metrics';
import type { Metric, MetricAttribute, ModelOutputs } from '../contracts';
import { metricErrors } from '../metricErrors';
import { argMax, classLabel, labelValues, outputRows } from '../values';
import { binaryF1, matthewsCorrelation, pearsonCorrelation, spearmanCorrelation } from './correlations';

interface Answers {
  readonly predicted: readonly number[];
  readonly labels: readonly number[];
}

type Figures = (answers: Answers) => Readonly<Record<string, number>>;

/**
 * Accuracy, in tasks of two sentences that say the same or not with F1 beside it; Matthews correlation for cola; the mean
 * of Pearson and Spearman correlation, with both beside it, for sts-b. Only accuracy has values of single samples.
 */
export function glue({ task, output }: ParametersOf<typeof metricEntries, 'GLUE'>): Metric {
  switch (task) {
    case 'cola':
      return new GlueMetric('correlation', output, classesOf, matthews);
    case 'sts-b':
      return new GlueMetric('correlation', output, numbersOf, correlations);
    case 'mrpc':
    case 'qqp':
      return new GlueMetric('accuracy', output, classesOf, (answers) => ({
        ...accuracy(answers),
        f1: binaryF1(answers),
      }));
    default:
      return new GlueMetric('accuracy', output, classesOf, accuracy);
  }
}

class GlueMetric implements Metric {
  readonly attributes: Readonly<Record<string, MetricAttribute>>;
  private predicted: number[] = [];
  private labels: number[] = [];

  constructor(
    private readonly type: 'accuracy' | 'correlation',
    private readonly output: string | undefined,
    private readonly read: typeof classesOf,
    private readonly figures: Figures,
  ) {
    this.attributes = { GLUE: { direction: 'higher-better', type } };
  }

  update(outputs: ModelOutputs, annotations: readonly Annotation[]): void {
    const { predicted, labels } = this.read(outputs, this.output, annotations);
    for (const value of predicted) this.predicted.push(value);
    for (const value of labels) this.labels.push(value);
  }

  get value(): Metric['value'] {
    if (this.type !== 'accuracy') return { GLUE: [] };
    return { GLUE: this.predicted.map((answer, index) => (answer === this.labels[index] ? 1 : 0)) };
  }

  get avgValue(): Metric['avgValue'] {
    return this.figures({ predicted: this.predicted, labels: this.labels });
  }

  reset(): void {
    this.predicted = [];
    this.labels = [];
  }
}

function classesOf(outputs: ModelOutputs, output: string | undefined, annotations: readonly Annotation[]): Answers {
  const { rows, name } = outputRows('GLUE', outputs, output, annotations.length);
  const labels = rows.map((row, index) => {
    if (row.length > 1) return classLabel('GLUE', annotations[index], row.length);
    const nextStep = 'Name the output with the score of each class ("output: <name>"), or set the task to sts-b.';
    throw metricErrors.outputKind('GLUE', name, 'it has one number for a sample, so there is no arg-max', nextStep);
  });
  return { predicted: rows.map((row) => argMax(row, 0, row.length)), labels };
}

function numbersOf(outputs: ModelOutputs, output: string | undefined, annotations: readonly Annotation[]): Answers {
  const { rows, name } = outputRows('GLUE', outputs, output, annotations.length);
  const predicted = rows.map((row) => {
    const [number] = row;
    if (number !== undefined && row.length === 1) return number;
    const nextStep = 'Name the output with the number ("output: <name>"), or set the task to the one of this model.';
    throw metricErrors.outputKind('GLUE', name, `it has ${row.length} numbers for a sample, sts-b needs one`, nextStep);
  });
  const labels = annotations.map((annotation) => {
    const { values } = labelValues('GLUE', annotation);
    const [label] = values;
    if (label !== undefined && values.length === 1) return label;
    throw metricErrors.labelKind('GLUE', 'one number', `${values.length} numbers`);
  });
  return { predicted, labels };
}

function accuracy({ predicted, labels }: Answers): { GLUE: number } {
  return { GLUE: predicted.filter((answer, index) => answer === labels[index]).length / labels.length };
}

function matthews(answers: Answers): { GLUE: number } {
  return { GLUE: matthewsCorrelation(answers) };
}

function correlations({ predicted, labels }: Answers): Readonly<Record<string, number>> {
  const pearson = pearsonCorrelation(predicted, labels);
  const spearman = spearmanCorrelation(predicted, labels);
  return { GLUE: (pearson + spearman) / 2, pearson, spearman };
}
