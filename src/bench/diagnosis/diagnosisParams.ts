// What a diagnosis may ask of all ops of a model at once: the choices of a config.yaml that leave something to quantize.
import type { ConfigKey, ConfigKeys } from '../../dictionary/tuningKeys/configKey';
import { opOptionsKey } from '../../dictionary/tuningKeys/opOptionKeys';
import { searches } from '../../dictionary/benchTerms';
import type { DiagnosisConfig } from '../../store/records';
import type { Operation } from '../operation';
import { opOptionsOf } from '../optimization/configWriterOps';
import { requestErrors } from '../requestErrors';
import { isPlainObject } from '../requestReader';
import type { PlainObject } from '../requestReader';

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

/** Floating types keep an op float: of all ops at once that leaves nothing to do. */
const floatTypes: ReadonlySet<unknown> = new Set(['fp32', 'bf16', 'fp16']);

/** Refuses floating types for all ops, unless single ones are to be quantized nevertheless. */
export function refuseFloatModel(config: DiagnosisConfig): void {
  // As a config has them: names of other spellings among them.
  const options = opOptionsOf(config) as { readonly model_wise?: unknown; readonly op_wise?: PlainObject };
  const isAsked = Object.values(options.op_wise ?? {}).some((op) => typesOf(op).some(([, types]) => !areFloat(types)));
  if (isAsked) return;
  for (const [part, types] of typesOf(options.model_wise)) {
    if (!areFloat(types)) continue;
    throw requestErrors.refused(
      'float-model',
      `With ${types.join(', ')} for the ${part} of all ops nothing of the model could be quantized.`,
      'Take int8 or uint8 in model_wise, and name the ops that are to stay float in op_wise.',
    );
  }
}

/** The types asked for, of weights and of activations. */
function typesOf(options: unknown): (readonly [part: string, types: readonly unknown[]])[] {
  return Object.entries(isPlainObject(options) ? options : {}).flatMap(([part, tensor]) => {
    const types: unknown = isPlainObject(tensor) ? tensor['dtype'] : undefined;
    return Array.isArray(types) && types.length > 0 ? [[part, types] as const] : [];
  });
}

function areFloat(types: readonly unknown[]): boolean {
  return types.every((type) => floatTypes.has(type));
}

/** Choices by key, of the keys that have any. */
function choicesOf(keys: ConfigKeys): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(keys).flatMap(([name, key]: [string, ConfigKey]) => {
      if (key.kind !== 'value' || key.type.kind !== 'list' || key.type.of.kind !== 'string') return [];
      const { choices } = key.type.of;
      return choices === undefined ? [] : [[name, choices.filter((choice) => !floatTypes.has(choice))] as const];
    }),
  );
}
