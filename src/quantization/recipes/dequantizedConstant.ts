// The float values an 8-bit constant stands for.
import type { OnnxModel } from '../../onnx/readModel';
import { quantizedConstant } from '../constantParameters';
import type { ConstantParameters } from '../constantParameters';

/** real = scale · (quantized − zero point), with the shape of the constant. */
export function dequantizedConstant(parameters: ConstantParameters, model: OnnxModel): Float32Array {
  const { constant, axis, scales, zeroPoints } = parameters;
  const inner = constant.dims.slice((axis ?? -1) + 1).reduce((all, size) => all * size, 1);
  const quantized = quantizedConstant(parameters, model);
  return Float32Array.from(quantized, (value, index) => {
    const channel = axis === undefined ? 0 : Math.floor(index / inner) % scales.length;
    return (scales[channel] ?? 1) * (value - (zeroPoints[channel] ?? 0));
  });
}
