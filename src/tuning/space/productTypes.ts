// Operators that multiply by a constant weight: where 8 bits save most, and what people call a layer.

export const productTypes: ReadonlySet<string> = new Set([
  ...['Conv', 'ConvTranspose', 'MatMul', 'Gemm', 'Attention', 'LSTM'],
]);
