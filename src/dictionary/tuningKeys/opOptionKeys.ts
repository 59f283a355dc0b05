// Keys of what weights and activations may be: model_wise, optype_wise, op_wise (SYSTEMS §2.2); data only.
import type { ConfigKeys, SectionKey } from './configKey';

const pytorchOnly = 'is an option of PyTorch and has no counterpart in ONNX Runtime.';

const granularity = {
  kind: 'value',
  title: 'Granularity',
  help: 'One scale for the whole tensor, or one for each channel; without it, whatever the op can have.',
  type: { kind: 'list', of: { kind: 'string', choices: ['per_channel', 'per_tensor'] }, minItems: 1 },
} as const;

const scheme = {
  kind: 'value',
  title: 'Scheme',
  help: 'sym puts the zero point in the middle of the range, asym where the range needs it.',
  type: { kind: 'list', of: { kind: 'string', choices: ['asym', 'sym'] }, minItems: 1 },
  refusedValues: { asym_float: `asym_float ${pytorchOnly}` },
} as const;

const dtype = {
  kind: 'value',
  title: 'Element types',
  help: 'Types the tensor may have. Only floating types keep the op float; one 8-bit type among them lets it be quantized.',
  type: { kind: 'list', of: { kind: 'string', choices: ['int8', 'uint8', 'fp32', 'bf16', 'fp16'] }, minItems: 1 },
} as const;

const weightKeys = {
  dtype,
  scheme,
  granularity,
  algorithm: {
    kind: 'value',
    title: 'Algorithm',
    help: 'How the range of the weights is found; they are known in full, so it is their minimum and maximum.',
    type: { kind: 'list', of: { kind: 'string', choices: ['minmax'] }, minItems: 1 },
    default: ['minmax'],
  },
  bit: {
    kind: 'refused',
    title: 'Bits',
    help: 'Bits of a quantized weight in PyTorch.',
    reason: `bit ${pytorchOnly} For 7-bit weights set reduce_range.`,
    accepted: [7, [7]],
  },
  bits: {
    kind: 'refused',
    title: 'Bits of weight-only quantization',
    help: 'Known from weight-only quantization.',
    reason: 'Weight-only quantization is not part of tuning: weights are tuned as 8-bit together with their ops.',
  },
  group_size: {
    kind: 'refused',
    title: 'Group size of weight-only quantization',
    help: 'Known from weight-only quantization.',
    reason: 'Weight-only quantization is not part of tuning: weights are tuned as 8-bit together with their ops.',
  },
} as const satisfies ConfigKeys;

const activationKeys = {
  dtype,
  scheme,
  granularity,
  algorithm: {
    kind: 'value',
    title: 'Calibration algorithm',
    help: 'How the range is found in the calibration data: all of it (minmax), all but rare values (percentile), or the range that changes the distribution least (kl, also called entropy).',
    type: { kind: 'list', of: { kind: 'string', choices: ['minmax', 'kl', 'entropy', 'percentile'] }, minItems: 1 },
    refusedValues: { placeholder: `placeholder ${pytorchOnly}` },
  },
  compute_dtype: {
    kind: 'refused',
    title: 'Type while computing',
    help: 'Type of a dynamically quantized activation in PyTorch.',
    reason: `compute_dtype ${pytorchOnly}`,
    accepted: ['uint8', ['uint8']],
  },
} as const satisfies ConfigKeys;

/** What one op, one op type or every op may be. */
export const opOptionsKey = {
  kind: 'section',
  title: 'Options',
  help: 'What the weights and the activations may be.',
  keys: {
    weight: { kind: 'section', title: 'Weights', help: 'What constant weights may be.', keys: weightKeys },
    activation: { kind: 'section', title: 'Activations', help: 'What activations may be.', keys: activationKeys },
  },
} as const satisfies SectionKey;

const conversionDtype = {
  kind: 'section',
  title: 'Type',
  help: 'The floating type to keep.',
  keys: {
    dtype: {
      kind: 'value',
      title: 'Element type',
      help: 'The floating type the op computes in.',
      type: { kind: 'list', of: { kind: 'string', choices: ['fp32', 'bf16', 'fp16'] }, minItems: 1, maxItems: 1 },
    },
  },
} as const satisfies SectionKey;

/** The floating type one op keeps when a model is converted. */
export const conversionOptionsKey = {
  kind: 'section',
  title: 'Options',
  help: 'The floating type of the ops whose whole name, or whose type, matches.',
  keys: { weight: conversionDtype, activation: conversionDtype },
} as const satisfies SectionKey;
