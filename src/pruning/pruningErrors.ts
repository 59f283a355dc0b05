// Every failure of pruning and of its analyses, made in one place.
import { BenchError } from '../protocol/benchError';
import type { FailureRecord } from '../protocol/benchError';

/** An error of pruning. `code` starts with `pruning-`. */
export class PruningError extends BenchError {
  override readonly name = 'PruningError';
}

/** One factory per failure. */
export const pruningErrors = {
  quantized: (model: string, form: string): PruningError =>
    new PruningError({
      code: 'pruning-quantized',
      message: `${model} is already quantized (${form}): its weights are integers.`,
      place: 'the model',
      nextStep: 'Prune the float model it was made from, and quantize the pruned one.',
    }),
  nothingToPrune: (model: string, reasons: readonly string[]): PruningError =>
    new PruningError({
      code: 'pruning-nothing',
      message: [`${model} has no Conv, Gemm or MatMul with a constant weight that can be pruned.`, ...reasons].join(
        ' ',
      ),
      place: 'the model',
      nextStep: 'Give a model whose layers hold their weights as float constants.',
    }),
  nothingToAllocate: (model: string): PruningError =>
    new PruningError({
      code: 'pruning-nothing-to-allocate',
      message: `No layer of ${model} is pruned when a target is shared out: the first layer and grouped convolutions are left out.`,
      place: 'the target sparsity',
      nextStep: 'Name layers and their sparsities in a recipe (--recipe).',
    }),
  noSamples: (datasetPath: string): PruningError =>
    new PruningError({
      code: 'pruning-no-samples',
      message: `The data set ${datasetPath} gave not one whole batch to run the model on.`,
      place: 'data',
      nextStep: 'Use a data set with at least as many samples as the batch size.',
    }),
  noFloatOutput: (model: string): PruningError =>
    new PruningError({
      code: 'pruning-no-float-output',
      message: `${model} has no output of floating point numbers, so what pruning changes cannot be measured.`,
      place: 'the outputs',
      nextStep: 'Make the scores before the last decision (ArgMax, a comparison) an output, or take the method approx.',
    }),
  notFinite: (model: string, output: string): PruningError =>
    new PruningError({
      code: 'pruning-not-finite',
      message: `The unpruned ${model} makes values in ${output} that are not finite numbers.`,
      place: `output "${output}"`,
      nextStep: 'Check the data set and its transforms with "compressor-bench evaluate".',
    }),
  verification: (failure: FailureRecord): PruningError =>
    new PruningError({
      code: 'pruning-verification',
      message: `The pruned model did not pass its check: ${failure.message}`,
      ...(failure.place === undefined ? {} : { place: failure.place }),
      nextStep: failure.nextStep ?? 'Prune less, or report this with the model.',
    }),
};
