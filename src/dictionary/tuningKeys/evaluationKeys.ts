// Keys of the section evaluation of config.yaml (SYSTEMS §2.4); data only.
import type { ConfigKeys, PostprocessKey } from './configKey';

const postprocess = {
  kind: 'section',
  title: 'Postprocessing',
  help: 'What is done after the model has run.',
  keys: {
    transform: {
      kind: 'postprocess',
      title: 'Steps',
      help: 'Steps by name, applied in this order: boxes decoded from outputs, labels shifted.',
    } satisfies PostprocessKey,
  },
} as const;

const dataloader = {
  kind: 'data',
  title: 'Data',
  help: 'The data set, as in a DATASET.yaml, or the path of such a file.',
} as const;

function iteration<Help extends string>(
  help: Help,
): {
  readonly kind: 'value';
  readonly title: 'Batches';
  readonly help: Help;
  readonly type: { readonly kind: 'integer'; readonly minimum: -1 };
  readonly default: -1;
  readonly unit: 'batches';
} {
  return {
    kind: 'value',
    title: 'Batches',
    help,
    type: { kind: 'integer', minimum: -1 },
    default: -1,
    unit: 'batches',
  };
}

const metricKeys = {
  weight: {
    kind: 'value',
    title: 'Weights',
    help: 'One weight for each metric, for the mean that has to meet the goal; without them each metric has to by itself.',
    type: { kind: 'list', of: { kind: 'number', minimum: 0 }, minItems: 1 },
  },
  higher_is_better: {
    kind: 'value',
    title: 'Higher is better',
    help: 'For each metric, whether a higher value is better; without it as the metric has it.',
    type: { kind: 'list', of: { kind: 'boolean' }, minItems: 1 },
  },
} as const;

const openMp = 'ONNX Runtime has its own threads and does not use OpenMP; set intra_num_of_threads.';

const machineKeys = {
  cores_per_instance: {
    kind: 'value',
    title: 'Cores of an instance',
    help: 'Cores each instance keeps to; without intra_num_of_threads also its number of threads.',
    type: { kind: 'integer', minimum: 1 },
    unit: 'cores',
  },
  num_of_instance: {
    kind: 'value',
    title: 'Instances',
    help: 'Processes that run the model at the same time.',
    type: { kind: 'integer', minimum: 1 },
    default: 1,
    unit: 'processes',
  },
  intra_num_of_threads: {
    kind: 'value',
    title: 'Threads',
    help: 'Threads inside an op.',
    type: { kind: 'integer', minimum: 1 },
    default: 1,
    unit: 'threads',
  },
  inter_num_of_threads: {
    kind: 'refused',
    title: 'Threads between ops',
    help: 'Known from TensorFlow; only 1.',
    reason: 'Ops run one after the other: threads between ops make small models slower.',
    accepted: [1],
  },
  kmp_blocktime: {
    kind: 'refused',
    title: 'Waiting time of OpenMP',
    help: 'Known from OpenMP, which ONNX Runtime does not use.',
    reason: openMp,
  },
  kmp_affinity: {
    kind: 'refused',
    title: 'Affinity of OpenMP',
    help: 'Known from OpenMP, which ONNX Runtime does not use.',
    reason: openMp,
    accepted: ['granularity=fine,verbose,compact,1,0'],
  },
} as const satisfies ConfigKeys;

export const evaluationKeys = {
  accuracy: {
    kind: 'section',
    title: 'Accuracy',
    help: 'On which labelled data accuracy is measured, and how. Without it, the share of answers that stay the same on the calibration data.',
    keys: {
      metric: {
        kind: 'metric',
        title: 'Metric',
        help: 'What is measured; without it the metric of the data set file, or the share of right answers (topk: 1).',
      },
      multi_metrics: {
        kind: 'metrics',
        title: 'Several metrics',
        help: 'Several metrics; takes the place of metric.',
        keys: metricKeys,
      },
      dataloader,
      iteration: iteration('Batches at most; -1 is all.'),
      postprocess,
      configs: {
        kind: 'refused',
        title: 'Cores and instances',
        help: 'Known from Neural Compressor; accuracy does not depend on them.',
        reason: 'Accuracy does not depend on cores and instances; they belong to evaluation.performance.configs.',
        accepted: [{}],
      },
    },
  },
  performance: {
    kind: 'section',
    title: 'Performance',
    help: 'How latency is measured.',
    keys: {
      warmup: {
        kind: 'value',
        title: 'Warm-up',
        help: 'Runs before the timed ones.',
        type: { kind: 'integer', minimum: 0 },
        default: 5,
        unit: 'runs',
      },
      iteration: iteration('Timed runs of each model; -1 is as many as a stable figure needs.'),
      configs: {
        kind: 'section',
        title: 'Cores and instances',
        help: 'What the model may use of the machine.',
        keys: machineKeys,
      },
      dataloader,
      postprocess,
    },
  },
} as const satisfies ConfigKeys;
