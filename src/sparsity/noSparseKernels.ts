// What is said wherever pruning and speed come together.

/** In a sentence. */
export const noSparseKernels =
  'ONNX Runtime on a CPU gains nothing from unstructured zeros: pruning alone makes no inference faster here.';
