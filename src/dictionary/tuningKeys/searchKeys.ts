// Keys of the section tuning of config.yaml (SYSTEMS §2.3); data only.
import { objectiveEntries } from '../objectives';
import { refusedStrategies } from '../strategies';
import { accuracyAwareKeys } from './accuracyAwareKeys';
import type { ConfigKeys, RefusedKey, ValueKey } from './configKey';
import {
  accuracyCriterionKey,
  confidenceBatchesKey,
  maxTrialsKey,
  objectiveListKey,
  quantLevelKey,
  strategyNameKey,
  timeoutKey,
  tuningCriterionKey,
} from './goalKeys';

function sigopt(title: string): RefusedKey {
  return {
    kind: 'refused',
    title,
    help: 'Known from the strategy sigopt, which does not exist here.',
    reason: refusedStrategies['sigopt'] ?? '',
  };
}

function weight(title: string, help: string): ValueKey & { readonly type: { readonly kind: 'number' } } {
  return { kind: 'value', title, help, type: { kind: 'number', minimum: 0 }, default: 1 };
}

const diagnosisKeys = {
  diagnosis_after_tuning: {
    kind: 'value',
    title: 'Diagnosis after tuning',
    help: 'Compare the tuned model with the float model op by op when tuning has ended.',
    type: { kind: 'boolean' },
    default: false,
  },
  op_list: {
    kind: 'refused',
    title: 'Ops',
    help: 'Known from Neural Compressor; only an empty list, which means all.',
    reason: 'The diagnosis always looks at every op.',
    accepted: [[]],
  },
  iteration_list: {
    kind: 'refused',
    title: 'Batches',
    help: 'Known from Neural Compressor; only the first batch.',
    reason: 'The diagnosis looks at the first batch of the calibration data.',
    accepted: [1, [1]],
  },
  inspect_type: {
    kind: 'refused',
    title: 'Tensors',
    help: 'Known from Neural Compressor; always weights and activations.',
    reason: 'The diagnosis always looks at weights and activations.',
    accepted: ['all'],
  },
  save_to_disk: {
    kind: 'refused',
    title: 'Save to disk',
    help: 'Known from Neural Compressor; always true.',
    reason: 'The diagnosis is always saved with its run.',
    accepted: [true],
  },
  save_path: {
    kind: 'refused',
    title: 'Folder',
    help: 'Known from Neural Compressor; always the folder of the run.',
    reason: 'The diagnosis is saved in the folder of its run; set workspace.path.',
    accepted: ['./nc_workspace/inspect_saved/', './nc_workspace/inspect_saved'],
  },
} as const satisfies ConfigKeys;

export const searchKeys = {
  strategy: {
    kind: 'section',
    title: 'Strategy',
    help: 'In which order models are tried: a name, or a name with arguments.',
    scalarKey: 'name',
    keys: {
      name: strategyNameKey,
      accuracy_weight: weight('Weight of accuracy', 'Factor of the accuracy in the loss of tpe.'),
      latency_weight: weight('Weight of latency', 'Factor of the latency in the loss of tpe.'),
      confidence_batches: confidenceBatchesKey,
      ...accuracyAwareKeys,
      sigopt_api_token: sigopt('Token of SigOpt'),
      sigopt_project_id: sigopt('Project of SigOpt'),
      sigopt_experiment_name: sigopt('Experiment of SigOpt'),
    },
  },
  accuracy_criterion: accuracyCriterionKey,
  objective: objectiveListKey,
  multi_objectives: {
    kind: 'section',
    title: 'Several objectives',
    help: 'Several objectives with their weights; takes the place of objective.',
    keys: {
      objective: objectiveListKey,
      weight: {
        kind: 'value',
        title: 'Weights',
        help: 'One weight for each objective; without them all count the same.',
        type: { kind: 'list', of: { kind: 'number', minimum: 0 }, minItems: 1 },
      },
      higher_is_better: {
        kind: 'value',
        title: 'Higher is better',
        help: `For each objective, whether a higher figure is better; without it only for ${objectiveEntries
          .filter(({ higherIsBetter }) => higherIsBetter)
          .map(({ name }) => name)
          .join(', ')}.`,
        type: { kind: 'list', of: { kind: 'boolean' }, minItems: 1 },
      },
    },
  },
  exit_policy: {
    kind: 'section',
    title: 'End of the search',
    help: 'When the search ends.',
    keys: {
      timeout: timeoutKey,
      max_trials: maxTrialsKey,
      performance_only: {
        kind: 'value',
        title: 'Performance only',
        help: 'Take the fully quantized model without looking at its accuracy.',
        type: { kind: 'boolean' },
        default: false,
      },
    },
  },
  random_seed: {
    kind: 'value',
    title: 'Random seed',
    help: 'Decides the choices of random, bayesian and tpe; shuffled samples have one order, whatever the seed. auto also decides by measured times, which differ from run to run.',
    type: { kind: 'integer', minimum: 0 },
    default: 9527,
  },
  workspace: {
    kind: 'section',
    title: 'Workspace',
    help: 'Where runs are kept.',
    keys: {
      path: {
        kind: 'value',
        title: 'Folder',
        help: 'Where runs are kept when the command line names no workspace, relative to this config.',
        type: { kind: 'path' },
      },
      resume: {
        kind: 'refused',
        title: 'Snapshot',
        help: 'A snapshot of Neural Compressor.',
        reason: 'Snapshots of Neural Compressor are Python pickles and are not read; go on with a run by --resume.',
      },
    },
  },
  diagnosis: {
    kind: 'section',
    title: 'Diagnosis',
    help: 'Comparing the tuned model with the float model op by op.',
    keys: diagnosisKeys,
  },
  tensorboard: {
    kind: 'refused',
    title: 'TensorBoard',
    help: 'Known from Neural Compressor; only false.',
    reason: 'No files for TensorBoard are written; the diagnosis shows ranges and histograms of every op.',
    accepted: [false],
  },
  quant_level: quantLevelKey,
  tuning_criterion: tuningCriterionKey,
} as const satisfies ConfigKeys;
