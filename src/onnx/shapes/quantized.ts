// Shape rules of quantize, dequantize and the 8-bit forms of elementwise operators.
import { DataType } from '../dataTypes';
import { broadcast } from './dims';
import { one } from './rule';
import type { Inferred, Rule, RuleTable } from './rule';

/** The output type is the zero point's, else `output_dtype` (opset 21), else uint8. */
const quantizeLinear: Rule = (inputs) => {
  const named = inputs.int('output_dtype', 0);
  const dataType = inputs.has(2) ? inputs.type(2) : named === 0 ? DataType.uint8 : named;
  return one(dataType, inputs.dims(0));
};

/** The scale's type; opset 23 may name another. */
const dequantizeLinear: Rule = (inputs) => {
  const named = inputs.int('output_dtype', 0);
  return one(named === 0 ? inputs.type(1) || DataType.float32 : named, inputs.dims(0));
};

/** Outputs: quantized, its scale, its zero point. */
const dynamicQuantizeLinear: Rule = (inputs): Inferred[] => [
  { dataType: DataType.uint8, dims: inputs.dims(0) },
  { dataType: DataType.float32, dims: [] },
  { dataType: DataType.uint8, dims: [] },
];

/** (a, scale, zero point, b, scale, zero point, …): the sum or product of a and b. */
const qlinearBinary: Rule = (inputs) => one(inputs.type(0), broadcast([inputs.dims(0), inputs.dims(3)]));

/** (condition, x, scale, zero point, y, …). */
const qlinearWhere: Rule = (inputs) => one(inputs.type(1), broadcast([inputs.dims(0), inputs.dims(1), inputs.dims(4)]));

const sameShape: Rule = (inputs) => one(inputs.type(0), inputs.dims(0));

export const quantizedRules: RuleTable = {
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
  DynamicQuantizeLinear: dynamicQuantizeLinear,
  'com.microsoft:QuantizeLinear': quantizeLinear,
  'com.microsoft:DequantizeLinear': dequantizeLinear,
  'com.microsoft:QLinearAdd': qlinearBinary,
  'com.microsoft:QLinearMul': qlinearBinary,
  'com.microsoft:QLinearWhere': qlinearWhere,
  'com.microsoft:QLinearSigmoid': sameShape,
  'com.microsoft:QLinearLeakyRelu': sameShape,
  'com.microsoft:QLinearSoftmax': sameShape,
};
