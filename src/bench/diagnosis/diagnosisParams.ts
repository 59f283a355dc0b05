// What a diagnosis may ask of all ops of a model at once: the choices that a config.yaml really has.
import type { ConfigKey, ConfigKeys } from '../../dictionary/tuningKeys/configKey';
import { opOptionsKey } from '../../dictionary/tuningKeys/opOptionKeys';
import type { Operation } from '../operation';
import { searches } from '../optimization/optimizationParts';

export const modelWiseParams: Operation<{ readonly id: number }, object> = {
  path: 'diagnosis/model_wise_params',
  summary: 'List what weights and activations of a model may be.',
  read: (parameters) => ({ id: parameters.id('optimization_id', 'optimization') }),
  run: async (bench, { id }) => {
    const { optimizationType } = await bench.get('optimization', id);
    if (!searches(optimizationType)) return {};
    const { weight, activation } = opOptionsKey.keys;
    return { weight: choicesOf(weight.keys), activation: choicesOf(activation.keys) };
  },
};

/** Choices by key, of the keys that have any. */
function choicesOf(keys: ConfigKeys): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(keys).flatMap(([name, key]: [string, ConfigKey]) => {
      if (key.kind !== 'value' || key.type.kind !== 'list' || key.type.of.kind !== 'string') return [];
      const { choices } = key.type.of;
      return choices === undefined ? [] : [[name, choices] as const];
    }),
  );
}
