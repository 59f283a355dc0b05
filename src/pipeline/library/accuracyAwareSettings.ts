// The parameters of AccuracyAwareQuantization (SYSTEMS §7.7); those of its base algorithm stand among them.
import type { AccuracyAwareOptions } from '../../config/tuningConfig';
import { accuracyAwareKeys } from '../../dictionary/tuningKeys/accuracyAwareKeys';
import type { AccuracyAwareParameters } from './algorithmParameters';
import { Parameters } from './parameters';
import { pipelineErrors } from './pipelineErrors';
import { quantizationKeys, quantizationSettings } from './quantizationSettings';
import type { QuantizationSettings } from './quantizationSettings';

const keys = [
  ...(['ranking_subset_size', 'max_iter_num', 'maximal_drop', 'drop_type', 'use_prev_if_drop_increase'] as const),
  ...(['base_algorithm', 'annotation_free', 'annotation_conf_threshold', 'convert_to_mixed_preset'] as const),
  ...(['metrics', 'metric_subset_ratio'] as const),
] as const satisfies readonly (keyof AccuracyAwareParameters)[];

/** A metric that the goal is about. */
export interface MetricGoal {
  readonly name: string;
  readonly type?: string;
  /** Of the float model, where it is known already. */
  readonly baselineValue?: number;
}

export interface AccuracyAwareSettings {
  readonly base: QuantizationSettings;
  readonly options: AccuracyAwareOptions;
  readonly maximalDrop: number;
  readonly isRelative: boolean;
  /** Empty: all of the engine. */
  readonly metrics: readonly MetricGoal[];
  readonly metricSubsetRatio: number;
}

/** Throws PipelineError naming the parameter, what came and what was expected. */
export function accuracyAwareSettings(given: unknown, place: string): AccuracyAwareSettings {
  const parameters = new Parameters(given, [...quantizationKeys, ...keys], place);
  const base = quantizationSettings(parameters);
  parameters.only('base_algorithm', 'DefaultQuantization', 'DefaultQuantization is the one there is');
  return {
    base,
    options: optionsOf(parameters, base),
    maximalDrop: parameters.number('maximal_drop', 0) ?? 0.01,
    isRelative: parameters.choice('drop_type', ['absolute', 'relative'] as const) === 'relative',
    metrics: parameters.list('metrics').map((metric) => goalOf(metric, parameters.placeOf('metrics'))),
    metricSubsetRatio: parameters.number('metric_subset_ratio', 0, 1) ?? 0.5,
  };
}

function optionsOf(parameters: Parameters, base: QuantizationSettings): AccuracyAwareOptions {
  const {
    ranking_subset_size: ranking,
    use_prev_if_drop_increase: back,
    annotation_conf_threshold: sure,
  } = accuracyAwareKeys;
  const isFree = parameters.flag('annotation_free') ?? false;
  const confidence = parameters.number('annotation_conf_threshold', 0, 1);
  if (confidence !== undefined && !isFree) {
    const reason = 'it is looked at with annotation_free: true';
    throw pipelineErrors.noEffect(parameters.placeOf('annotation_conf_threshold'), confidence, reason);
  }
  const convertToMixedPreset = parameters.flag('convert_to_mixed_preset') ?? false;
  if (convertToMixedPreset && base.preset !== 'performance') {
    const reason = 'it is for the preset performance';
    throw pipelineErrors.noEffect(parameters.placeOf('convert_to_mixed_preset'), true, reason);
  }
  return {
    preset: base.preset === 'performance' ? 'performance' : 'mixed',
    rankingSubsetSize: parameters.count('ranking_subset_size') ?? ranking.default,
    maxIterations: parameters.count('max_iter_num') ?? Infinity,
    usePreviousIfDropIncreases: parameters.flag('use_prev_if_drop_increase') ?? back.default,
    convertToMixedPreset,
    tuneHyperparams: parameters.flag('tune_hyperparams') ?? false,
    ...(isFree ? { annotationFree: { confidence: confidence ?? sure.default } } : {}),
  };
}

function goalOf(given: unknown, place: string): MetricGoal {
  const group = new Parameters(given, ['name', 'type', 'baseline_value'], place);
  const name = group.text('name');
  if (name === undefined) throw pipelineErrors.parameter(`${place}.name`, undefined, 'the name of a metric');
  const [type, baselineValue] = [group.text('type'), group.finite('baseline_value')];
  return { name, ...(type === undefined ? {} : { type }), ...(baselineValue === undefined ? {} : { baselineValue }) };
}
