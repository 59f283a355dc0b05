// Keys of quantization.recipes: steps beside the quantization itself (SYSTEMS §2.2); data only.
import type { ConfigKeys, RefusedKey, ValueKey } from './configKey';

function recipe(title: string, help: string): ValueKey & { readonly type: { readonly kind: 'boolean' } } {
  const decided = 'Absent: the strategy decides; true: always; false: never.';
  return { kind: 'value', title, help: `${help} ${decided}`, type: { kind: 'boolean' } };
}

function weightOnly(title: string): RefusedKey {
  return {
    kind: 'refused',
    title,
    help: 'Known from weight-only quantization.',
    reason: 'Weight-only quantization is not part of tuning; its arguments have nothing to act on.',
    accepted: [{}],
  };
}

const smoothQuantKeys = {
  alpha: {
    kind: 'value',
    title: 'Alpha',
    help: 'How much of the difficulty moves from activations to weights, from 0 to 1; several are tried in turn; auto finds the best for each op.',
    type: {
      kind: 'either',
      of: [
        { kind: 'string', choices: ['auto'] },
        { kind: 'list', of: { kind: 'number', minimum: 0, maximum: 1 }, minItems: 1 },
      ],
    },
    default: 0.5,
  },
  folding: {
    kind: 'refused',
    title: 'Folding',
    help: 'Whether the factors are folded into the ops before.',
    reason: 'Factors are always folded where an op before can take them; smoothing that cannot be folded costs time.',
    accepted: [true],
  },
  calib_iter: {
    kind: 'refused',
    title: 'Calibration batches',
    help: 'How many batches SmoothQuant looks at.',
    reason: 'SmoothQuant looks at the same samples as the calibration: set calibration.sampling_size.',
  },
  auto_alpha_args: {
    kind: 'refused',
    title: 'Arguments of the alpha search',
    help: 'Range and step of the search for alpha.',
    reason: 'The search for alpha has its range and step fixed; give a list of alphas to try others.',
    accepted: [{}],
  },
} as const satisfies ConfigKeys;

/** Every recipe, of 1.x and 2.x, and ours. */
export const recipeKeys = {
  equalization: recipe(
    'Cross-layer equalization',
    'Evens out the ranges of channels between consecutive layers, which per-tensor scales need.',
  ),
  fast_bias_correction: recipe(
    'Fast bias correction',
    'Moves the bias of each Conv by the mean error that quantizing made.',
  ),
  weight_correction: recipe(
    'Weight correction',
    'Gives the quantized weights of each Conv channel the mean and spread of the float ones.',
  ),
  smooth_quant: recipe('SmoothQuant', 'Moves outliers of activations into the weights before quantizing.'),
  smooth_quant_args: {
    kind: 'section',
    title: 'Arguments of SmoothQuant',
    help: 'How SmoothQuant works when it is tried.',
    keys: smoothQuantKeys,
  },
  first_conv_or_matmul_quantization: recipe(
    'Quantize the first Conv or MatMul',
    'The first op is often sensitive; false keeps it float.',
  ),
  last_conv_or_matmul_quantization: recipe(
    'Quantize the last Conv or MatMul',
    'The last op is often sensitive; false keeps it float.',
  ),
  pre_post_process_quantization: recipe(
    'Quantize pre- and postprocessing',
    'Ops before the first and after the last Conv or MatMul; false keeps them float.',
  ),
  graph_optimization_level: {
    kind: 'value',
    title: 'Level of graph optimization',
    help: 'How far the graph is optimized before it is quantized. Absent: the level that pays is found by measuring.',
    type: { kind: 'string', choices: ['DISABLE_ALL', 'ENABLE_BASIC', 'ENABLE_EXTENDED'] },
    refusedValues: {
      ENABLE_ALL:
        'The layouts of ENABLE_ALL are made for one machine and hide convolutions from quantization; ENABLE_EXTENDED is the highest that can be quantized.',
    },
  },
  gemm_to_matmul: {
    kind: 'value',
    title: 'Gemm to MatMul',
    help: 'Neural Compressor turned Gemm into MatMul and Add first; here Gemm is quantized as it is and both values mean the same.',
    type: { kind: 'boolean' },
    default: true,
  },
  scale_propagation_max_pooling: {
    kind: 'refused',
    title: 'Scale propagation through MaxPool',
    help: 'MaxPool keeps the scale of its input.',
    reason: 'MaxPool always keeps the scale of its input: another scale could only lose accuracy.',
    accepted: [true],
  },
  scale_propagation_concat: {
    kind: 'refused',
    title: 'Scale propagation through Concat',
    help: 'Known from TensorFlow; only true is accepted.',
    reason: 'Scales of Concat are the business of ONNX Runtime and cannot be switched off.',
    accepted: [true],
  },
  add_qdq_pair_to_weight: {
    kind: 'refused',
    title: 'Q/DQ pairs on weights',
    help: 'Weights as float with a Q/DQ pair, for other engines; only false is accepted.',
    reason: 'Weights are stored as 8-bit: as float with a Q/DQ pair the model would be neither smaller nor faster.',
    accepted: [false],
  },
  dedicated_qdq_pair: {
    kind: 'refused',
    title: 'Dedicated Q/DQ pairs',
    help: 'A Q/DQ pair for each reader of a tensor, for other engines; only false is accepted.',
    reason: 'Readers of one tensor share its Q/DQ pair: ONNX Runtime gains nothing from one for each.',
    accepted: [false],
  },
  optypes_to_exclude_output_quant: {
    kind: 'refused',
    title: 'Op types without quantized output',
    help: 'Op types whose output stays float, for other engines; only an empty list is accepted.',
    reason: 'Outputs cannot be left float by op type; keep the whole op type float in optype_wise instead.',
    accepted: [[]],
  },
  layer_wise_quant: {
    kind: 'refused',
    title: 'Layer-wise quantization',
    help: 'Known from PyTorch; only false is accepted.',
    reason: 'layer_wise_quant is for language models in PyTorch that do not fit into memory.',
    accepted: [false],
  },
  rtn_args: weightOnly('Arguments of RTN'),
  awq_args: weightOnly('Arguments of AWQ'),
  gptq_args: weightOnly('Arguments of GPTQ'),
  teq_args: weightOnly('Arguments of TEQ'),
} as const satisfies ConfigKeys;
