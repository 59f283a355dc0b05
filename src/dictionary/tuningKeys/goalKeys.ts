// Keys of the goal and the order of the search, which both layouts of config.yaml have (SYSTEMS §2.2, §2.3); data only.
import { objectiveEntries } from '../objectives';
import { refusedStrategies, strategyEntries } from '../strategies';
import type { ConfigKeys, SectionKey } from './configKey';

type NameOf<Entry extends { readonly name: string }> = Entry['name'];
type StrategyEntryName = NameOf<(typeof strategyEntries)[number]>;
type ObjectiveEntryName = NameOf<(typeof objectiveEntries)[number]>;

const strategyChoices: readonly StrategyEntryName[] = strategyEntries.map(({ name }) => name);
const objectiveChoices: readonly ObjectiveEntryName[] = objectiveEntries.map(({ name }) => name);

/** The strategy by name. */
export const strategyNameKey = {
  kind: 'value',
  title: 'Name of the strategy',
  help: 'In which order models are tried.',
  type: { kind: 'string', choices: strategyChoices },
  default: 'auto',
  refusedValues: refusedStrategies,
} as const;

/** What is made better, one or several. */
export const objectiveListKey = {
  kind: 'value',
  title: 'Objective',
  help: 'What is made better while the accuracy goal is met.',
  type: { kind: 'list', of: { kind: 'string', choices: objectiveChoices }, minItems: 1 },
  default: ['performance'],
} as const;

export const timeoutKey = {
  kind: 'value',
  title: 'Time limit',
  help: 'The search ends after this time with the best model so far; 0 sets no limit. The float model is always measured first, however long that takes.',
  type: { kind: 'integer', minimum: 0 },
  default: 0,
  unit: 's',
} as const;

export const maxTrialsKey = {
  kind: 'value',
  title: 'Largest number of trials',
  help: 'The search ends after this many models.',
  type: { kind: 'integer', minimum: 1 },
  default: 100,
  unit: 'trials',
} as const;

export const confidenceBatchesKey = {
  kind: 'value',
  title: 'Batches for comparing outputs',
  help: 'Batches that mse_v2 and hawq_v2 compare the output of the model on.',
  type: { kind: 'integer', minimum: 1 },
  default: 2,
  unit: 'batches',
} as const;

/** The layout of 2.x for what tuning says otherwise. */
export const tuningCriterionKey = {
  kind: 'section',
  title: 'Search, in the layout of 2.x',
  help: 'Strategy, limits and objective of the search, as Neural Compressor 2.x writes them.',
  keys: {
    strategy: strategyNameKey,
    strategy_kwargs: {
      kind: 'section',
      title: 'Arguments of the strategy',
      help: 'Arguments that only some strategies take.',
      keys: {
        confidence_batches: confidenceBatchesKey,
        hawq_v2_loss: {
          kind: 'refused',
          title: 'Loss of hawq_v2',
          help: 'A Python function in the original.',
          reason: 'hawq_v2 needs no loss here: it looks at the output of the model itself.',
        },
      },
    },
    timeout: timeoutKey,
    max_trials: maxTrialsKey,
    objective: objectiveListKey,
  },
} as const satisfies SectionKey;

/** The accuracy goal, in the words of 1.x (relative, absolute) and of 2.x (criterion, tolerable_loss). */
export const accuracyCriterionKey = {
  kind: 'section',
  title: 'Accuracy goal',
  help: 'How much accuracy the tuned model may lose; either relative or absolute.',
  keys: {
    relative: {
      kind: 'value',
      title: 'Relative loss',
      help: 'Largest acceptable loss as a part of the accuracy of the float model: 0.01 or 1%. A negative one asks for an improvement: -1% for one of at least 1%.',
      type: { kind: 'percent', above: -1, below: 1 },
      default: 0.01,
    },
    absolute: {
      kind: 'value',
      title: 'Absolute loss',
      help: 'Largest acceptable difference to the accuracy of the float model, in the unit of the metric.',
      type: { kind: 'percent' },
    },
    higher_is_better: {
      kind: 'value',
      title: 'Higher is better',
      help: 'Whether a higher value of the metric is better; without it as the metric has it.',
      type: { kind: 'boolean' },
    },
    criterion: {
      kind: 'value',
      title: 'Kind of goal, in the layout of 2.x',
      help: 'Whether tolerable_loss is a part of the accuracy of the float model or a difference to it.',
      type: { kind: 'string', choices: ['relative', 'absolute'] },
      default: 'relative',
    },
    tolerable_loss: {
      kind: 'value',
      title: 'Tolerable loss, in the layout of 2.x',
      help: 'Largest acceptable loss: 0.01 or 1%; a negative relative one asks for an improvement.',
      type: { kind: 'percent' },
      default: 0.01,
    },
  },
} as const satisfies SectionKey;

/** 2.x: how much of the search is automatic. */
export const quantLevelKey = {
  kind: 'value',
  title: 'Level of quantization, in the layout of 2.x',
  help: 'auto is the strategy auto, 0 the strategy conservative, 1 the strategy that is named (basic without a name).',
  type: { kind: 'string', choices: ['auto', '0', '1'] },
} as const;

export const reduceRangeKey = {
  kind: 'value',
  title: 'Reduced range',
  help: '7-bit weights, for CPUs whose 8-bit multiply-add saturates; without it decided by the CPU.',
  type: { kind: 'boolean' },
} as const;

/** Keys of either layout that name the machine; the same wherever they stand. */
export const machineKeys = {
  device: {
    kind: 'value',
    title: 'Device',
    help: 'Where models run; only the CPU.',
    type: { kind: 'string', choices: ['cpu'] },
    default: 'cpu',
    refusedValues: {
      gpu: 'Models run on the CPU here: latencies and 8-bit kernels of a GPU cannot be measured.',
      npu: 'Models run on the CPU here: latencies and 8-bit kernels of an NPU cannot be measured.',
      xpu: 'Models run on the CPU here: latencies and 8-bit kernels of an XPU cannot be measured.',
    },
  },
} as const satisfies ConfigKeys;
