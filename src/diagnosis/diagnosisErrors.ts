// Every failure of diagnosing, made in one place.
import { BenchError } from '../protocol/benchError';

/** An error of a diagnosis. `code` starts with `diagnosis-`. */
export class DiagnosisError extends BenchError {
  override readonly name = 'DiagnosisError';
}

/** One factory per failure. */
export const diagnosisErrors = {
  notQuantized: (model: string): DiagnosisError =>
    new DiagnosisError({
      code: 'diagnosis-not-quantized',
      message: `${model} is not a quantized model: nothing in it computes on 8-bit integers.`,
      place: 'the second model',
      nextStep: 'Give the float model first and the quantized one second.',
    }),
  isQuantized: (model: string): DiagnosisError =>
    new DiagnosisError({
      code: 'diagnosis-float-is-quantized',
      message: `${model} is quantized itself; a diagnosis compares with the float model.`,
      place: 'the first model',
      nextStep: 'Give the float model first and the quantized one second.',
    }),
  nothingInCommon: (float: string, int8: string): DiagnosisError =>
    new DiagnosisError({
      code: 'diagnosis-unrelated',
      message: `${int8} has no tensor in common with ${float}: it was not made from it.`,
      place: 'the second model',
      nextStep: 'Give the float model the quantized one was made from.',
    }),
  noSamples: (datasetPath: string): DiagnosisError =>
    new DiagnosisError({
      code: 'diagnosis-no-samples',
      message: `The data set ${datasetPath} gave not one whole batch to run the models on.`,
      place: 'data',
      nextStep: 'Use a data set with at least as many samples as the batch size of the model.',
    }),
};
