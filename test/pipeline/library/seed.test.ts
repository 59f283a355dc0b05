// The examples of POT's API page, translated: configurations of algorithms and models, and what is said of mistakes in them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../../src/pipeline/library/compressedModel';
import type { ModelConfig } from '../../../src/pipeline/library/compressedModel';
import { OrtEngine } from '../../../src/pipeline/library/ortEngine';
import { createPipeline } from '../../../src/pipeline/library/pipeline';
import type {
  AccuracyAwareParameters,
  AlgorithmConfig,
  DefaultQuantizationParameters,
} from '../../../src/pipeline/library/algorithmParameters';
import { encodeModel } from '../../../src/onnx/writeModel';
import { node, protoOf } from '../../quantization/rewritingModels';
import { failureOf } from '../../support/failureOf';
import { temporaryFolder } from '../../support/temporaryFolder';

const folder = temporaryFolder();
const engine = new OrtEngine();
const anyModel = encodeModel(protoOf({ nodes: [node('Relu', ['x'], 'y')], inputs: { x: [1] }, outputs: ['y'] }));

function fileOf(name: string): string {
  const path = join(folder.path, name);
  writeFileSync(path, name.endsWith('.onnx') ? anyModel : '');
  return path;
}

describe('createPipeline', () => {
  it('takes the configuration of the page', () => {
    const params = { preset: 'performance', stat_subset_size: 500 } as const;
    expect(createPipeline([{ name: 'DefaultQuantization', params }], engine).engine).toBe(engine);
  });

  it('takes every parameter, in both spellings', () => {
    const params = {
      preset: 'mixed',
      statSubsetSize: 300,
      shuffle_data: true,
      seed: 3,
      stat_batch_size: 2,
      target_device: 'ANY',
      model_type: null,
      inplaceStatistics: true,
      ignored: { scope: ['a'], operations: [{ type: 'Add', attributes: { axis: 1 } }], skip_model: false },
      weights: {
        bits: 8,
        mode: 'symmetric',
        granularity: 'perchannel',
        level_low: -127,
        levelHigh: 127,
        range_estimator: { preset: 'quantile', max: { outlierProb: 1e-3, clipping_value: null } },
      },
      activations: {
        bits: 8,
        mode: 'asymmetric',
        granularity: 'pertensor',
        level_low: 0,
        level_high: 255,
        range_estimator: {
          min: { type: 'quantile', outlier_prob: 1e-3, aggregator: 'power_of_2' },
          max: { clipping_value: 6 },
        },
      },
      range_estimator: { preset: 'quantile' },
      use_fast_bias: false,
      channel_alignment: false,
      apply_for_all_nodes: true,
      threshold: 2,
      saturation_fix: 'no',
      use_layerwise_tuning: false,
      dump_intermediate_model: false,
      tune_hyperparams: false,
    } as const satisfies DefaultQuantizationParameters;
    expect(() => createPipeline([{ name: 'DefaultQuantization', params }], engine)).not.toThrow();
    const more = {
      ...{ ...params, preset: 'performance', tune_hyperparams: true, ranking_subset_size: 300, max_iter_num: 5 },
      ...{ maximal_drop: 0.01, drop_type: 'relative', use_prev_if_drop_increase: false, convert_to_mixed_preset: true },
      ...{ base_algorithm: 'DefaultQuantization', annotation_free: true, annotation_conf_threshold: 0.5 },
      ...{ metrics: [{ name: 'accuracy', type: 'accuracy', baseline_value: 0.9 }], metric_subset_ratio: 0.5 },
    } as const satisfies AccuracyAwareParameters;
    expect(() => createPipeline([{ name: 'AccuracyAwareQuantization', params: more }], engine)).not.toThrow();
  });

  it('has types that refuse what it refuses', () => {
    const refused: readonly AlgorithmConfig[] = [
      // @ts-expect-error a name that is misspelt
      { name: 'DefaultQuantisation' },
      // @ts-expect-error a parameter that is misspelt
      { name: 'DefaultQuantization', params: { preest: 'mixed' } },
      // @ts-expect-error a value that there is not
      { name: 'DefaultQuantization', params: { preset: 'fast' } },
      // @ts-expect-error a parameter of the other algorithm
      { name: 'DefaultQuantization', params: { maximal_drop: 0.01 } },
    ];
    for (const config of refused) expect(() => createPipeline([config], engine)).toThrow();
  });

  it.each<[object, string, string]>([
    [{ name: 'DefaultQuantisation' }, 'pipeline-unknown-algorithm', 'Did you mean "DefaultQuantization"?'],
    [{ name: 7 }, 'pipeline-unknown-algorithm', 'Name one of them.'],
    [{ name: 'DefaultQuantization', parms: {} }, 'pipeline-unknown-parameter', 'Did you mean "params"?'],
    [
      { name: 'DefaultQuantization', params: { statSubsetSice: 3 } },
      'pipeline-unknown-parameter',
      '"stat_subset_size"',
    ],
    [{ name: 'DefaultQuantization', params: { maximal_drop: 0.1 } }, 'pipeline-unknown-parameter', 'Leave it out.'],
    [{ name: 'DefaultQuantization', params: { seed: 1, Seed: 2 } }, 'pipeline-unknown-parameter', '"seed"'],
    [
      { name: 'DefaultQuantization', params: { statSubsetSize: 1, stat_subset_size: 2 } },
      'pipeline-doubled-parameter',
      'Leave one of them out.',
    ],
    [{ name: 'DefaultQuantization', params: { preset: 'fast' } }, 'pipeline-parameter', 'its default'],
    [{ name: 'DefaultQuantization', params: { stat_subset_size: 0 } }, 'pipeline-parameter', 'its default'],
    [{ name: 'DefaultQuantization', params: { weights: { bits: 4 } } }, 'pipeline-no-effect', 'Leave it out.'],
    [{ name: 'DefaultQuantization', params: { target_device: 'GPU' } }, 'pipeline-no-effect', 'Leave it out.'],
    [{ name: 'DefaultQuantization', params: { use_fast_bias: 'no' } }, 'pipeline-parameter', 'its default'],
    [{ name: 'DefaultQuantization', params: { ignored: { scpe: ['a'] } } }, 'pipeline-unknown-parameter', '"scope"'],
    [
      { name: 'DefaultQuantization', params: { weights: { range_estimator: { max: { aggregator: 'mean' } } } } },
      'pipeline-no-effect',
      'Leave it out.',
    ],
    [
      { name: 'DefaultQuantization', params: { weights: { range_estimator: { min: { type: 'quantile' } } } } },
      'pipeline-no-effect',
      'Leave it out.',
    ],
    [
      { name: 'DefaultQuantization', params: { range_estimator: { max: { clipping_value: -1 } } } },
      'pipeline-parameter',
      'its default',
    ],
    [{ name: 'AccuracyAwareQuantization', params: { metrics: [{}] } }, 'pipeline-parameter', 'its default'],
  ])('refuses %j', async (config, code, nextStep) => {
    const failure = await failureOf(Promise.resolve().then(() => createPipeline([config as AlgorithmConfig], engine)));
    expect(failure.code).toBe(code);
    expect(failure.nextStep).toContain(nextStep);
  });
});

describe('loadModel', () => {
  it('takes the two configurations of the page', () => {
    const single = {
      model_name: 'mobilenet_v2',
      model: fileOf('mobilenet_v2.onnx'),
      weights: fileOf('mobilenet_v2.data'),
    };
    expect(loadModel(single)).toMatchObject({ name: 'mobilenet_v2', isCascade: false });
    const parts = ['pnet', 'rnet', 'onet'].map((name) => ({ name, model: fileOf(`${name}.onnx`), weights: '' }));
    const cascade = loadModel({ model_name: 'mtcnn', cascade: parts });
    expect(cascade.isCascade).toBe(true);
    expect(cascade.models).toEqual(parts.map(({ name, model }) => ({ name, path: model })));
    const only = loadModel({ modelName: 'one', cascade: parts.slice(0, 1) });
    expect(only.models).toEqual([{ path: parts[0]?.model }]);
  });

  it.each<[ModelConfig, string]>([
    [{ modelName: 'none', cascade: [] }, 'pipeline-no-model'],
    [{ modelName: 'none', model: '/no/such.onnx' }, 'pipeline-missing-part'],
    [{ modelName: 'none' } as unknown as ModelConfig, 'pipeline-no-model'],
    [{ model: 'some.onnx' } as unknown as ModelConfig, 'pipeline-no-model-name'],
  ])('refuses %j', async (config, code) => {
    expect((await failureOf(Promise.resolve().then(() => loadModel(config)))).code).toBe(code);
  });
});
