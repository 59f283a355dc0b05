// The names that reports call the nodes of a model by, with their types.
import { readModel } from '../../onnx/readModel';

/** Type of each node of the main graph by its name, or by its first output where it has none. */
export function opTypesOf(modelPath: string): ReadonlyMap<string, string> {
  const model = readModel(modelPath);
  try {
    return new Map(
      model.graph.node.map(({ name, output, opType }) => [name === '' ? (output[0] ?? '') : name, opType]),
    );
  } finally {
    model.close();
  }
}
