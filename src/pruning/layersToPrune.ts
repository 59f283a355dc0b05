// The layers a job prunes; refuses models that have none.
import { prunableLayers } from '../onnx/prunableLayers';
import type { PrunableLayer } from '../onnx/prunableLayers';
import { quantizationFormOf } from '../onnx/quantizationForm';
import type { OnnxModel } from '../onnx/readModel';
import { pruningErrors } from './pruningErrors';

/** The layers, and what a person should know of those left out. Throws `pruning-quantized` and `pruning-nothing`. */
export function layersToPrune(
  model: OnnxModel,
  path: string,
): { readonly layers: readonly PrunableLayer[]; readonly notes: readonly string[] } {
  const { layers, unprunable } = prunableLayers(model.graph);
  const reasons = unprunable.map(
    ({ nodeName, opType, reason }) => `${nodeName} (${opType}) cannot be pruned. ${reason}`,
  );
  if (layers.length > 0) return { layers, notes: reasons };
  const { form } = quantizationFormOf(model.proto);
  throw form === 'none' ? pruningErrors.nothingToPrune(path, reasons) : pruningErrors.quantized(path, form);
}
