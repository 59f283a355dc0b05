// A model with some of its weights pruned.
import { GraphEdit } from '../onnx/graphEdit';
import type { ModelProto } from '../onnx/messages';
import type { PrunableLayer } from '../onnx/prunableLayers';
import type { OnnxModel } from '../onnx/readModel';
import { RankedWeights } from './magnitudes';

/**
 * The model with the smallest magnitudes of each layer 0. Weights in Constant nodes become initializers; nothing else
 * changes.
 *
 * @param sparsityFractions by layer; layers that are not in it, or at 0, stay as they are
 */
export function prunedModel(model: OnnxModel, sparsityFractions: ReadonlyMap<PrunableLayer, number>): ModelProto {
  const edit = new GraphEdit(model.proto);
  const replaced = new Set<string>();
  for (const [layer, sparsity] of sparsityFractions) {
    if (sparsity === 0) continue;
    const pruned = new RankedWeights(layer.weight, model.tensors).prunedProto(sparsity);
    edit.setInitializer({ ...pruned, name: layer.name });
    replaced.add(layer.name);
  }
  edit.rewriteNodes((node) => (node.output.some((name) => replaced.has(name)) ? undefined : node));
  return edit.toModel();
}
