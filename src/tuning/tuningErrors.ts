// Every failure of tuning, made in one place.
import { BenchError } from '../protocol/benchError';

/** An error of tuning. `code` starts with `tuning-`. */
export class TuningError extends BenchError {
  override readonly name = 'TuningError';
}

/** One factory per failure. */
export const tuningErrors = {
  noModel: (config: string): TuningError =>
    new TuningError({
      code: 'tuning-no-model',
      message: `${config} names no model, and none was given on the command line.`,
      place: `${config}: model.path`,
      nextStep: 'Add "path: model.onnx" below "model:" (relative to this file), or give --model MODEL.',
    }),
  noTrial: (id: number, folder: string): TuningError =>
    new TuningError({
      code: 'tuning-no-trial',
      message: `The history in ${folder} has no measured trial ${id}.`,
      place: 'history.jsonl',
      nextStep: 'Choose a trial that was measured, or run the tuning.',
    }),
  notOffered: (id: number, reason: string): TuningError =>
    new TuningError({
      code: 'tuning-trial-not-made',
      message: `The model of trial ${id} was made again, and could not be offered. ${reason}`.trimEnd(),
      place: `trial ${id}`,
      nextStep: 'Choose another trial.',
    }),
  unknownPattern: (place: string, pattern: string, suggestion: string | undefined): TuningError =>
    new TuningError({
      code: 'tuning-unknown-node',
      message: `No node of the model has a name that "${pattern}" matches in full.${suggestion === undefined ? '' : ` Did you mean ${suggestion}?`}`,
      place,
      nextStep: 'Look the names up with `inspect --json`, or use a regular expression such as "/encoder/.*".',
    }),
  unknownOpType: (place: string, opType: string, types: readonly string[]): TuningError =>
    new TuningError({
      code: 'tuning-unknown-op-type',
      message: `The model has no node of the type ${opType}.`,
      place,
      nextStep: `It has ${types.join(', ')}.`,
    }),
  notFinite: (model: string, output: string, id: string, index: number): TuningError =>
    new TuningError({
      code: 'tuning-not-finite',
      message: `${model.charAt(0).toUpperCase()}${model.slice(1)} gives NaN in its output "${output}" for sample ${index} ("${id}").`,
      place: `sample ${index}`,
      nextStep: 'Look at this sample and at its preprocessing; leave it out, or mend the model.',
    }),
  sample: (index: number, id: string, reason: string, nextStep: string | undefined): TuningError =>
    new TuningError({
      code: 'tuning-sample',
      message: `Sample ${index} ("${id}"): ${reason}`,
      place: `sample ${index}`,
      ...(nextStep === undefined ? {} : { nextStep }),
    }),
  unknownPort: (place: string, name: string, names: readonly string[]): TuningError =>
    new TuningError({
      code: 'tuning-unknown-port',
      message: `The model has no input or output "${name}" where ${place} names one.`,
      place,
      nextStep: `It has ${names.join(', ')}; leave the key out to take them all.`,
    }),
  noData: (config: string): TuningError =>
    new TuningError({
      code: 'tuning-no-data',
      message: `${config} names no data to measure accuracy with.`,
      place: `${config}: evaluation.accuracy.dataloader`,
      nextStep:
        'Add evaluation.accuracy with a metric and a dataloader, or quantization.calibration.dataloader (then agreement with the float model is measured).',
    }),
  noSamples: (dataset: string): TuningError =>
    new TuningError({
      code: 'tuning-no-samples',
      message: `The data of ${dataset} gave no sample to evaluate.`,
      place: dataset,
      nextStep: 'Check the data set; with last_batch: discard, the batch size must not exceed the number of samples.',
    }),
  noCalibration: (dataset: string): TuningError =>
    new TuningError({
      code: 'tuning-no-calibration',
      message: `The data of ${dataset} gives no sample to calibrate with.`,
      place: `${dataset}: quantization.calibration.dataloader`,
      nextStep: 'Check the data set; with last_batch: discard, the batch size must not exceed the number of samples.',
    }),
  noFigure: (metric: string, value: number): TuningError =>
    new TuningError({
      code: 'tuning-no-figure',
      message: `The metric ${metric} of the float model is ${value}: no goal can be set from that.`,
      place: 'evaluation.accuracy.metric',
      nextStep: 'Check the data with `evaluate`, or choose another metric.',
    }),
  wrongDirection: (metric: string, higherIsBetter: boolean): TuningError =>
    new TuningError({
      code: 'tuning-direction',
      message: `Of ${metric}, ${higherIsBetter ? 'more' : 'less'} is better, but accuracy_criterion.higher_is_better says otherwise.`,
      place: 'tuning.accuracy_criterion.higher_is_better',
      nextStep: 'Leave higher_is_better out: the metric knows its direction.',
    }),
  relativeToZero: (metric: string): TuningError =>
    new TuningError({
      code: 'tuning-relative-to-zero',
      message: `The ${metric} of the float model is 0: a part of that is no tolerance.`,
      place: 'tuning.accuracy_criterion.relative',
      nextStep: 'Use "absolute" with the largest acceptable value.',
    }),
  mixedDirections: (metrics: readonly string[]): TuningError =>
    new TuningError({
      code: 'tuning-mixed-metrics',
      message: `The metrics ${metrics.join(' and ')} cannot be weighed against each other: in some more is better, in others less.`,
      place: 'evaluation.accuracy.multi_metrics.weight',
      nextStep: 'Leave the weights out: then each metric has to meet the goal by itself.',
    }),
  endless: (dataset: string): TuningError =>
    new TuningError({
      code: 'tuning-endless-data',
      message: `The data of ${dataset} never ends, so an accuracy over all of it has no value.`,
      place: dataset,
      nextStep: 'Set evaluation.accuracy.iteration to the number of batches to use.',
    }),
  nothingToTune: (model: string, reason: string): TuningError =>
    new TuningError({
      code: 'tuning-nothing',
      message: `Nothing in ${model} can be quantized as the config asks: ${reason}.`,
      place: model,
      nextStep: 'Look at the model with `inspect`, and at model_wise, optype_wise and op_wise in the config.',
    }),
  otherRun: (folder: string, what: string): TuningError =>
    new TuningError({
      code: 'tuning-other-run',
      message: `The run in ${folder} was made with another ${what}; its history does not fit.`,
      place: folder,
      nextStep: 'Start a new run without --resume.',
    }),
  brokenHistory: (path: string, problem: string): TuningError =>
    new TuningError({
      code: 'tuning-history',
      message: `The history ${path} cannot be used: ${problem}.`,
      place: path,
      nextStep: 'Start a new run without --resume.',
    }),
  unverified: (reason: string): TuningError =>
    new TuningError({
      code: 'tuning-unverified',
      message: `The model did not pass the check in a fresh process: ${reason}`,
    }),
};
