// The parameters of DefaultQuantization (SYSTEMS §7.5), which AccuracyAwareQuantization has, too.
import type { WeightRange, WeightRangeEnd } from '../../config/recipe';
import { aggregators } from '../../quantization/estimators/aggregators';
import { defaultEstimator, outlierProb, statisticTypes } from '../../quantization/estimators/rangeEstimator';
import type {
  EndEstimator,
  EstimatorPreset,
  RangeEstimator,
  RangeMode,
} from '../../quantization/estimators/rangeEstimator';
import type { AccuracyAwareParameters } from './algorithmParameters';
import { ignoredOf } from './ignoredScope';
import type { IgnoredScope } from './ignoredScope';
import { Parameters } from './parameters';
import { pipelineErrors } from './pipelineErrors';

export const quantizationKeys = [
  ...(['preset', 'stat_subset_size', 'shuffle_data', 'seed', 'stat_batch_size', 'target_device'] as const),
  ...(['model_type', 'inplace_statistics', 'ignored', 'weights', 'activations', 'range_estimator'] as const),
  ...(['use_fast_bias', 'apply_for_all_nodes', 'threshold', 'saturation_fix', 'use_layerwise_tuning'] as const),
  ...(['dump_intermediate_model', 'tune_hyperparams', 'channel_alignment'] as const),
] as const satisfies readonly (keyof AccuracyAwareParameters)[];

export const presets = ['performance', 'mixed', 'accuracy'] as const;
export type Preset = (typeof presets)[number];

export interface WeightSettings {
  readonly isSymmetric: boolean;
  readonly isPerChannel: boolean;
  /** Absent: ranges are those of the values. */
  readonly range?: WeightRange;
}

export interface QuantizationSettings {
  readonly preset: Preset;
  /** Absent: the whole data set. */
  readonly statSubsetSize?: number;
  readonly shuffleData: boolean;
  readonly seed: number;
  readonly statBatchSize: number;
  readonly isTransformer: boolean;
  readonly ignored: IgnoredScope;
  readonly weights: WeightSettings;
  /** What a person should know of the parameters. */
  readonly notes: readonly string[];
  /** How ranges of activations are estimated with a preset. */
  readonly estimator: (preset: Preset) => RangeEstimator;
  /** Biases in one pass, or else layer by layer. Absent: as the algorithm has it (fast). */
  readonly useFastBias?: boolean;
  /** Channels between neighbouring convolutions are brought to one width first. */
  readonly channelAlignment: boolean;
  /** Also ops that have no bias get one. */
  readonly applyForAllNodes: boolean;
  /** Largest shift of a bias, in multiples of the largest bias of its layer. Absent: 2 with fast correction, else 1000. */
  readonly threshold?: number;
  readonly saturationFix: 'no' | 'first_layer' | 'all';
}

/** Throws PipelineError naming the parameter, what came and what was expected. */
export function quantizationSettings(parameters: Parameters): QuantizationSettings {
  refuseWithoutEffect(parameters);
  const statSubsetSize = parameters.count('stat_subset_size');
  const useFastBias = parameters.flag('use_fast_bias');
  const threshold = parameters.number('threshold', 0);
  return {
    preset: parameters.choice('preset', presets) ?? 'performance',
    ...(statSubsetSize === undefined ? {} : { statSubsetSize }),
    shuffleData: parameters.flag('shuffle_data') ?? false,
    seed: parameters.count('seed', 0) ?? 0,
    statBatchSize: parameters.count('stat_batch_size') ?? 1,
    isTransformer: isTransformer(parameters),
    ignored: ignoredOf(parameters.value('ignored'), parameters.placeOf('ignored')),
    weights: weightsOf(parameters),
    notes: notesOf(parameters),
    estimator: estimatorOf(parameters),
    ...(useFastBias === undefined ? {} : { useFastBias }),
    channelAlignment: parameters.flag('channel_alignment') ?? true,
    applyForAllNodes: parameters.flag('apply_for_all_nodes') ?? false,
    ...(threshold === undefined ? {} : { threshold }),
    saturationFix: parameters.choice('saturation_fix', ['no', 'first_layer', 'all'] as const) ?? 'no',
  };
}

function refuseWithoutEffect(parameters: Parameters): void {
  const device = parameters.text('target_device');
  if (device !== undefined && !['ANY', 'CPU'].includes(device)) {
    const reason = 'ONNX Runtime runs on the CPU here; ANY and CPU are the devices';
    throw pipelineErrors.noEffect(parameters.placeOf('target_device'), device, reason);
  }
  parameters.only('inplace_statistics', true, 'statistics are always reduced within the graph where they can be');
  parameters.only('use_layerwise_tuning', false, 'weights are not trained');
  const kept = 'models on the way are removed; evaluate and save those you want to keep';
  parameters.only('dump_intermediate_model', false, kept);
}

function isTransformer(parameters: Parameters): boolean {
  const value = parameters.value('model_type');
  if (value === undefined || value === null) return false;
  if (typeof value === 'string' && value.toLowerCase() === 'transformer') return true;
  throw pipelineErrors.parameter(parameters.placeOf('model_type'), value, '"transformer" or null');
}

const tensorKeys = ['bits', 'mode', 'granularity', 'level_low', 'level_high', 'range_estimator'] as const;
const modes: readonly RangeMode[] = ['symmetric', 'asymmetric'];

function weightsOf(parameters: Parameters): WeightSettings {
  const weights = parameters.section('weights', tensorKeys);
  const granularity = weights.choice('granularity', ['perchannel', 'pertensor'] as const) ?? 'perchannel';
  const usualMode = isAccuracy(parameters) && granularity === 'pertensor' ? 'asymmetric' : 'symmetric';
  const mode = weights.choice('mode', modes) ?? usualMode;
  weights.only('bits', 8, 'the engine computes with 8 bits');
  if (mode === 'asymmetric' && granularity === 'perchannel') {
    const reason = 'integer operators need one zero point for all channels; use granularity pertensor with it';
    throw pipelineErrors.noEffect(weights.placeOf('mode'), mode, reason);
  }
  const [low, high] = mode === 'symmetric' ? [-127, 127] : [-128, 127];
  weights.only('level_low', low, `the levels of ${mode} weights are ${low} to ${high}`);
  weights.only('level_high', high, `the levels of ${mode} weights are ${low} to ${high}`);
  const range = weightRangeOf(weights, mode);
  return {
    isSymmetric: mode === 'symmetric',
    isPerChannel: granularity === 'perchannel',
    ...(range === undefined ? {} : { range }),
  };
}

function isAccuracy(parameters: Parameters): boolean {
  return parameters.choice('preset', presets) === 'accuracy';
}

/** The preset wants asymmetric weights; the engine has them with one scale for all channels alone. */
function notesOf(parameters: Parameters): readonly string[] {
  const weights = parameters.section('weights', tensorKeys);
  const isOpen = weights.value('mode') === undefined && weights.value('granularity') !== 'pertensor';
  if (!isAccuracy(parameters) || !isOpen) return [];
  return [
    'preset accuracy: weights with a scale for each channel stay symmetric, for integer operators need one zero point for all of them; weights.granularity pertensor makes them asymmetric.',
  ];
}

function weightRangeOf(weights: Parameters, mode: RangeMode): WeightRange | undefined {
  if (weights.value('range_estimator') === undefined) return undefined;
  const group = weights.section('range_estimator', ['preset', 'min', 'max']);
  const isQuantile = group.choice('preset', ['default', 'quantile'] as const) === 'quantile';
  if (mode === 'symmetric') group.only('min', undefined, 'symmetric weights have one end, max');
  const plain = mode === 'symmetric' ? 'abs_max' : 'max';
  const quantile = mode === 'symmetric' ? 'abs_quantile' : 'quantile';
  return {
    min: weightEndOf(group, 'min', isQuantile ? 'quantile' : 'min'),
    max: weightEndOf(group, 'max', isQuantile ? quantile : plain),
  };
}

function weightEndOf(group: Parameters, end: 'min' | 'max', usual: WeightRangeEnd['type']): WeightRangeEnd {
  const given = group.section(end, endKeys);
  given.only('aggregator', undefined, 'a weight is one tensor, and there is nothing to aggregate');
  return { type: given.choice('type', statisticTypes) ?? usual, ...cutOf(given) };
}

const endKeys = ['type', 'aggregator', 'outlier_prob', 'clipping_value'] as const;

/** What both kinds of ends have. */
function cutOf(given: Parameters): Pick<WeightRangeEnd, 'outlierProb' | 'clippingValue'> {
  const clippingValue = given.value('clipping_value') === null ? undefined : given.finite('clipping_value', 0);
  return {
    outlierProb: given.number('outlier_prob', 0, 0.5) ?? outlierProb,
    ...(clippingValue === undefined ? {} : { clippingValue }),
  };
}

function estimatorOf(parameters: Parameters): QuantizationSettings['estimator'] {
  const activations = parameters.section('activations', tensorKeys);
  activations.only('bits', 8, 'the engine computes with 8 bits');
  activations.only('granularity', 'pertensor', 'the engine has one scale for an activation');
  activations.only('level_low', 0, 'the levels of activations are 0 to 255');
  activations.only('level_high', 255, 'the levels of activations are 0 to 255');
  const own = activations.choice('mode', modes);
  const global = parameters.value('range_estimator');
  const chosen = activations.value('range_estimator') ?? global;
  const isOwn = activations.value('range_estimator') !== undefined;
  const place = isOwn ? activations.placeOf('range_estimator') : parameters.placeOf('range_estimator');
  const estimator = (preset: Preset): RangeEstimator =>
    rangeEstimatorOf(chosen, own ?? (preset === 'performance' ? 'symmetric' : 'asymmetric'), place);
  // Mistakes are told before the work begins.
  estimator('performance');
  return estimator;
}

/** The ends that are given, over those of the preset (SYSTEMS §7.5). */
function rangeEstimatorOf(given: unknown, mode: RangeMode, place: string): RangeEstimator {
  const group = new Parameters(given ?? {}, ['preset', 'min', 'max'], place);
  const preset = group.choice('preset', ['default', 'quantile'] as const) ?? 'default';
  const base = defaultEstimator(mode, preset satisfies EstimatorPreset);
  return { mode, min: endOf(group, 'min', base.min), max: endOf(group, 'max', base.max) };
}

function endOf(group: Parameters, end: 'min' | 'max', base: EndEstimator): EndEstimator {
  const given = group.section(end, endKeys);
  return {
    type: given.choice('type', statisticTypes) ?? base.type,
    aggregator: given.choice('aggregator', aggregators) ?? base.aggregator,
    ...cutOf(given),
  };
}
