// Every failure of the pipeline's library, made in one place.
import { BenchError } from '../../protocol/benchError';

/** An error of a script's loader, metric or parameters. `code` starts with `pipeline-`. */
export class PipelineError extends BenchError {
  override readonly name = 'PipelineError';
}

const itemForms = '[data, annotation] or [[id, annotation], data, metadata]';

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
      message: `The data loader gave ${came} for sample ${index}; ${itemForms} was expected.`,
      nextStep: 'Return one of the two forms from get.',
    }),
  mixedForms: (first: number, other: number): PipelineError =>
    new PipelineError({
      code: 'pipeline-mixed-items',
      message: `The data loader gave samples ${first} and ${other} in different forms; all of a batch have one form.`,
      nextStep: `Return ${itemForms} for every index.`,
    }),
  batchSize: (came: number): PipelineError =>
    new PipelineError({
      code: 'pipeline-batch-size',
      message: `The batch size is ${came}; a whole number of at least 1 was expected.`,
      nextStep: 'Leave batchSize out for 1.',
    }),
  subset: (came: number, length: number): PipelineError =>
    new PipelineError({
      code: 'pipeline-subset',
      message: `The subset names sample ${came}; the data loader has samples 0 to ${length - 1}.`,
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
};
