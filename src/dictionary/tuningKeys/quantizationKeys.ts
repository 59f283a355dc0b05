// Keys of the section quantization of config.yaml, of 1.x and 2.x (SYSTEMS §2.2); data only.
import type { ConfigKeys } from './configKey';
import { accuracyCriterionKey, machineKeys, quantLevelKey, reduceRangeKey, tuningCriterionKey } from './goalKeys';
import { modelKeys } from './modelKeys';
import { opOptionsKey } from './opOptionKeys';
import { recipeKeys } from './recipeKeys';

const training = 'Nothing is trained here: quantization works on the finished model.';

const samplingSize = {
  kind: 'value',
  title: 'Sampling size',
  help: 'How many samples are looked at; several numbers are tried in turn.',
  type: { kind: 'list', of: { kind: 'integer', minimum: 1 }, minItems: 1 },
  default: [100],
  unit: 'samples',
} as const;

const optypeWise = {
  kind: 'named',
  title: 'Options by op type',
  help: 'What all ops of a type may be; goes before model_wise.',
  names: 'opType',
  of: opOptionsKey,
} as const;

const opWise = {
  kind: 'named',
  title: 'Options by node name',
  help: 'What the nodes may be whose whole name matches the regular expression; goes before optype_wise, and later ones before earlier ones.',
  names: 'pattern',
  of: opOptionsKey,
} as const;

const otherBackend = 'Models are measured with the CPU provider of ONNX Runtime; other providers cannot be tuned for.';

function otherDomain(domain: string): [string, string] {
  return [domain, 'What kind of model it is is read from its graph: naming the domain would change nothing.'];
}

const otherPrecision =
  'Only bf16 and fp16 can be excluded: which ops are 8-bit and which fp32 is for model_wise, optype_wise and op_wise to say.';

/** What is said in the layout of 2.x (PostTrainingQuantConfig), flat inside quantization. */
const flatKeys = {
  ...machineKeys,
  backend: {
    kind: 'value',
    title: 'Backend',
    help: 'Execution provider of ONNX Runtime; only its CPU.',
    type: { kind: 'string', choices: ['default', 'cpu', 'onnxrt_cpu_ep'] },
    default: 'default',
    refusedValues: Object.fromEntries(
      ['onnxrt_trt_ep', 'onnxrt_cuda_ep', 'onnxrt_dnnl_ep', 'onnxrt_dml_ep', 'itex', 'ipex'].map((name) => [
        name,
        otherBackend,
      ]),
    ),
  },
  domain: {
    kind: 'value',
    title: 'Domain',
    help: 'Known from Neural Compressor; only auto: the kind of model is found by looking at it.',
    type: { kind: 'string', choices: ['auto'] },
    default: 'auto',
    refusedValues: Object.fromEntries(['cv', 'object_detection', 'nlp', 'recommendation_system'].map(otherDomain)),
  },
  inputs: modelKeys.inputs,
  outputs: modelKeys.outputs,
  calibration_sampling_size: samplingSize,
  op_type_dict: optypeWise,
  op_name_dict: opWise,
  excluded_precisions: {
    kind: 'value',
    title: 'Excluded precisions',
    help: 'Known from Neural Compressor; bf16 and fp16 are never used here, so that excluding them changes nothing: ops that are not quantized stay fp32.',
    type: { kind: 'list', of: { kind: 'string', choices: ['bf16', 'fp16'] } },
    default: [],
    refusedValues: Object.fromEntries(['int8', 'uint8', 'fp32'].map((name) => [name, otherPrecision])),
  },
  quant_level: quantLevelKey,
  tuning_criterion: tuningCriterionKey,
  accuracy_criterion: accuracyCriterionKey,
  diagnosis: {
    kind: 'value',
    title: 'Diagnosis',
    help: 'Compare the tuned model with the float model op by op when tuning has ended.',
    type: { kind: 'boolean' },
    default: false,
  },
  ni_workload_name: {
    kind: 'refused',
    title: 'Workload of Neural Insights',
    help: 'Known from Neural Compressor; there is no such program here.',
    reason: 'Neural Insights does not exist here; runs are kept in the workspace.',
    accepted: ['quantization'],
  },
} as const satisfies ConfigKeys;

export const quantizationKeys = {
  approach: {
    kind: 'value',
    title: 'Approach',
    help: 'Static quantization fixes the ranges of activations by calibrating; dynamic finds them in every run; auto lets each op be either.',
    type: {
      kind: 'string',
      choices: [
        'post_training_static_quant',
        'post_training_dynamic_quant',
        'post_training_auto_quant',
        'static',
        'dynamic',
        'auto',
      ],
    },
    default: 'post_training_static_quant',
    refusedValues: {
      quant_aware_training: training,
      weight_only: 'Weight-only quantization is not part of tuning: its models trade speed for size.',
    },
  },
  calibration: {
    kind: 'section',
    title: 'Calibration',
    help: 'Data on which the ranges of activations are found; labels are not needed.',
    keys: {
      sampling_size: samplingSize,
      dataloader: {
        kind: 'data',
        title: 'Calibration data',
        help: 'The data set, as in a DATASET.yaml, or the path of such a file.',
      },
    },
  },
  recipes: {
    kind: 'section',
    title: 'Recipes',
    help: 'Steps beside the quantization itself.',
    keys: recipeKeys,
  },
  model_wise: { ...opOptionsKey, title: 'Options of the whole model', help: 'What every op may be.' },
  optype_wise: optypeWise,
  op_wise: opWise,
  quant_format: {
    kind: 'value',
    title: 'Format',
    help: 'qdq puts pairs of QuantizeLinear and DequantizeLinear around ops, qoperator replaces ops by integer ones; default leaves it to the tuner.',
    type: { kind: 'string', choices: ['default', 'qdq', 'qoperator', 'QDQ', 'QOperator'] },
    default: 'default',
  },
  reduce_range: reduceRangeKey,
  ...flatKeys,
  train: { kind: 'refused', title: 'Training', help: 'For quantization-aware training only.', reason: training },
  advance: {
    kind: 'refused',
    title: 'Advanced options',
    help: 'Bias correction of TensorFlow and PyTorch models.',
    reason: 'The bias correction for ONNX models is recipes.fast_bias_correction.',
    accepted: [{}],
  },
} as const satisfies ConfigKeys;
