// Every failure of measuring, made in one place.
import { BenchError } from '../protocol/benchError';

/** An error of a metric or of evaluating a model. `code` starts with `metric-`. */
export class MetricError extends BenchError {
  override readonly name = 'MetricError';
}

/** One factory per failure. */
export const metricErrors = {
  none: (dataset: string, names: readonly string[]): MetricError =>
    new MetricError({
      code: 'metric-none',
      message: `${dataset} names no metric, so there is nothing to evaluate.`,
      place: dataset,
      nextStep: `Add a line such as "metric: {topk: 1}"; there are ${names.join(', ')}.`,
    }),
  labelMissing: (metric: string): MetricError =>
    new MetricError({
      code: 'metric-label-missing',
      message: `${metric} compares with labels, but the data set has none.`,
      place: 'metric',
      nextStep: 'Use a data set with labels, or "metric: {agreement: {}}", which needs none.',
    }),
  labelKind: (metric: string, expected: string, given: string): MetricError =>
    new MetricError({
      code: 'metric-label-kind',
      message: `${metric} needs ${expected} as label; the data set gives ${given}.`,
      place: 'metric',
      nextStep: 'Choose another metric, or a data set with such labels.',
    }),
  labelOutsideClasses: (metric: string, label: number, classes: number): MetricError =>
    new MetricError({
      code: 'metric-label-range',
      message: `${metric}: the label ${label} is not among the ${classes} classes of the model's output (0 to ${classes - 1}).`,
      place: 'metric',
      nextStep:
        label === classes
          ? 'The labels seem to count from 1: shift them with the transform LabelShift: 1.'
          : 'Check that the labels belong to this model, and that metric names the output with the scores.',
    }),
  labelSize: (metric: string, output: number, label: number): MetricError =>
    new MetricError({
      code: 'metric-label-size',
      message: `${metric} compares element by element, but an output has ${output} elements and its label ${label}.`,
      place: 'metric',
      nextStep: 'Name the output that the labels describe: "output: <name>".',
    }),
  categories: (metric: string, path: string, problem: string): MetricError =>
    new MetricError({
      code: 'metric-categories',
      message: `${metric} cannot take its classes from ${path}: ${problem}.`,
      place: path,
      nextStep: 'Name a YAML file with lines "class name: id", or an annotation file of COCO.',
    }),
  classUnknown: (metric: string, name: string): MetricError =>
    new MetricError({
      code: 'metric-class-unknown',
      message: `${metric}: the label names the class "${name.slice(0, 64)}", which has no id.`,
      place: 'metric',
      nextStep: 'Name a file of "class name: id" with anno_path.',
    }),
  overlaps: (metric: string, given: string): MetricError =>
    new MetricError({
      code: 'metric-overlaps',
      message: `${metric} cannot use the overlaps "${given.slice(0, 64)}".`,
      place: 'metric.iou_thrs',
      nextStep: 'Give a number from 0 to 1, a list of them, or first:step:last such as 0.5:0.05:0.95.',
    }),
  priors: (path: string, problem: string): MetricError =>
    new MetricError({
      code: 'metric-priors',
      message: `DecodeSsd cannot take its priors${path === '' ? '' : ` from ${path}`}: ${problem}.`,
      place: path === '' ? 'postprocess.transform.DecodeSsd.priors' : path,
      nextStep: 'Name an .npy file of [boxes, 4]: centre x, centre y, width and height as fractions.',
    }),
  collected: (name: string): MetricError =>
    new MetricError({
      code: 'metric-collected',
      message: `Collect cannot put batches together: the output "${name}" has another shape in each.`,
      place: 'postprocess.transform.Collect',
      nextStep: 'Take Collect out; the metrics here do not need it.',
    }),
  answerLabel: (): MetricError =>
    new MetricError({
      code: 'metric-answer-label',
      message:
        'SquadV1 makes text of the places of tokens in a passage, which the labels of this data set do not tell.',
      place: 'postprocess.transform.SquadV1',
      nextStep:
        'Read the data with "dataset: {SQuAD: {path: …}}", or let your loader give {question, context, answers, spans}.',
    }),
  answerOutputs: (names: readonly string[]): MetricError =>
    new MetricError({
      code: 'metric-answer-outputs',
      message: `SquadV1 needs two outputs, the scores of where an answer begins and ends; the model has ${names.join(', ')}.`,
      place: 'postprocess.transform.SquadV1',
      nextStep: 'Take a model that gives both, each as batch × tokens.',
    }),
  answerTokens: (scores: number, tokens: number): MetricError =>
    new MetricError({
      code: 'metric-answer-tokens',
      message: `SquadV1 is given ${scores} scores for a sample of ${tokens} tokens.`,
      place: 'postprocess.transform.SquadV1',
      nextStep:
        'Name the outputs with a score for each token (start_output, end_output), or set max_seq_length of the data set to what the model takes.',
    }),
  moduleKind: (path: string, problem: string, nextStep: string): MetricError =>
    new MetricError({
      code: 'metric-module-kind',
      message: `The metric of the module ${path} cannot be used: ${problem}.`,
      place: path,
      nextStep,
    }),
  outputMissing: (metric: string, name: string | undefined, names: readonly string[]): MetricError =>
    new MetricError({
      code: 'metric-output-missing',
      message: `${metric} looks at the output "${name ?? ''}", but the model has ${names.join(', ')}.`,
      place: 'metric',
      nextStep: 'Name one of these outputs: "output: <name>".',
    }),
  outputKind: (metric: string, output: string, problem: string, nextStep: string): MetricError =>
    new MetricError({
      code: 'metric-output-kind',
      message: `${metric} cannot use the output "${output}": ${problem}.`,
      place: 'metric',
      nextStep,
    }),
  /** As `outputKind`, of a step of postprocessing before the metric. */
  stepOutputKind: (step: string, output: string, problem: string, nextStep: string): MetricError =>
    new MetricError({
      code: 'metric-output-kind',
      message: `${step} cannot use the output "${output}": ${problem}.`,
      place: `postprocess.transform.${step}`,
      nextStep,
    }),
  tokensAsScores: (metric: string, output: string, label: number): MetricError =>
    new MetricError({
      code: 'metric-output-kind',
      message: `${metric} takes the floating point output "${output}" for scores, each for 0 or 1 by the threshold, but a label is ${label}.`,
      place: 'metric',
      nextStep:
        'Where its numbers are classes or tokens, let the model give them as integers (int64); or name another output: "output: <name>".',
    }),
  referenceMissing: (metric: string): MetricError =>
    new MetricError({
      code: 'metric-reference-missing',
      message: `${metric} compares with the outputs of the float model, which was not given.`,
      place: 'metric',
      nextStep: 'Name the float model with --reference MODEL.',
    }),
  endless: (dataset: string): MetricError =>
    new MetricError({
      code: 'metric-endless',
      message: `The data of ${dataset} never ends, so a metric over all of it has no value.`,
      place: dataset,
      nextStep: 'Say how many samples to use with --samples N.',
    }),
  noSamples: (dataset: string): MetricError =>
    new MetricError({
      code: 'metric-no-samples',
      message: `The data of ${dataset} gave no sample to evaluate.`,
      place: dataset,
      nextStep: 'Check the data set; with last_batch: discard, the batch size must not exceed the number of samples.',
    }),
};
