// What is said wherever pruning and speed come together.

/** In two sentences. */
export const noSparseKernels =
  'ONNX Runtime on a CPU gains nothing from unstructured zeros: its kernels multiply them like any other number, so that ' +
  'pruning alone makes no inference faster here. The theoretical figures are what an engine with sparse kernels would have left to do.';
