// The number of samples a model insists on in one run, as many exported models do.
import { GraphView } from '../../onnx/graphView';
import { readModel } from '../../onnx/readModel';
import { BenchError } from '../../protocol/benchError';

/** The fixed first size of the first input; undefined where it is open, or the file cannot be read (any more). */
export function fixedBatchOf(modelPath: string): number | undefined {
  try {
    const model = readModel(modelPath);
    try {
      const [input] = new GraphView(model.graph).requiredInputs();
      const size = input?.type?.tensorType?.shape?.dim[0]?.dimValue;
      return size !== undefined && size > 0 ? size : undefined;
    } finally {
      model.close();
    }
  } catch (thrown) {
    // What is wrong with the file is said when it is run.
    if (thrown instanceof BenchError) return undefined;
    throw thrown;
  }
}
