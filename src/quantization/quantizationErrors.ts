// Every reason why a model cannot be quantized, made in one place.
import { nearestName } from '../config/nearestName';
import { BenchError } from '../protocol/benchError';
import type { FailureRecord } from '../protocol/benchError';

/** An error of preparing, calibrating or rewriting a model. `code` starts with `quantize-`. */
export class QuantizationError extends BenchError {
  override readonly name = 'QuantizationError';
}

/** One factory per failure; `model` is the path of the file, or undefined for a model that was never in one. */
export const quantizationErrors = {
  alreadyQuantized: (model: string | undefined, node: string, opType: string): QuantizationError =>
    new QuantizationError({
      code: 'quantize-already-quantized',
      message: `${nameOf(model)} is already quantized: it holds a ${opType} node.`,
      place: `node "${node}"`,
      nextStep: 'Give the float model it was made from.',
    }),

  noOpset: (model: string | undefined): QuantizationError =>
    new QuantizationError({
      code: 'quantize-no-opset',
      message: `${nameOf(model)} does not say which operator set it uses, so the meaning of its nodes is not known.`,
      place: 'opset_import',
      nextStep: 'Export the model again with a current exporter.',
    }),

  oldFormat: (model: string | undefined, irVersion: number | undefined): QuantizationError =>
    new QuantizationError({
      code: 'quantize-old-format',
      message: `${nameOf(model)} is written in version ${irVersion ?? 'unknown'} of the file format; 3 is the oldest that is understood.`,
      place: 'ir_version',
      nextStep: 'Export the model again with a current exporter.',
    }),

  cannotRaise: (
    model: string | undefined,
    opset: number,
    needed: number,
    node: string,
    opType: string,
    reason: string,
  ): QuantizationError =>
    new QuantizationError({
      code: 'quantize-opset',
      message: `${nameOf(model)} uses operator set ${opset} and needs ${needed} to be quantized this way, but ${opType} cannot be brought up: ${reason}.`,
      place: `node "${node}"`,
      nextStep: `Export the model again with operator set ${needed} or newer${opset >= 10 ? ', or quantize with --per-tensor' : ''}.`,
    }),

  nothingToQuantize: (model: string | undefined, reason: string, nextStep: string): QuantizationError =>
    new QuantizationError({
      code: 'quantize-nothing',
      message: `${nameOf(model)} cannot be quantized this way: ${reason}.`,
      nextStep,
    }),

  needsData: (model: string | undefined): QuantizationError =>
    new QuantizationError({
      code: 'quantize-needs-data',
      message: `${nameOf(model)} cannot be quantized statically without samples to calibrate with.`,
      nextStep: 'Name a data set with --data, or use --approach dynamic, which needs none.',
    }),

  outputIsInput: (output: string): QuantizationError =>
    new QuantizationError({
      code: 'quantize-output-is-input',
      message: `The output "${output}" is the input model or a part of it; it is not overwritten.`,
      place: output,
      nextStep: 'Name another output with -o.',
    }),

  notFinite: (output: string): QuantizationError =>
    new QuantizationError({
      code: 'quantize-not-finite',
      message: `The quantized model gives NaN or infinite numbers where the float model does not, so it was not kept.`,
      place: `output "${output}"`,
      nextStep: 'Calibrate with more samples, or keep the nodes before this output float with --exclude.',
    }),

  verification: (failure: FailureRecord): QuantizationError =>
    new QuantizationError({
      ...failure,
      code: failure.code.startsWith('quantize-') ? failure.code : 'quantize-verification',
      message: `The quantized model did not pass its check in a fresh process and was not kept. ${failure.message}`,
    }),

  noSamples: (): QuantizationError =>
    new QuantizationError({
      code: 'quantize-no-samples',
      message: 'The data set gives no sample to calibrate with.',
      nextStep: 'Check the paths and filters of the data set, or use --approach dynamic, which needs no data.',
    }),

  halfPrecision: (model: string | undefined, tensor: string, type: string): QuantizationError =>
    new QuantizationError({
      code: 'quantize-half-precision',
      message: `${nameOf(model)} holds its weights in ${type}; quantization starts from float32.`,
      place: `tensor "${tensor}"`,
      nextStep: 'Give the float32 model it was converted from.',
    }),

  unknownOpType: (model: string | undefined, opType: string, known: readonly string[]): QuantizationError => {
    const near = nearestName(opType, known);
    return new QuantizationError({
      code: 'quantize-unknown-op',
      message: `"${opType}" is neither an operator type of ${nameOf(model)} nor one that can be quantized.`,
      place: '--ops',
      nextStep: near === undefined ? 'See the operator types of the model with `inspect`.' : `Did you mean "${near}"?`,
    });
  },

  unknownNode: (model: string | undefined, node: string, known: readonly string[]): QuantizationError => {
    const near = nearestName(node, known);
    return new QuantizationError({
      code: 'quantize-unknown-node',
      message: `${nameOf(model)} has no node called "${node}", which the recipe excludes.`,
      place: `node "${node}"`,
      nextStep:
        near === undefined ? 'Name a node of the model; its names are case-sensitive.' : `Did you mean "${near}"?`,
    });
  },
};

function nameOf(model: string | undefined): string {
  return model === undefined ? 'The model' : `"${model}"`;
}
