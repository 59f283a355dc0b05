// Parameters of the strategy accuracy_aware (SYSTEMS §7.7); data only.
import type { ConfigKeys } from './configKey';

export const accuracyAwareKeys = {
  preset: {
    kind: 'value',
    title: 'Preset',
    help: 'How accuracy_aware quantizes at first: performance has symmetric activations, mixed has them as they are; weights are symmetric in both.',
    type: { kind: 'string', choices: ['performance', 'mixed'] },
    default: 'performance',
  },
  ranking_subset_size: {
    kind: 'value',
    title: 'Samples for ranking',
    help: 'On how many of the samples that lose most accuracy_aware ranks the layers.',
    type: { kind: 'integer', minimum: 1 },
    default: 300,
    unit: 'samples',
  },
  max_iter_num: {
    kind: 'value',
    title: 'Largest number of steps back to float',
    help: 'accuracy_aware reverts at most so many groups of layers; without it there is no limit.',
    type: { kind: 'integer', minimum: 1 },
  },
  use_prev_if_drop_increase: {
    kind: 'value',
    title: 'Step back',
    help: 'accuracy_aware takes a step back that made the model less accurate.',
    type: { kind: 'boolean' },
    default: true,
  },
  annotation_free: {
    kind: 'value',
    title: 'Without labels',
    help: 'accuracy_aware compares with the answers of the float model instead of labels and metric.',
    type: { kind: 'boolean' },
    default: false,
  },
  annotation_conf_threshold: {
    kind: 'value',
    title: 'Confidence of answers',
    help: 'With annotation_free: answers that the float model gives with less confidence are left out.',
    type: { kind: 'number', minimum: 0, maximum: 1 },
    default: 0.6,
  },
  convert_to_mixed_preset: {
    kind: 'value',
    title: 'Try the mixed preset first',
    help: 'Before accuracy_aware reverts anything it tries the preset mixed; for the preset performance.',
    type: { kind: 'boolean' },
    default: false,
  },
  tune_hyperparams: {
    kind: 'value',
    title: 'Tune hyperparameters first',
    help: 'Before accuracy_aware reverts anything it compares range estimators and bias correction on the hardest samples.',
    type: { kind: 'boolean' },
    default: false,
  },
} as const satisfies ConfigKeys;
