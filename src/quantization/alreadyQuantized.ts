// Recognizes a model that has been quantized before, so that it is not quantized twice.
import { scopesOf } from '../onnx/modelWalk';
import { quantizedKindOf } from '../onnx/quantizationForm';
import type { OnnxModel } from '../onnx/readModel';
import { describeNode } from '../onnx/describeNode';
import { quantizationErrors } from './quantizationErrors';

/** Throws `quantize-already-quantized` naming the first node, subgraphs included, that only a quantized model has. */
export function refuseAlreadyQuantized(model: OnnxModel): void {
  for (const { graph } of scopesOf(model.proto)) {
    const node = graph.node.find(({ opType }) => quantizedKindOf(opType) !== undefined);
    if (node !== undefined) throw quantizationErrors.alreadyQuantized(model.path, describeNode(node), node.opType);
  }
}
