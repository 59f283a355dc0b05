// Families of operators: what is of one kind has one colour in the picture.
/** Kinds of work an operator does. */
export type Family = 'layer' | 'activation' | 'normalization' | 'pool' | 'shape' | 'quantization' | 'other';

const members: Readonly<Record<Exclude<Family, 'other'>, string>> = {
  layer:
    'Conv ConvTranspose ConvInteger DeformConv Gemm MatMul MatMulInteger FusedMatMul FusedConv FusedGemm LSTM GRU RNN Attention MultiHeadAttention GroupQueryAttention Einsum QLinearConv QLinearMatMul QGemm MatMulNBits QAttention',
  activation:
    'Relu LeakyRelu PRelu Elu Selu Celu ThresholdedRelu Sigmoid HardSigmoid HardSwish Swish Mish Gelu FastGelu BiasGelu QuickGelu Tanh Softmax LogSoftmax Softplus Softsign Erf Clip Hardmax QLinearSigmoid QLinearLeakyRelu QLinearSoftmax',
  normalization:
    'BatchNormalization InstanceNormalization LayerNormalization GroupNormalization SkipLayerNormalization SimplifiedLayerNormalization RMSNormalization LpNormalization MeanVarianceNormalization LRN Dropout EmbedLayerNormalization',
  pool: 'MaxPool AveragePool GlobalAveragePool GlobalMaxPool LpPool GlobalLpPool MaxRoiPool RoiAlign Resize Upsample QLinearAveragePool QLinearGlobalAveragePool ReduceMean ReduceSum ReduceMax ReduceMin',
  shape:
    'Reshape Transpose Flatten Squeeze Unsqueeze Concat Split Slice Gather GatherND GatherElements ScatterND ScatterElements Pad Expand Tile Shape Size Identity DepthToSpace SpaceToDepth Cast Constant ConstantOfShape Range QLinearConcat',
  quantization: 'QuantizeLinear DequantizeLinear DynamicQuantizeLinear',
};

const familyByType: ReadonlyMap<string, Family> = new Map(
  Object.entries(members).flatMap(([family, types]) =>
    types.split(' ').map((type) => [type, family as Family] as const),
  ),
);

/** The family of an op type. */
export function familyOf(opType: string): Family {
  return familyByType.get(opType) ?? 'other';
}
