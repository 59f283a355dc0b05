// The strategy accuracy_aware over the search space of a config: base algorithm, presets, groups, what it tells.
import { describe, expect, it } from 'vitest';
import type { AccuracyAwareOptions } from '../../../src/config/tuningConfig';
import { accuracyAware } from '../../../src/pipeline/accuracyAware/strategy';
import type { FakeModel } from '../../tuning/strategies/fakeTuning';
import { contextOf, dynamic, fourOps, opOf, run, spaceOf } from '../../tuning/strategies/fakeTuning';

const options: AccuracyAwareOptions = {
  preset: 'performance',
  rankingSubsetSize: 300,
  maxIterations: Infinity,
  usePreviousIfDropIncreases: true,
  convertToMixedPreset: false,
  tuneHyperparams: false,
};
const costs: Readonly<Record<string, number>> = { conv1: 0.004, conv2: 0.03, matmul: 0.001, pool: 0.05 };
const model: FakeModel = { damage: (node) => costs[node] ?? 0 };

describe('accuracy_aware', () => {
  it('starts from DefaultQuantization with symmetric activations and reverts the most harmful ops', async () => {
    const notes: string[] = [];
    const context = contextOf(spaceOf(fourOps), { model, accuracyAware: options, notes });
    const { quantized, requests, isEnded } = await run(accuracyAware, context, model);
    expect(quantized).toEqual(['conv1 conv2 matmul pool', 'conv1 conv2 matmul', 'conv1 matmul']);
    expect(requests[0]?.config).toMatchObject({
      channelAlignment: true,
      fastBiasCorrection: true,
      rangeEstimator: {
        mode: 'symmetric',
        min: { type: 'min', aggregator: 'min' },
        max: { type: 'abs_max', aggregator: 'mean' },
      },
    });
    expect(requests.map(({ change }) => change)).toEqual([
      '4 ops static, fast bias correction, preset performance',
      'pool reverted to float',
      'conv2 reverted to float',
    ]);
    expect(isEnded).toBe(true);
    expect(notes).toEqual([
      'accuracy_aware: 2 out of 4 layers have been reverted to floating-point precision: conv2, pool.',
    ]);
  });

  it('follows recipes of the config, and reverts linked ops together', async () => {
    const space = spaceOf(fourOps, { linked: [['conv1', 'matmul'], ['conv2'], ['pool']] });
    const recipes = { fastBiasCorrection: false, firstConvOrMatmulQuantization: true };
    const hard: FakeModel = { damage: (node) => ({ conv1: 0.2, matmul: 0.2 })[node] ?? 0 };
    const { requests, quantized } = await run(
      accuracyAware,
      contextOf(space, { model: hard, recipes, accuracyAware: options }),
      hard,
    );
    expect(requests[0]?.config.fastBiasCorrection).toBe(false);
    expect(quantized).toEqual(['conv1 conv2 matmul pool', 'conv2 pool']);
  });

  it('converts to the mixed preset, and tunes range estimators and bias correction, where it is told to', async () => {
    const all = { ...options, convertToMixedPreset: true, tuneHyperparams: true };
    const wanted = 0.001;
    const helped: FakeModel = {
      damage: () => 0.1,
      leftOver: ({ rangeEstimator }) => (rangeEstimator?.max.outlierProb === wanted ? 0.01 : 1),
    };
    const context = contextOf(spaceOf(fourOps), { model: helped, accuracyAware: all });
    const { requests } = await run(accuracyAware, context, helped);
    expect(requests.map(({ config }) => config.rangeEstimator?.mode)).toEqual(['symmetric', 'asymmetric', 'symmetric']);
    expect(requests[2]?.config.rangeEstimator?.max).toEqual({
      type: 'abs_quantile',
      aggregator: 'mean',
      outlierProb: wanted,
    });
    expect(requests[2]?.change).toBe('the base algorithm with tuned hyperparameters');
  });

  it('takes dynamic forms as they are: there are no activation ranges to estimate', async () => {
    const space = spaceOf([opOf('one', 'MatMul', [], [dynamic]), opOf('two', 'MatMul', [], [dynamic])]);
    const context = contextOf(space, { approach: 'dynamic', accuracyAware: options });
    const { requests } = await run(accuracyAware, context, {});
    expect(requests[0]?.config.rangeEstimator).toBeUndefined();
  });

  it('tells what it came to also when it is stopped', async () => {
    const notes: string[] = [];
    const context = contextOf(spaceOf(fourOps), { model, accuracyAware: options, notes });
    await run(accuracyAware, context, model, 2);
    expect(notes).toEqual([expect.stringContaining('it was stopped. It came nearest with 1 out of 4 layers')]);
  });
});
