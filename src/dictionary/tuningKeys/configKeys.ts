// The keys at the top of config.yaml, and with them the whole file (SYSTEMS §2); data only.
import type { ConfigKey, ConfigKeys, RefusedKey } from './configKey';
import { graphOptimizationKeys, mixedPrecisionKeys } from './conversionKeys';
import { evaluationKeys } from './evaluationKeys';
import { machineKeys, reduceRangeKey } from './goalKeys';
import { modelKeys } from './modelKeys';
import { quantizationKeys } from './quantizationKeys';
import { searchKeys } from './searchKeys';

function training(title: string, what: string): RefusedKey {
  return {
    kind: 'refused',
    title,
    help: 'Known from Neural Compressor, for TensorFlow and PyTorch.',
    reason: `${what} needs training, which TensorFlow or PyTorch does; this product works on finished ONNX models.`,
  };
}

/** Every key of the file. */
export const configKeys = {
  version: {
    kind: 'value',
    title: 'Version',
    help: 'Version of Neural Compressor the file was written for, 1 or 2; both layouts are read.',
    type: { kind: 'number', minimum: 1, maximum: 2.99 },
    default: 1,
  },
  model: { kind: 'section', title: 'Model', help: 'The model that is tuned.', keys: modelKeys },
  ...machineKeys,
  quantization: {
    kind: 'section',
    title: 'Quantization',
    help: 'How the model may be quantized.',
    keys: quantizationKeys,
  },
  graph_optimization: {
    kind: 'section',
    title: 'Graph optimization',
    help: 'Optimize the graph instead of quantizing.',
    keys: graphOptimizationKeys,
  },
  mixed_precision: {
    kind: 'section',
    title: 'Mixed precision',
    help: 'Convert to a smaller floating type instead of quantizing.',
    keys: mixedPrecisionKeys,
  },
  tuning: {
    kind: 'section',
    title: 'Tuning',
    help: 'The goal, and how models are searched for that meet it.',
    keys: searchKeys,
  },
  evaluation: {
    kind: 'section',
    title: 'Evaluation',
    help: 'How accuracy and performance are measured.',
    keys: evaluationKeys,
  },
  reduce_range: reduceRangeKey,
  model_conversion: training('Model conversion', 'Converting a quantization-aware model'),
  pruning: training('Pruning', 'This kind of pruning'),
  distillation: training('Distillation', 'Distillation'),
  auto_distillation: training('Automatic distillation', 'Distillation'),
  nas: training('Architecture search', 'Architecture search'),
  train: training('Training', 'This section'),
} as const satisfies ConfigKeys;

/** Every path of keys that ends in `name`: `tuning.exit_policy.timeout`. */
export function placesOfKey(name: string, keys: ConfigKeys = configKeys, path = ''): string[] {
  return Object.entries(keys).flatMap(([key, entry]: [string, ConfigKey]) => {
    const keyPath = path === '' ? key : `${path}.${key}`;
    const here = key === name && entry.kind !== 'refused' ? [keyPath] : [];
    return entry.kind === 'section' ? [...here, ...placesOfKey(name, entry.keys, keyPath)] : here;
  });
}
