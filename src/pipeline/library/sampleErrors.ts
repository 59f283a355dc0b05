// Failures of a script's data loader and of the samples it gives, made in one place.
import type { BenchError } from '../../protocol/benchError';
import { PipelineError } from './pipelineErrors';

const itemForms = '[data, annotation] or [[id, annotation], data, metadata]';
const dataForms = 'data a tensor {type, dims, data} or tensors by input name';

/** Names that there are data for; whether a sample is a tensor alone. */
interface GivenInputs {
  readonly known: readonly string[];
  readonly isAlone: boolean;
}

export const sampleErrors = {
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
  tensor: (index: number, input: string | undefined, problem: string): PipelineError =>
    new PipelineError({
      code: 'pipeline-tensor',
      message: `The tensor${input === undefined ? '' : ` "${input}"`} of sample ${index} ${problem}.`,
      nextStep: 'Let get give {type, dims, data}: dims without a batch axis, data in the array of its type.',
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
  noLoader: (): PipelineError =>
    new PipelineError({
      code: 'pipeline-no-loader',
      message: 'The engine has no data loader.',
      nextStep: 'Give it one when you make it.',
    }),
  loaderLate: (index: number, limitMs: number): PipelineError =>
    new PipelineError({
      code: 'pipeline-loader-late',
      message: `The data loader has not given sample ${index} after ${limitMs / 1000} seconds.`,
      nextStep:
        'Look for a promise in its get that is never resolved; a longer sampleTimeoutMs of a sampler, or --stall-limit of run, gives it more time.',
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
  unknownInput: (index: number, name: string, known: readonly string[], near: string | undefined): PipelineError =>
    new PipelineError({
      code: 'pipeline-unknown-input',
      message: `Sample ${index} of the data loader has a tensor "${name}"; the model takes ${known.map((one) => `"${one}"`).join(', ')}.`,
      place: `input "${name}"`,
      nextStep: near === undefined ? 'Name an input of the model, or leave the tensor out.' : `Did you mean "${near}"?`,
    }),
  missingInput: (
    index: number,
    { name, model }: { readonly name: string; readonly model?: string },
    given: GivenInputs,
  ): PipelineError =>
    new PipelineError({
      code: 'pipeline-missing-input',
      message: `Nothing is given for the input "${name}" of ${model ?? 'the model'} at sample ${index}; there is ${given.known.map((one) => `"${one}"`).join(', ')}.`,
      place: `input "${name}"`,
      nextStep: missingInputStep(name, given),
    }),
};

function missingInputStep(name: string, { known, isAlone }: GivenInputs): string {
  if (!isAlone) return `Let get give a tensor called "${name}" as well.`;
  return `A tensor alone is for the first input. Let get give all of them by name: [{${known[0] ?? ''}: …, ${name}: …}, annotation].`;
}
