// What operators call the tensors they read and make (ONNX, "Operators"): those that models are mostly made of.

const normalization = ['X', 'scale', 'B', 'mean', 'var'];
const recurrent = ['X', 'W', 'R', 'B', 'sequence_lens', 'initial_h', 'initial_c', 'P'];
const twoOperands = ['A', 'B'];

const inputRoles: Readonly<Record<string, readonly string[]>> = {
  Conv: ['X', 'W', 'B'],
  FusedConv: ['X', 'W', 'B', 'Z'],
  ConvTranspose: ['X', 'W', 'B'],
  ConvInteger: ['x', 'w', 'x_zero_point', 'w_zero_point'],
  QLinearConv: ['x', 'x_scale', 'x_zero_point', 'w', 'w_scale', 'w_zero_point', 'y_scale', 'y_zero_point', 'B'],
  QLinearMatMul: ['a', 'a_scale', 'a_zero_point', 'b', 'b_scale', 'b_zero_point', 'y_scale', 'y_zero_point'],
  QGemm: ['A', 'a_scale', 'a_zero_point', 'B', 'b_scale', 'b_zero_point', 'C', 'y_scale', 'y_zero_point'],
  QLinearAdd: ['A', 'A_scale', 'A_zero_point', 'B', 'B_scale', 'B_zero_point', 'C_scale', 'C_zero_point'],
  MatMul: twoOperands,
  MatMulInteger: ['A', 'B', 'a_zero_point', 'b_zero_point'],
  Gemm: ['A', 'B', 'C'],
  QuantizeLinear: ['x', 'y_scale', 'y_zero_point'],
  DequantizeLinear: ['x', 'x_scale', 'x_zero_point'],
  DynamicQuantizeLinear: ['x'],
  BatchNormalization: normalization,
  LayerNormalization: ['X', 'Scale', 'B'],
  InstanceNormalization: ['input', 'scale', 'B'],
  Add: twoOperands,
  Sub: twoOperands,
  Mul: twoOperands,
  Div: twoOperands,
  Pow: ['X', 'Y'],
  LSTM: recurrent,
  GRU: recurrent,
  RNN: recurrent,
  Reshape: ['data', 'shape'],
  Gather: ['data', 'indices'],
  GatherElements: ['data', 'indices'],
  Slice: ['data', 'starts', 'ends', 'axes', 'steps'],
  Pad: ['data', 'pads', 'constant_value', 'axes'],
  Clip: ['input', 'min', 'max'],
  PRelu: ['X', 'slope'],
  Resize: ['X', 'roi', 'scales', 'sizes'],
  Expand: ['input', 'shape'],
  Tile: ['input', 'repeats'],
  Split: ['input', 'split'],
  Squeeze: ['data', 'axes'],
  Unsqueeze: ['data', 'axes'],
  ReduceMean: ['data', 'axes'],
  ReduceSum: ['data', 'axes'],
  ReduceMax: ['data', 'axes'],
  Where: ['condition', 'X', 'Y'],
  TopK: ['X', 'K'],
  If: ['cond'],
  Loop: ['M', 'cond'],
  NonMaxSuppression: ['boxes', 'scores', 'max_output_boxes_per_class', 'iou_threshold', 'score_threshold'],
};

const outputRoles: Readonly<Record<string, readonly string[]>> = {
  BatchNormalization: ['Y', 'mean', 'var'],
  LSTM: ['Y', 'Y_h', 'Y_c'],
  GRU: ['Y', 'Y_h'],
  RNN: ['Y', 'Y_h'],
  TopK: ['Values', 'Indices'],
  MaxPool: ['Y', 'Indices'],
  DynamicQuantizeLinear: ['y', 'y_scale', 'y_zero_point'],
  LayerNormalization: ['Y', 'Mean', 'InvStdDev'],
};

/** Name of a parameter, or its place. */
export function inputRole(opType: string, index: number): string {
  return rolesIn(inputRoles, opType)[index] ?? `input ${index}`;
}

/** Name of what an operator makes, or its place. */
export function outputRole(opType: string, index: number): string {
  return rolesIn(outputRoles, opType)[index] ?? `output ${index}`;
}

function rolesIn(roles: Readonly<Record<string, readonly string[]>>, opType: string): readonly string[] {
  return Object.hasOwn(roles, opType) ? (roles[opType] ?? []) : [];
}
