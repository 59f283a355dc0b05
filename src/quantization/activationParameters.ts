// Scale and zero point of every activation of a plan, from the ranges that were measured.
import type { QuantizationRecipe, Ranges } from '../config/recipe';
import type { RangeRecord } from '../protocol/jobs';
import { parametersOfRange, quantizedLimits } from './numberScheme';
import type { QuantizationPlan, RangeSource } from './plan';

/**
 * Parameters by tensor name; `min` and `max` are those the scale was made of. Tensors that share a scale have the same
 * record, by identity.
 */
export type ActivationParameters = ReadonlyMap<string, RangeRecord>;

/**
 * Resolves each activation: its own range, a fixed one, or the parameters of the tensor it shares them with.
 * `constants` gives the parameters of the plan's per-tensor constants, which activations may share as well;
 * `isSymmetric` tells which activations have their zero point in the middle.
 */
export function activationParameters(
  plan: QuantizationPlan,
  recipe: QuantizationRecipe,
  ranges: Ranges,
  constants: ReadonlyMap<string, RangeRecord>,
  isSymmetric: (tensor: string) => boolean,
): ActivationParameters {
  const resolved = new Map<string, RangeRecord>();
  const resolve = (tensor: string, source: RangeSource): RangeRecord => {
    const known = resolved.get(tensor);
    if (known !== undefined) return known;
    const shared = source.kind === 'sameAs' ? constants.get(source.tensor) : undefined;
    const provider = source.kind === 'sameAs' ? plan.activations.get(source.tensor) : undefined;
    const record =
      shared ??
      (source.kind === 'sameAs' && provider !== undefined
        ? resolve(source.tensor, provider)
        : ownRecord(tensor, source));
    resolved.set(tensor, record);
    return record;
  };
  const ownRecord = (tensor: string, source: RangeSource): RangeRecord => {
    const { min, max } = (source.kind === 'fixed' ? source.range : ranges.get(source.tensor)) ?? { min: 0, max: 0 };
    const symmetric = isSymmetric(tensor);
    const limits = quantizedLimits(recipe.activationType, symmetric, false);
    return { min, max, ...parametersOfRange(min, max, limits, symmetric) };
  };
  for (const [tensor, source] of plan.activations) resolve(tensor, source);
  return resolved;
}
