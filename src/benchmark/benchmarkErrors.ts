// Every failure of benchmarking and checking, made in one place.
import { BenchError } from '../protocol/benchError';

/** An error of a benchmark or a check. `code` starts with `benchmark-`. */
export class BenchmarkError extends BenchError {
  override readonly name = 'BenchmarkError';
}

/** One factory per failure. */
export const benchmarkErrors = {
  noFullBatch: (datasetPath: string, batchSize: number): BenchmarkError =>
    new BenchmarkError({
      code: 'benchmark-batch',
      message: `The data set ${datasetPath} has fewer than ${batchSize} samples: not one whole batch.`,
      place: 'batch size',
      nextStep: 'Use a smaller --batch, or a data set with more samples.',
    }),
  noData: (modelPath: string): BenchmarkError =>
    new BenchmarkError({
      code: 'benchmark-data',
      message: `There is no labelled data to measure the accuracy of ${modelPath} on.`,
      place: 'data',
      nextStep: 'Name a data set with a metric.',
    }),
  fixedBatch: (model: string, batchSize: number, shape: string): BenchmarkError =>
    new BenchmarkError({
      code: 'benchmark-batch',
      message: `${model} takes inputs of the fixed shape ${shape}: not ${batchSize} items in one inference.`,
      place: 'batch size',
      nextStep: 'Leave --batch out, or export the model with an open first dimension.',
    }),
};
