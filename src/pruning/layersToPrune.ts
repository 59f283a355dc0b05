// The layers a job prunes; refuses models that have none.
import { scopesOf } from '../onnx/modelWalk';
import { prunableLayers } from '../onnx/prunableLayers';
import type { PrunableLayer, UnprunableLayer } from '../onnx/prunableLayers';
import { quantizationFormOf } from '../onnx/quantizationForm';
import type { OnnxModel } from '../onnx/readModel';
import { pruningErrors } from './pruningErrors';

/** The layers, and what a person should know of those left out. Throws `pruning-quantized` and `pruning-nothing`. */
export function layersToPrune(
  model: OnnxModel,
  path: string,
): { readonly layers: readonly PrunableLayer[]; readonly notes: readonly string[] } {
  const { layers, unprunable } = prunableLayers(model.graph);
  const reasons = [...unprunableNotes(unprunable), ...innerLayersNote(model)];
  if (layers.length > 0) return { layers, notes: reasons };
  const { form } = quantizationFormOf(model.proto);
  throw form === 'none' ? pruningErrors.nothingToPrune(path, reasons) : pruningErrors.quantized(path, form);
}

/** A model may have hundreds, all for the same reason. */
const toldLayers = 3;

function unprunableNotes(layers: readonly UnprunableLayer[]): string[] {
  const told = layers
    .slice(0, toldLayers)
    .map(({ nodeName, opType, reason }) => `${nodeName} (${opType}) cannot be pruned. ${reason}`);
  const more = layers.length - told.length;
  return more === 0 ? told : [...told, `Nor can ${more} more, for such reasons.`];
}

const layerTypes: ReadonlySet<string> = new Set(['Conv', 'Gemm', 'MatMul']);

/** Which of them run is known only when the model runs, so none of them is pruned. */
function innerLayersNote({ proto, graph }: OnnxModel): string[] {
  const inner = scopesOf(proto).filter((scope) => scope.graph !== graph);
  const count = inner.flatMap((scope) => scope.graph.node).filter(({ opType }) => layerTypes.has(opType)).length;
  if (count === 0) return [];
  const what = count === 1 ? 'Conv, Gemm or MatMul lies' : 'Conv, Gemm and MatMul lie';
  return [`${count} ${what} inside branches, loops or functions of the model, where nothing is pruned.`];
}
