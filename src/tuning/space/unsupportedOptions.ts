// What a config asks for that the engine has no fast 8-bit form of: all it can do is tried instead (SYSTEMS §2.2).
import type { OpOptions, QuantizationSection } from '../../config/tuningConfig';

/** A sentence for each option without effect, naming its key. */
export function unsupportedOptions(section: QuantizationSection): string[] {
  const { modelWise, optypeWise, opWise, approach } = section;
  const places: (readonly [string, OpOptions])[] = [
    ['model_wise', modelWise],
    ...Object.entries(optypeWise).map(([type, options]) => [`optype_wise.${type}`, options] as const),
    ...opWise.map(({ pattern, options }) => [`op_wise.${pattern}`, options] as const),
  ];
  return places.flatMap(([place, options]) =>
    rules
      .filter(({ applies }) => applies(options, approach))
      .map(({ key, reason }) => `quantization.${place}.${key} has no effect: ${reason}.`),
  );
}

interface Rule {
  readonly key: string;
  readonly reason: string;
  readonly applies: (options: OpOptions, approach: QuantizationSection['approach']) => boolean;
}

const floats: ReadonlySet<string> = new Set(['fp32', 'bf16', 'fp16']);

/** Something was asked for, and none of it is there. */
function lacks(wanted: readonly string[] | undefined, ...possible: readonly string[]): boolean {
  return wanted !== undefined && wanted.length > 0 && !wanted.some((option) => possible.includes(option));
}

const rules: readonly Rule[] = [
  {
    key: 'weight.dtype',
    reason: 'the fast kernels take int8 weights',
    applies: ({ weight }) => lacks(weight.dtype, 'int8', ...floats),
  },
  {
    key: 'weight.scheme',
    reason: 'int8 weights are symmetric',
    applies: ({ weight }) => lacks(weight.scheme, 'sym'),
  },
  {
    key: 'weight.algorithm',
    reason: 'the range of a weight is that of its values (minmax)',
    applies: ({ weight }) => lacks(weight.algorithm, 'minmax'),
  },
  {
    key: 'activation.dtype',
    reason: 'the fast kernels take uint8 activations',
    applies: ({ activation }) => lacks(activation.dtype, 'uint8', ...floats),
  },
  {
    key: 'activation.granularity',
    reason: 'an activation has one scale',
    applies: ({ activation }) => lacks(activation.granularity, 'per_tensor'),
  },
  {
    key: 'activation.algorithm',
    reason: 'dynamic quantization finds ranges while the model runs',
    applies: ({ activation }, approach) => approach === 'dynamic' && activation.algorithm !== undefined,
  },
];
