// Fast bias correction: gives the mean that quantization takes from the outputs of a layer back to its bias (SYSTEMS §4.8).
import type { ModelProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';
import { counted } from '../prepare/preparation';
import { biasPlace, shiftBias } from './biasPlace';
import type { BiasShifts } from './biasShifts';
import { ConstantEdits } from './constantEdits';

export interface CorrectedBiases {
  /**
   * The float model with shifted biases: only right once it is quantized. Its tensors keep their names, and it takes the
   * ranges measured before; they are not to be measured on it.
   */
  readonly proto: ModelProto;
  readonly corrected: number;
  readonly notes: readonly string[];
}

/**
 * Adds the shifts to the biases of `model`, the float model they were measured for; Conv, ConvTranspose and Gemm nodes
 * without a bias get one.
 */
export function correctBiases(model: OnnxModel, shifts: BiasShifts): CorrectedBiases {
  const edits = new ConstantEdits(model);
  let corrected = 0;
  for (const node of model.graph.node) {
    const shift = shifts.get(node.name);
    const place = shift === undefined ? undefined : biasPlace(edits, node);
    if (shift === undefined || place === undefined) continue;
    shiftBias(edits, place, shift);
    corrected++;
  }
  if (corrected === 0) return { proto: model.proto, corrected, notes: [] };
  return { proto: edits.toModel(), corrected, notes: [`The biases of ${counted(corrected, 'layer')} were corrected.`] };
}
