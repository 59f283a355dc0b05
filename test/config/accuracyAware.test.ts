// Arguments of the strategy accuracy_aware in config.yaml: defaults, and what is refused.
import { describe, expect, it } from 'vitest';
import type { TuningSection } from '../../src/config/tuningConfig';
import { calibrated, checkedConfig } from '../support/tuningText';

function tuningOf(strategy: string): TuningSection {
  return checkedConfig(`model: {name: m, framework: onnxrt_qlinearops}\n${calibrated}\ntuning: {strategy: ${strategy}}`)
    .tuning;
}

describe('the strategy accuracy_aware', () => {
  it('has the defaults of the original', () => {
    expect(tuningOf('accuracy_aware').accuracyAware).toEqual({
      preset: 'performance',
      rankingSubsetSize: 300,
      maxIterations: Infinity,
      usePreviousIfDropIncreases: true,
      convertToMixedPreset: false,
      tuneHyperparams: false,
    });
    expect(tuningOf('auto').accuracyAware).toBeUndefined();
  });

  it('takes its arguments', () => {
    const keys = 'ranking_subset_size: 50, max_iter_num: 3, use_prev_if_drop_increase: false, annotation_free: true';
    expect(tuningOf(`{name: accuracy_aware, ${keys}, tune_hyperparams: true}`).accuracyAware).toMatchObject({
      rankingSubsetSize: 50,
      maxIterations: 3,
      usePreviousIfDropIncreases: false,
      annotationFree: { confidence: 0.6 },
      tuneHyperparams: true,
    });
  });

  it.each([
    ['{name: mse, preset: mixed}', 'preset is for accuracy_aware; mse does not look at it.'],
    [
      '{name: accuracy_aware, annotation_conf_threshold: 0.5}',
      'annotation_conf_threshold is looked at with annotation_free: true.',
    ],
    [
      '{name: accuracy_aware, preset: mixed, convert_to_mixed_preset: true}',
      'convert_to_mixed_preset is for the preset performance.',
    ],
    ['{name: accuracy_aware, ranking_subset_size: 0}', 'ranking_subset_size cannot be 0.'],
    ['{name: accuracy_awar}', 'accuracy_aware'],
  ])('%s is refused', (strategy, sentence) => {
    expect(() => tuningOf(strategy)).toThrow(sentence);
  });
});
