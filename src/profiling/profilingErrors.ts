// Every failure of profiling, made in one place.
import { BenchError } from '../protocol/benchError';

/** An error of profiling. `code` starts with `profiling-`. */
export class ProfilingError extends BenchError {
  override readonly name = 'ProfilingError';
}

/** One factory per failure. */
export const profilingErrors = {
  noRecord: (model: string): ProfilingError =>
    new ProfilingError({
      code: 'profiling-no-record',
      message: `The engine left no complete record of the times of ${model}.`,
      nextStep: 'Check that the disk with the temporary folder is not full, and try again with fewer runs.',
    }),
  noInputs: (model: string, tried: readonly number[], reason: string, cause: unknown): ProfilingError =>
    new ProfilingError(
      {
        code: 'profiling-no-inputs',
        message: `No made-up inputs suit ${model}; its open dimensions were taken as ${tried.join(', ')}. ${reason}`,
        nextStep: 'Give the sizes you use with --dim NAME=N, or real inputs with --data.',
      },
      { cause },
    ),
};
