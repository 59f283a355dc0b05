// Every failure of the pipeline's library, made in one place.
import { BenchError } from '../../protocol/benchError';

/** An error of a script's loader, metric or parameters. `code` starts with `pipeline-`. */
export class PipelineError extends BenchError {
  override readonly name = 'PipelineError';
}

const itemForms = '[data, annotation] or [[id, annotation], data, metadata]';
const dataForms = 'data a tensor {type, dims, data} or tensors by input name';

export const pipelineErrors = {
  emptyLoader: (): PipelineError =>
    new PipelineError({
      code: 'pipeline-empty-loader',
      message: 'The data loader is empty: its length is 0.',
      nextStep: 'Look at where it reads its data; at least one sample is needed.',
    }),
  length: (came: unknown): PipelineError =>
    new PipelineError({
      code: 'pipeline-loader-length',
      message: `The length of the data loader is ${String(came)}; a whole number was expected.`,
      nextStep: 'Give the loader a length: how many indexes its get answers.',
    }),
  noGet: (): PipelineError =>
    new PipelineError({
      code: 'pipeline-loader-get',
      message: 'The data loader has no function get.',
      nextStep: 'Give it one that answers an index with a sample.',
    }),
  loaderThrew: (index: number, cause: unknown): PipelineError =>
    new PipelineError(
      {
        code: 'pipeline-loader-failed',
        message: `The data loader failed at sample ${index}: ${cause instanceof Error ? cause.message : String(cause)}`,
        nextStep: 'Call its get with this index to see where.',
      },
      { cause },
    ),
  itemForm: (index: number, came: string): PipelineError =>
    new PipelineError({
      code: 'pipeline-item-form',
      message: `The data loader gave ${came} for sample ${index}; ${itemForms} was expected, ${dataForms}.`,
      nextStep: 'Return one of the two forms from get.',
    }),
  mixedForms: (first: number, other: number): PipelineError =>
    new PipelineError({
      code: 'pipeline-mixed-items',
      message: `The data loader gave samples ${first} and ${other} in different forms; all of a batch have one form.`,
      nextStep: `Return ${itemForms} for every index.`,
    }),
  batchForm: (came: string): PipelineError =>
    new PipelineError({
      code: 'pipeline-batch-form',
      message: `The sampler gave ${came}; a list of samples was expected.`,
      nextStep: 'Use a BatchSampler: an IndexSampler is for engines that load by themselves.',
    }),
  batchSize: (came: unknown): PipelineError =>
    new PipelineError({
      code: 'pipeline-batch-size',
      message: `The batch size is ${shown(came)}; a whole number of at least 1 was expected.`,
      nextStep: 'Leave batchSize out for 1.',
    }),
  subset: (came: unknown, length: number): PipelineError =>
    new PipelineError({
      code: 'pipeline-subset',
      message: `The subset names sample ${shown(came)}; the data loader has samples 0 to ${length - 1}.`,
      nextStep: 'Take indexes below its length.',
    }),
  noLoader: (): PipelineError =>
    new PipelineError({
      code: 'pipeline-no-loader',
      message: 'The engine has no data loader.',
      nextStep: 'Give it one when you make it.',
    }),
  noModelSet: (): PipelineError =>
    new PipelineError({
      code: 'pipeline-no-model-set',
      message: 'The engine has no model yet.',
      nextStep: 'Call setModel before predict.',
    }),
  noModel: (name: string): PipelineError =>
    new PipelineError({
      code: 'pipeline-no-model',
      message: `The model "${name}" has neither a file nor a cascade.`,
      nextStep: 'Give model: the path of an .onnx file, or cascade: a list of {name, model}.',
    }),
  fileName: (name: string): PipelineError =>
    new PipelineError({
      code: 'pipeline-file-name',
      message: `${JSON.stringify(name)} is no name for a file of a model.`,
      nextStep: 'Give saveModel a modelName without slashes, and the folder by itself.',
    }),
  notAFile: (name: string, part: string | undefined, path: string): PipelineError =>
    new PipelineError({
      code: 'pipeline-not-a-file',
      message: `${path}${part === undefined ? '' : `, of the part "${part}"`} of the model "${name}", is no file.`,
      nextStep: 'Name the .onnx file in it.',
    }),
  partName: (name: string, index: number): PipelineError =>
    new PipelineError({
      code: 'pipeline-part-name',
      message: `Part ${index} of the cascade "${name}" has no name.`,
      nextStep: 'Give each part of a cascade a name of its own: its nodes and its file are called by it.',
    }),
  noModelName: (came: unknown): PipelineError =>
    new PipelineError({
      code: 'pipeline-no-model-name',
      message: `The name of the model is ${shown(came)}; a text was expected.`,
      nextStep: 'Give modelName: files are called after it.',
    }),
  missingPart: (name: string, part: string | undefined, path: string): PipelineError =>
    new PipelineError({
      code: 'pipeline-missing-part',
      message: `The file ${path}${part === undefined ? '' : ` of the part "${part}"`} of the model "${name}" does not exist.`,
      nextStep: 'Mend its path.',
    }),
  doubledPart: (name: string, part: string): PipelineError =>
    new PipelineError({
      code: 'pipeline-doubled-part',
      message: `Two parts of the model "${name}" are called "${part}".`,
      nextStep: 'Give each part of a cascade a name of its own.',
    }),
  metricThrew: (index: number, cause: unknown): PipelineError =>
    new PipelineError(
      {
        code: 'pipeline-metric-failed',
        message: `The metric failed at the batch that begins with sample ${index}: ${cause instanceof Error ? cause.message : String(cause)}`,
        nextStep: 'Call its update with the outputs and annotations of that sample to see where.',
      },
      { cause },
    ),
  noPerSampleValues: (metric: string, came: number, expected: number): PipelineError =>
    new PipelineError({
      code: 'pipeline-no-sample-values',
      message: `The value of the metric "${metric}" holds ${came} results after an update with ${expected} samples; one for each was expected.`,
      nextStep: 'Let value give the results for the samples of the last update.',
    }),
  loaderLate: (index: number, limitMs: number): PipelineError =>
    new PipelineError({
      code: 'pipeline-loader-late',
      message: `The data loader has not given sample ${index} after ${limitMs / 1000} seconds.`,
      nextStep:
        'Look for a promise in its get that is never resolved; a longer sampleTimeoutMs of a sampler, or --stall-limit of run, gives it more time.',
    }),
  sampleCount: (came: unknown): PipelineError =>
    new PipelineError({
      code: 'pipeline-sample-count',
      message: `The number of samples is ${shown(came)}; a whole number of at least 1, a list of indexes, or null for all was expected.`,
      nextStep: 'Name how many samples are to be taken.',
    }),
  sampleInputs: (index: number, cause: BenchError): PipelineError =>
    new PipelineError(
      {
        code: 'pipeline-sample-inputs',
        message: `Sample ${index} of the data loader does not fit the model. ${cause.message}`,
        ...(cause.place === undefined ? {} : { place: cause.place }),
        nextStep:
          cause.code === 'engine-input-shape'
            ? 'Let get give tensors without a batch axis: it is put before the first one.'
            : 'Let get give a tensor for each input of the model, of its type.',
      },
      { cause },
    ),
  engineStalled: (model: string, limitMs: number, cause: unknown): PipelineError =>
    new PipelineError(
      {
        code: 'pipeline-engine-stalled',
        message: `The engine was stopped: it has not answered for ${limitMs / 1000} seconds while it had ${model} open.`,
        nextStep: 'If this model is that slow, raise stallLimitMs of the engine; otherwise it may never end.',
      },
      { cause },
    ),
  engineGone: (model: string, cause: unknown): PipelineError =>
    new PipelineError(
      {
        code: 'pipeline-engine-gone',
        message: `The process of the engine ended while it had ${model} open.`,
        nextStep: `Look whether the model runs by itself: compressor-bench benchmark ${model}.`,
      },
      { cause },
    ),
  unknownNode: (name: string, near: string | undefined): PipelineError =>
    new PipelineError({
      code: 'pipeline-unknown-node',
      message: `The model has neither a node nor a tensor "${name}".`,
      nextStep: near === undefined ? 'Name a node of the model.' : `Did you mean "${near}"?`,
    }),
  unknownPart: (name: string, parts: readonly string[]): PipelineError =>
    new PipelineError({
      code: 'pipeline-unknown-part',
      message: `"${name}" belongs to no part of the model; ${parts.length === 0 ? 'it is a single one, without parts' : `its parts are ${parts.join(', ')}`}.`,
      nextStep:
        parts.length === 0
          ? 'Leave out the name of the part.'
          : 'Begin names of nodes of a cascade with the name of the part and "_".',
    }),
  unknownAlgorithm: (name: unknown, known: readonly string[], near: string | undefined): PipelineError =>
    new PipelineError({
      code: 'pipeline-unknown-algorithm',
      message: `There is no algorithm ${typeof name === 'string' ? `"${name}"` : String(name)}; there are ${known.join(' and ')}.`,
      nextStep: near === undefined ? 'Name one of them.' : `Did you mean "${near}"?`,
    }),
  unknownParameter: (place: string, key: string, known: readonly string[], near: string | undefined): PipelineError =>
    new PipelineError({
      code: 'pipeline-unknown-parameter',
      message: `${place} has no parameter "${key}"; it has ${known.join(', ')}.`,
      place: `${place}.${key}`,
      nextStep: near === undefined ? 'Leave it out.' : `Did you mean "${near}"?`,
    }),
  doubledParameter: (place: string, key: string): PipelineError =>
    new PipelineError({
      code: 'pipeline-doubled-parameter',
      message: `${place} has the parameter "${key}" twice, in two spellings.`,
      place: `${place}.${key}`,
      nextStep: 'Leave one of them out.',
    }),
  parameterObject: (place: string, came: string, known: readonly string[]): PipelineError =>
    new PipelineError({
      code: 'pipeline-parameter',
      message: `The parameters of ${place} are ${came}; an object was expected, with any of ${known.join(', ')}.`,
      place,
      nextStep: `Name them: {${known[0] ?? ''}: …}.`,
    }),
  argument: (what: string, came: string, expected: string, nextStep: string): PipelineError =>
    new PipelineError({
      code: 'pipeline-argument',
      message: `${what} is ${came}; ${expected} was expected.`,
      nextStep,
    }),
  parameter: (place: string, came: unknown, expected: string): PipelineError =>
    new PipelineError({
      code: 'pipeline-parameter',
      message: `${place} is ${shown(came)}; ${expected} was expected.`,
      place,
      nextStep: 'Change it, or leave it out for its default.',
    }),
  noEffect: (place: string, came: unknown, reason: string): PipelineError =>
    new PipelineError({
      code: 'pipeline-no-effect',
      message: `${place}: ${JSON.stringify(came)} is not possible here: ${reason}.`,
      place,
      nextStep: 'Leave it out.',
    }),
  nothingLeft: (model: string): PipelineError =>
    new PipelineError({
      code: 'pipeline-nothing-to-quantize',
      message: `Nothing of the model "${model}" is quantized: it has no node with an 8-bit form that the parameters leave free.`,
      nextStep: 'Look at "ignored" and "model_type".',
    }),
  noMetric: (wanted: readonly string[], known: readonly string[]): PipelineError =>
    new PipelineError({
      code: 'pipeline-no-metric',
      message: `The engine does not have the metrics ${wanted.join(', ')}: it has ${known.join(', ')}.`,
      nextStep: 'Give AccuracyAwareQuantization the names and types that the metric has in its attributes.',
    }),
  noAnnotations: (): PipelineError =>
    new PipelineError({
      code: 'pipeline-no-annotations',
      message: 'AccuracyAwareQuantization measures accuracy, and the data loader gives samples without annotations.',
      nextStep: 'Give every sample an annotation, or set annotation_free.',
    }),
  scriptKind: (path: string, extensions: readonly string[]): PipelineError =>
    new PipelineError({
      code: 'pipeline-script-kind',
      message: `${path} is no script: those end in ${extensions.join(', ')}.`,
      place: path,
      nextStep: 'Name a file in TypeScript or JavaScript.',
    }),
  scriptWaits: (path: string): PipelineError =>
    new PipelineError({
      code: 'pipeline-script-waits',
      message: `The script ${path} waits for something that cannot come: nothing is under way any more.`,
      place: path,
      nextStep: 'Look for a promise that is never resolved.',
    }),
  metricShape: (what: string, came: string, expected: string): PipelineError =>
    new PipelineError({
      code: 'pipeline-metric-shape',
      message: `${what} of the metric is ${came}; ${expected} was expected.`,
      nextStep: 'Mend the metric before the work begins.',
    }),
};

/** As it stands in a script; what JSON has no form for by its kind. */
function shown(came: unknown): string {
  if (typeof came === 'function') return 'a function';
  const isPlain = typeof came !== 'number' && typeof came !== 'bigint';
  return (isPlain ? JSON.stringify(came) : undefined) ?? String(came);
}
