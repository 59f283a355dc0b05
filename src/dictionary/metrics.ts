// The metrics a DATASET.yaml can name, with their parameters (SYSTEMS §5.3); data only.
import { detectionMetricEntries } from './detectionMetrics';
import type { ChosenEntry, DictionaryEntry } from './entry';
import { languageMetricEntries } from './languageMetrics';

const output = {
  name: 'output',
  type: { kind: 'string' },
  help: 'Name of the model output to look at; without it the first.',
} as const;

const threshold = {
  name: 'threshold',
  type: { kind: 'number' },
  default: 0.5,
  help: 'A single score above this counts as 1: 0.5 for probabilities, 0 for logits.',
} as const;

const compareLabel = {
  name: 'compare_label',
  type: { kind: 'boolean' },
  default: true,
  help: 'Compare with the labels; false compares with the outputs of the float model.',
} as const;

/** Every metric, in the order help shows them. */
export const metricEntries = [
  {
    name: 'topk',
    help: 'Share of samples whose label is among the k highest scores; of equal scores the lower class index wins.',
    parameters: [
      { name: 'k', type: { kind: 'integer', minimum: 1 }, default: 1, help: 'How many of the highest scores count.' },
      output,
    ],
  },
  {
    name: 'Accuracy',
    help: 'Share of right answers: arg-max over axis 1 for several classes, a threshold for a single score or multi-label scores, equality for integer outputs.',
    parameters: [threshold, output],
  },
  {
    name: 'F1',
    help: 'F1 score: overlap of tokens with the label, of a binary class, or the mean over all classes.',
    parameters: [
      {
        name: 'mode',
        type: { kind: 'string', choices: ['token', 'binary', 'macro'] },
        default: 'token',
        help: 'token: bag-of-tokens overlap for each sample, averaged; binary: class 1 against the rest; macro: mean over classes.',
      },
      threshold,
      output,
    ],
  },
  { name: 'MSE', help: 'Mean squared error over all elements.', parameters: [compareLabel, output] },
  { name: 'MAE', help: 'Mean absolute error over all elements.', parameters: [compareLabel, output] },
  { name: 'RMSE', help: 'Root of the mean squared error over all elements.', parameters: [compareLabel, output] },
  {
    name: 'Loss',
    help: 'Mean of an output that is itself a loss: its sum divided by the number of samples.',
    parameters: [output],
  },
  ...detectionMetricEntries,
  ...languageMetricEntries,
  {
    name: 'mIOU',
    help: 'Intersection over union of each class of a segmentation, averaged over the classes that occur.',
    parameters: [
      {
        name: 'num_classes',
        type: { kind: 'integer', minimum: 1, maximum: 65536 },
        default: 21,
        help: 'How many classes there are; labels beyond them (255: void) do not count.',
      },
      output,
    ],
  },
  {
    name: 'agreement',
    help: 'Share of answers (arg-max over the last axis) that equal those of the float model; needs no labels.',
    parameters: [
      output,
      {
        name: 'confidence',
        type: { kind: 'number', minimum: 0, maximum: 1 },
        default: 0,
        help: 'Answers that the float model gives with less confidence are left out.',
      },
    ],
  },
  {
    name: 'custom',
    help: 'A module of your own, in TypeScript or JavaScript: its export Metric, or else the default one, is a class with update(outputs, annotations) and result().',
    parameters: [
      { name: 'path', type: { kind: 'path' }, required: true, help: 'The module; all other keys are passed to it.' },
      {
        name: 'higher_is_better',
        type: { kind: 'boolean' },
        default: true,
        help: 'Whether a greater result is a better one.',
      },
    ],
    openParameters: true,
  },
] as const satisfies readonly DictionaryEntry[];

export type MetricName = (typeof metricEntries)[number]['name'];

/** Metrics that are a share of something, 0 to 1: people read them as percent. */
const ratioMetrics: ReadonlySet<string> = new Set<MetricName>([
  ...(['topk', 'Accuracy', 'F1', 'mIOU', 'agreement', 'GLUE', 'WER', 'ROC'] as const),
  ...detectionMetricEntries.map(({ name }) => name),
]);

export function isRatioMetric(name: string): boolean {
  return ratioMetrics.has(name);
}

/** Metrics that measure an error: less is better. */
const errorMetrics: ReadonlySet<string> = new Set<MetricName>(['MSE', 'MAE', 'RMSE', 'Loss', 'WER']);

/** Whether a greater figure is a better one; a metric of the user's own says so itself. */
export function isHigherBetter({ name, parameters }: ChosenEntry): boolean {
  return name === 'custom' ? parameters['higher_is_better'] !== false : !errorMetrics.has(name);
}
