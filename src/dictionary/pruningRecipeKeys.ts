// The keys of a pruning recipe, as data for its checker.
import type { ParameterType } from './entry';

/** A fraction: 1 would leave nothing of a layer. */
export const sparsityType = { kind: 'number', minimum: 0, maximum: 0.999 } as const satisfies ParameterType;

export const pruningRecipeKeys = {
  layers: {
    title: 'Layers',
    help: 'Sparsity of single layers, as a fraction: 0.8 sets the smallest 80 % of the weights to 0. A layer is named by its weight, or by the node that computes with it.',
  },
  other_layers: {
    title: 'Other layers',
    help: 'Sparsity of every prunable layer that is not named, as a fraction.',
    type: sparsityType,
    default: 0,
  },
} as const;
