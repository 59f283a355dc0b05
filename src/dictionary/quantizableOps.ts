// Which operator types can be quantized, in which format, and where their weights are; data only.

/** Op types the QDQ format has rules for (SYSTEMS §4.3; ONNX Runtime's QDQ registry). */
// prettier-ignore
export const qdqOpTypes: readonly string[] = [
  'Conv', 'ConvTranspose', 'Gemm', 'MatMul', 'Clip', 'Relu', 'Reshape', 'Transpose', 'Squeeze', 'Unsqueeze', 'Flatten',
  'Resize', 'MaxPool', 'AveragePool', 'Slice', 'Pad', 'Split', 'Gather', 'GatherElements', 'Where',
  'InstanceNormalization', 'LayerNormalization', 'BatchNormalization', 'TopK', 'CumSum',
];

/** Op types with an integer form in the QOperator format (SYSTEMS §4.3; ONNX Runtime's QLinear registry). */
// prettier-ignore
export const qoperatorOpTypes: readonly string[] = [
  'ArgMax', 'Conv', 'Gemm', 'MatMul', 'Add', 'Mul', 'Relu', 'Clip', 'LeakyRelu', 'Sigmoid', 'MaxPool',
  'GlobalAveragePool', 'Split', 'Pad', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Resize', 'AveragePool', 'Concat',
  'Softmax', 'Where', 'Slice', 'Gather', 'Transpose', 'EmbedLayerNormalization',
];

/**
 * What static quantization takes when nobody names op types: the union of both lists, whichever format is written.
 * In QDQ a type that only the QOperator list has (Add, Mul, Concat, …) gets Q/DQ pairs around its float inputs and
 * outputs; in QOperator a type without an integer form stays float.
 */
export const staticOpTypes: readonly string[] = [...new Set([...qdqOpTypes, ...qoperatorOpTypes])];

/** What dynamic quantization takes (SYSTEMS §4.3; ONNX Runtime's IntegerOps registry, which turns Gemm into MatMul). */
// prettier-ignore
export const dynamicOpTypes: readonly string[] = [
  'MatMul', 'Gemm', 'Conv', 'Gather', 'LSTM', 'Attention', 'EmbedLayerNormalization',
];

/**
 * Op types that only pass values on or cut them off: in 8 bits where their input is, so that nothing is to be decided
 * about them. The others compute, and the tuner chooses for each whether it does so in 8 bits.
 */
export const followingOpTypes: ReadonlySet<string> = new Set([
  ...['Relu', 'Clip', 'Reshape', 'Transpose', 'Squeeze', 'Unsqueeze', 'Flatten', 'MaxPool', 'Slice', 'Pad', 'Split'],
  ...['Resize', 'TopK'],
]);

/**
 * Op types the engine has a kernel on 8-bit numbers for, or merges with the Q/DQ pairs around them. Normalizations and
 * sums along an axis have none: between pairs they compute in float and only lose accuracy.
 */
// prettier-ignore
export const integerKernelOpTypes: ReadonlySet<string> = new Set([
  'Conv', 'ConvTranspose', 'Gemm', 'MatMul', 'Add', 'Mul', 'LeakyRelu', 'Sigmoid', 'Softmax', 'GlobalAveragePool',
  'AveragePool', 'Concat', 'Where', 'ArgMax', 'Gather', 'GatherElements', 'EmbedLayerNormalization',
]);

/** Input indexes of the tensors that become 8-bit weights when they are constant. */
export const weightInputs: Readonly<Record<string, readonly number[]>> = {
  Conv: [1],
  ConvTranspose: [1],
  Gemm: [1],
  MatMul: [0, 1],
  Gather: [0],
  LSTM: [1, 2],
  Attention: [1],
  EmbedLayerNormalization: [2, 3, 4, 5, 6],
  InstanceNormalization: [1],
  LayerNormalization: [1],
  BatchNormalization: [1],
};
