// Keys of the sections graph_optimization and mixed_precision of config.yaml (SYSTEMS §2.1, §4.7); data only.
import type { ConfigKeys } from './configKey';
import { conversionOptionsKey } from './opOptionKeys';

const opWise = {
  kind: 'named',
  title: 'Types by op',
  help: 'Ops that keep a floating type of their own: regular expressions of whole node names, or op types.',
  names: 'pattern',
  of: conversionOptionsKey,
} as const;

export const graphOptimizationKeys = {
  precisions: {
    kind: 'value',
    title: 'Precisions',
    help: 'Floating types the ops may have; fp32 alone only optimizes the graph.',
    type: { kind: 'list', of: { kind: 'string', choices: ['fp32', 'bf16'] }, minItems: 1 },
    default: ['fp32'],
  },
  level: {
    kind: 'value',
    title: 'Level',
    help: 'How far the graph is optimized; ENABLE_ALL also fits it to this machine.',
    type: { kind: 'string', choices: ['DISABLE_ALL', 'ENABLE_BASIC', 'ENABLE_EXTENDED', 'ENABLE_ALL'] },
  },
  op_wise: opWise,
} as const satisfies ConfigKeys;

export const mixedPrecisionKeys = {
  precisions: {
    kind: 'value',
    title: 'Precisions',
    help: 'Floating types the ops may have, besides fp32.',
    type: { kind: 'list', of: { kind: 'string', choices: ['fp32', 'bf16', 'fp16'] }, minItems: 1 },
    default: ['fp16'],
  },
  keep_io_types: {
    kind: 'value',
    title: 'Keep the types of inputs and outputs',
    help: 'Inputs and outputs of the model stay float32, so that programs using it need no change.',
    type: { kind: 'boolean' },
    default: true,
  },
  op_wise: opWise,
} as const satisfies ConfigKeys;
