// Every reason why a model cannot be optimized or converted, made in one place.
import { nearestName } from '../config/nearestName';
import { BenchError } from '../protocol/benchError';
import type { FailureRecord } from '../protocol/benchError';

/** An error of optimizing or converting a model. `code` starts with `optimize-`. */
export class OptimizationError extends BenchError {
  override readonly name = 'OptimizationError';
}

/** One factory per failure; `model` is the path of the file, or undefined for a model that was never in one. */
export const optimizationErrors = {
  oldOpset: (model: string | undefined, opset: number | undefined, needed: number, type: string): OptimizationError =>
    new OptimizationError({
      code: 'optimize-opset',
      message:
        opset === undefined
          ? `${nameOf(model)} does not say which operator set it uses, so the meaning of its nodes is not known.`
          : `${nameOf(model)} uses operator set ${opset}; ${type} needs ${needed} or newer.`,
      place: 'opset_import',
      nextStep: 'Export the model again with a current exporter.',
    }),

  unknownType: (model: string | undefined, tensor: string, node: string, opType: string): OptimizationError =>
    new OptimizationError({
      code: 'optimize-unknown-type',
      message: `${nameOf(model)} does not say of which type the tensor "${tensor}" is, which ${opType} reads and an operator of a foreign domain makes.`,
      place: `node "${node}"`,
      nextStep: `Keep the node in float32 with --block "${node}", or export the model with the types of its tensors written down.`,
    }),

  unknownBlock: (model: string | undefined, name: string, known: readonly string[]): OptimizationError => {
    const near = nearestName(name, known);
    return new OptimizationError({
      code: 'optimize-unknown-block',
      message: `${nameOf(model)} has neither a node nor an operator type called "${name}", which the block list names.`,
      place: '--block',
      nextStep: near === undefined ? 'See the operator types of the model with `inspect`.' : `Did you mean "${near}"?`,
    });
  },

  unknownPort: (model: string | undefined, name: string, known: readonly string[]): OptimizationError => {
    const near = nearestName(name, known);
    return new OptimizationError({
      code: 'optimize-unknown-port',
      message: `${nameOf(model)} has neither an input nor an output called "${name}", whose type is to be kept.`,
      place: 'keepIoTypes',
      nextStep: near === undefined ? `It has these: ${known.join(', ')}.` : `Did you mean "${near}"?`,
    });
  },

  noKernels: (model: string | undefined, type: string, opTypes: readonly string[]): OptimizationError =>
    new OptimizationError({
      code: 'optimize-no-kernels',
      message: `${nameOf(model)} would not run in ${type}: the engine has no ${type} kernel on this CPU for ${opTypes.join(', ')}.`,
      place: '--precision',
      nextStep: 'Use --precision fp16 for a smaller file, quantize for speed, or keep these operators with --block.',
    }),

  tooLarge: (model: string | undefined): OptimizationError =>
    new OptimizationError({
      code: 'optimize-too-large',
      message: `${nameOf(model)} is too large for the engine to write it back into one file.`,
      nextStep:
        'Leave the optimization to the engine, which does it at every start; --precision fp16 works at any size.',
    }),

  notFinite: (place: string | undefined): OptimizationError =>
    new OptimizationError({
      code: 'optimize-not-finite',
      message: 'The new model gives NaN or infinite numbers where the given one does not, so it was not kept.',
      ...(place === undefined ? {} : { place }),
      nextStep: 'Numbers beyond the 16-bit range arise on the way: keep the nodes before this output with --block.',
    }),

  verification: (failure: FailureRecord): OptimizationError =>
    failure.code === 'quantize-not-finite'
      ? optimizationErrors.notFinite(failure.place)
      : new OptimizationError({
          ...failure,
          code: 'optimize-verification',
          message: `The new model did not pass its check in a fresh process and was not kept. ${failure.message}`,
        }),
};

function nameOf(model: string | undefined): string {
  return model === undefined ? 'The model' : `"${model}"`;
}
