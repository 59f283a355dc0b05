// Arguments of the strategy accuracy_aware in config.yaml.
import { accuracyAwareKeys } from '../../dictionary/tuningKeys/accuracyAwareKeys';
import type { searchKeys } from '../../dictionary/tuningKeys/searchKeys';
import type { CheckedSection } from '../checkedSection';
import type { ProblemList } from '../configProblem';
import type { AccuracyAwareOptions, StrategyName } from '../tuningConfig';

type StrategySection = CheckedSection<(typeof searchKeys)['strategy']['keys']>;

type Key = keyof typeof accuracyAwareKeys;

const keys = Object.keys(accuracyAwareKeys) as readonly Key[];

/** The options, for that strategy; naming one of them for another strategy would do nothing and is reported. */
export function accuracyAwareOptions(
  section: StrategySection,
  strategy: StrategyName,
  problems: ProblemList,
): AccuracyAwareOptions | undefined {
  if (strategy !== 'accuracy_aware') {
    for (const key of keys.filter((one) => section.value(one) !== undefined)) {
      const message = `${key} is for accuracy_aware; ${strategy} does not look at it.`;
      section.report(problems, key, message, { expected: 'the strategy accuracy_aware' });
    }
    return undefined;
  }
  const isAnnotationFree = section.value('annotation_free') ?? accuracyAwareKeys.annotation_free.default;
  const confidence = section.value('annotation_conf_threshold');
  if (confidence !== undefined && !isAnnotationFree) {
    const message = 'annotation_conf_threshold is looked at with annotation_free: true.';
    section.report(problems, 'annotation_conf_threshold', message, { expected: 'annotation_free: true' });
  }
  const preset = section.value('preset') ?? accuracyAwareKeys.preset.default;
  const convertToMixedPreset = section.value('convert_to_mixed_preset') ?? false;
  if (convertToMixedPreset && preset === 'mixed') {
    const message = 'convert_to_mixed_preset is for the preset performance.';
    section.report(problems, 'convert_to_mixed_preset', message, { expected: 'preset: performance' });
  }
  return {
    preset,
    rankingSubsetSize: section.value('ranking_subset_size') ?? accuracyAwareKeys.ranking_subset_size.default,
    maxIterations: section.value('max_iter_num') ?? Infinity,
    usePreviousIfDropIncreases:
      section.value('use_prev_if_drop_increase') ?? accuracyAwareKeys.use_prev_if_drop_increase.default,
    convertToMixedPreset,
    tuneHyperparams: section.value('tune_hyperparams') ?? false,
    ...(isAnnotationFree
      ? { annotationFree: { confidence: confidence ?? accuracyAwareKeys.annotation_conf_threshold.default } }
      : {}),
  };
}
