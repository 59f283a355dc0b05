// The keys of a pruning recipe, as data: its checker, its JSON Schema and the help of the editor are made from it.
import type { ParameterType } from './entry';

/** A fraction: 1 would leave nothing of a layer. */
export const sparsityType = { kind: 'number', minimum: 0, maximum: 0.999 } as const satisfies ParameterType;

/** A mean over layers, none of which is pruned further than 97 %. */
export const targetSparsityType = { kind: 'number', minimum: 0.01, maximum: 0.97 } as const satisfies ParameterType;

export const pruningRecipeKeys = {
  model: {
    title: 'Model',
    help: 'Path of the model, from the folder of the recipe. "prune" takes it where the command names no model; the editor offers the names of its layers.',
    type: { kind: 'path' },
  },
  target_sparsity: {
    title: 'Target sparsity',
    help: 'Mean sparsity, as a fraction, that is shared out among the layers, most to those that bear it best. The first layer and grouped convolutions stay dense; layers that are named have what is said of them instead.',
    type: targetSparsityType,
  },
  layers: {
    title: 'Layers',
    help: 'Sparsity of single layers, as a fraction: 0.8 sets the smallest 80 % of the weights to 0. A layer is named by its weight, or by the node that computes with it.',
    type: sparsityType,
  },
  other_layers: {
    title: 'Other layers',
    help: 'Sparsity of every prunable layer that is not named, as a fraction; not together with target_sparsity.',
    type: sparsityType,
    default: 0,
  },
} as const;
