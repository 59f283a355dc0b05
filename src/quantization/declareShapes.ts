// Writes down what is known of the shapes inside a model, symbols included, so that the engine's optimizations see it.
import { makeValueInfo } from '../onnx/makeMessages';
import type { ModelProto } from '../onnx/messages';
import type { OnnxModel } from '../onnx/readModel';
import { inferShapes } from '../onnx/shapeInference';

/**
 * The model with a declaration for every tensor of known type and rank that has none. With them the engine merges equal
 * shape computations that transformers and others repeat for every layer.
 */
export function declareShapes(model: OnnxModel): ModelProto {
  const { graph } = model;
  const declared = new Set([...graph.input, ...graph.output, ...graph.valueInfo].map(({ name }) => name));
  const types = inferShapes(model);
  const valueInfo = [...graph.valueInfo];
  for (const name of graph.node.flatMap((node) => node.output)) {
    const type = types.get(name);
    if (type?.dims === undefined || type.dataType === 0 || declared.has(name)) continue;
    valueInfo.push(makeValueInfo(name, type.dataType, type.dims));
  }
  return { ...model.proto, graph: { ...graph, valueInfo } };
}
