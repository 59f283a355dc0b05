// Every failure of reading, checking or writing a model file, made in one place.
import { BenchError } from '../protocol/benchError';

/** An error about a model file. `code` starts with `model-`. */
export class ModelError extends BenchError {
  override readonly name = 'ModelError';
}

/** One factory per failure; the reader adds the file's name with `inFile`. */
export const modelErrors = {
  cycle: (node: string, opType: string): ModelError =>
    new ModelError({
      code: 'model-cycle',
      message: 'The graph feeds itself: its nodes cannot be put in an order in which each runs after what it reads.',
      place: `node "${node}" (${opType})`,
      nextStep: 'Export the model again; a graph with a cycle is not valid ONNX.',
    }),
};
