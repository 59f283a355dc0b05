// Every failure of the pipeline's library, made in one place.
import { BenchError } from '../../protocol/benchError';

/** An error of a script's loader, metric or parameters. `code` starts with `pipeline-`. */
export class PipelineError extends BenchError {
  override readonly name = 'PipelineError';
}

export const pipelineErrors = {
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
      message: `${path}${part === undefined ? '' : ` of the part "${part}"`} of the model "${name}" is no file.`,
      place: path,
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
      place: path,
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
  sampleCount: (came: unknown): PipelineError =>
    new PipelineError({
      code: 'pipeline-sample-count',
      message: `The number of samples is ${shown(came)}; a whole number of at least 1, a list of indexes, or null for all was expected.`,
      nextStep: 'Name how many samples are to be taken.',
    }),
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
