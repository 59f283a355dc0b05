// The order of trials of the strategies that have one, spelled out on a model of four ops.
import { describe, expect, it } from 'vitest';
import { basic } from '../../../src/tuning/strategies/basic';
import { conservative } from '../../../src/tuning/strategies/conservative';
import { exhaustive } from '../../../src/tuning/strategies/exhaustive';
import { hawqV2 } from '../../../src/tuning/strategies/hawqV2';
import { mse } from '../../../src/tuning/strategies/mse';
import { mseV2 } from '../../../src/tuning/strategies/mseV2';
import type { FakeModel } from './fakeTuning';
import { contextOf, fourOps, opOf, perChannel, perTensor, run, spaceOf } from './fakeTuning';

const costs: Readonly<Record<string, number>> = { conv1: 0.04, conv2: 0.03, matmul: 0.02, pool: 0.05 };
/** Every op costs more than is acceptable: nothing ever meets the goal. */
const hopeless: FakeModel = { damage: (node) => costs[node] ?? 0 };
/** Only what a test names costs accuracy; each quantized op saves 1 ms. */
const costing = (damage: Readonly<Record<string, number>>): FakeModel => ({
  damage: (node) => damage[node] ?? 0,
  savedMs: () => 1,
});

describe('basic', () => {
  it('tries op types, then single ops from the output up, then ops together, the least harmful model first', async () => {
    const { quantized, isEnded } = await run(basic, contextOf(spaceOf(fourOps)), hopeless);
    expect(quantized).toEqual([
      'conv1 conv2 matmul pool',
      'conv1:tensor conv2:tensor matmul pool',
      // Both are equally accurate: the later is the base of what follows.
      'conv1:tensor conv2:tensor matmul',
      'conv1:tensor conv2:tensor pool',
      'conv1:tensor matmul pool',
      'conv2:tensor matmul pool',
      // pool helped most, then conv1, conv2, matmul; pool alone was tried, and all float is the model that was given.
      'conv2:tensor matmul',
      'matmul',
    ]);
    expect(isEnded).toBe(true);
  });

  it('says for people what is different', async () => {
    const space = spaceOf(fourOps, { firstOp: 'conv1', lastOp: 'matmul' });
    const { changes } = await run(basic, contextOf(space, { recipes: { fastBiasCorrection: true } }), hopeless);
    expect(changes).toEqual([
      '4 ops static, fast bias correction',
      '2 ops stay float: conv1, matmul',
      'Conv: per tensor weights',
      // What follows builds on the most accurate of these, in which conv1 and matmul are float.
      'pool stays float',
      'conv2 stays float',
    ]);
  });

  it('tries recipes together, then one by one, where the config leaves them open', async () => {
    const space = spaceOf(fourOps, { firstOp: 'conv1', lastOp: 'matmul', prePostOps: ['pool'] });
    // Float ops make the model worse here, so that each stage starts from the 8-bit one.
    const worseFloat: FakeModel = { damage: () => -0.01 };
    const all = await run(basic, contextOf(space), worseFloat, 6);
    expect(all.quantized).toEqual([
      'conv1 conv2 matmul pool',
      'conv2',
      'conv1:tensor conv2:tensor matmul pool',
      'conv2:tensor matmul pool',
      'conv1:tensor conv2:tensor pool',
      'conv1:tensor conv2:tensor matmul',
    ]);
    const recipes = { firstConvOrMatmulQuantization: true, lastConvOrMatmulQuantization: true };
    expect((await run(basic, contextOf(space, { recipes }), worseFloat, 4)).quantized).toEqual([
      'conv1 conv2 matmul pool',
      'conv1 conv2 matmul',
      'conv1:tensor conv2:tensor matmul pool',
      'conv1:tensor conv2:tensor matmul',
    ]);
  });

  it('lets blocks fall back together before single ops', async () => {
    const space = spaceOf(fourOps, { blocks: [['pool', 'matmul'], ['missing'], ['conv2']] });
    const { quantized, changes } = await run(basic, contextOf(space), hopeless, 5);
    expect(quantized.slice(2)).toEqual([
      'conv1:tensor conv2:tensor',
      'conv1:tensor',
      'conv1:tensor conv2:tensor matmul',
    ]);
    expect(changes.slice(2)).toEqual([
      '2 ops stay float: pool, matmul',
      '3 ops stay float: pool, matmul, conv2',
      'pool stays float',
    ]);
  });

  it('goes on with the alpha that suits best', async () => {
    const recipes = { smoothQuant: true, smoothQuantAlphas: [0.5, 0.7, 0.9] };
    const model: FakeModel = { fails: ({ smoothQuantAlpha }) => smoothQuantAlpha === 0.9 };
    const { quantized, changes } = await run(basic, contextOf(spaceOf(fourOps), { recipes }), model, 4);
    expect(quantized).toEqual([
      'conv1 conv2 matmul pool smooth 0.5',
      'conv1 conv2 matmul pool smooth 0.7',
      'conv1 conv2 matmul pool smooth 0.9',
      'conv1:tensor conv2:tensor matmul pool smooth 0.7',
    ]);
    expect(changes).toEqual([
      '4 ops static, SmoothQuant 0.5',
      'SmoothQuant 0.7',
      'SmoothQuant 0.9',
      'Conv: per tensor weights',
    ]);
  });

  it('makes what can be dynamic dynamic, in one trial, where the approach is auto', async () => {
    const { quantized, changes } = await run(basic, contextOf(spaceOf(fourOps), { approach: 'auto' }), hopeless, 3);
    expect(quantized[2]).toBe('conv1:tensor conv2:tensor matmul:dynamic pool');
    expect(changes[2]).toBe('MatMul: dynamic, per tensor weights');
  });

  it('ends at the first acceptable configuration', async () => {
    const { quantized, isEnded } = await run(basic, contextOf(spaceOf(fourOps)), costing({ conv2: 0.02 }));
    expect(quantized.slice(2)).toEqual([
      'conv1:tensor conv2:tensor matmul',
      'conv1:tensor conv2:tensor pool',
      'conv1:tensor matmul pool',
    ]);
    expect(isEnded).toBe(true);
    expect((await run(basic, contextOf(spaceOf(fourOps)), costing({}))).quantized).toHaveLength(1);
  });

  it('goes through the sampling sizes and says which one', async () => {
    const oneOp = spaceOf(fourOps.slice(2, 3), { samplingSizes: [50, 200] });
    const { quantized, changes } = await run(basic, contextOf(oneOp), hopeless);
    expect(quantized).toEqual(['matmul @50', 'matmul @200']);
    expect(changes).toEqual(['1 op static, 50 calibration samples', '1 op static, 200 calibration samples']);
  });

  it('keeps ops float that a recipe excludes, and asks for no dynamic op where the approach is static', async () => {
    const space = spaceOf(fourOps, { firstOp: 'conv1', prePostOps: ['pool'] });
    const recipes = { firstConvOrMatmulQuantization: false, prePostProcessQuantization: false };
    const { quantized } = await run(basic, contextOf(space, { recipes }), hopeless);
    expect(quantized).toEqual(['conv2 matmul', 'conv2:tensor matmul', 'conv2:tensor', 'matmul']);
  });

  it('quantizes dynamically what can be where the approach is dynamic', async () => {
    const { quantized } = await run(basic, contextOf(spaceOf(fourOps), { approach: 'dynamic' }), hopeless);
    expect(quantized).toEqual(['matmul:dynamic']);
  });
});

describe('mse', () => {
  it('lets the ops with the largest errors fall back first', async () => {
    const opErrors = { conv1: 0.1, conv2: NaN, matmul: 0.3 };
    const { quantized } = await run(mse, contextOf(spaceOf(fourOps), { opErrors }), hopeless);
    expect(quantized).toEqual([
      'conv1 conv2 matmul pool',
      'conv1:tensor conv2:tensor matmul pool',
      'conv1:tensor matmul pool',
      'conv1:tensor conv2:tensor pool',
      'conv2:tensor matmul pool',
      // Without a figure: last.
      'conv1:tensor conv2:tensor matmul',
      'conv2:tensor matmul',
      'matmul',
    ]);
  });

  it('asks what is dynamic before it looks at errors, where that is allowed', async () => {
    const context = contextOf(spaceOf(fourOps), { approach: 'auto' });
    const { quantized } = await run(mse, context, hopeless, 3);
    expect(quantized).toEqual([
      'conv1 conv2 matmul pool',
      'conv1:tensor conv2:tensor matmul pool',
      'conv1:tensor conv2:tensor matmul:dynamic pool',
    ]);
  });
});

describe('mse_v2', () => {
  it('reverts the op that helps the output most until the goal is met, then quantizes again what it can', async () => {
    // In the output matmul is worst; the metric minds conv1 and conv2 alone.
    const output = { conv1: 0.3, conv2: 0.2, matmul: 0.5, pool: 0.1 };
    const context = contextOf(spaceOf(fourOps), { model: costing(output) });
    const { quantized, changes, isEnded } = await run(mseV2, context, costing({ conv1: 0.02, conv2: 0.005 }));
    expect(quantized).toEqual(['conv1 conv2 matmul pool', 'conv1 conv2 pool', 'conv2 pool', 'conv2 matmul pool']);
    expect(changes).toEqual([
      '4 ops static',
      'matmul stays float',
      '2 ops stay float: matmul, conv1',
      'matmul is 8-bit again',
    ]);
    expect(isEnded).toBe(true);
  });

  it('stops quantizing again when the goal is lost, and tries no set of float ops twice', async () => {
    const output = { conv1: 0.5, conv2: 0.4, matmul: 0.3, pool: 0.2 };
    const damage = { conv1: 0.011, conv2: 0.011, matmul: 0.011 };
    const context = contextOf(spaceOf(fourOps), { model: costing(output) });
    const { quantized } = await run(mseV2, context, costing(damage));
    expect(quantized).toEqual([
      'conv1 conv2 matmul pool',
      'conv2 matmul pool',
      'matmul pool',
      'pool',
      // matmul again is a set that was tried; conv2 disturbs the output less than conv1.
      'conv2 pool',
    ]);
  });

  it('never reverts the last op', async () => {
    const context = contextOf(spaceOf(fourOps), { model: hopeless });
    const { quantized } = await run(mseV2, context, hopeless);
    expect(quantized.at(-1)).toBe('matmul');
    expect(quantized).toHaveLength(4);
  });

  it('does nothing more where the goal is met and nothing is faster', async () => {
    const { quantized } = await run(mseV2, contextOf(spaceOf(fourOps)), {});
    expect(quantized).toEqual(['conv1 conv2 matmul pool']);
  });
});

describe('hawq_v2', () => {
  it('accumulates float ops from the most sensitive one, that one included', async () => {
    const model = costing({ conv1: 0.2, conv2: 0.4, matmul: 0.4, pool: 0.01 });
    const { quantized } = await run(hawqV2, contextOf(spaceOf(fourOps), { model }), model);
    expect(quantized).toEqual(['conv1 conv2 matmul pool', 'conv1 conv2 pool', 'conv1 pool', 'pool']);
  });
});

describe('conservative', () => {
  const ops = [
    opOf('gemm', 'Gemm', [perChannel, perTensor]),
    ...fourOps,
    { ...opOf('add', 'Add', [perChannel]), isConstantProduct: false },
  ];

  it('adds family after family and keeps those that leave the goal met', async () => {
    const { quantized, changes } = await run(conservative, contextOf(spaceOf(ops)), costing({ matmul: 0.02 }));
    expect(quantized).toEqual(['conv1 conv2', 'conv1 conv2 matmul', 'gemm conv1 conv2']);
    expect(changes).toEqual(['2 Conv ops are 8-bit', 'the MatMul op is 8-bit', 'the Gemm op is 8-bit']);
  });

  it('comes to Add where SmoothQuant is asked for', async () => {
    const context = contextOf(spaceOf(ops), { recipes: { smoothQuant: true, smoothQuantAlphas: 'auto' } });
    const { quantized } = await run(conservative, context, hopeless);
    expect(quantized).toEqual([
      'conv1 conv2 smooth auto',
      'matmul smooth auto',
      'gemm smooth auto',
      'gemm add smooth auto',
    ]);
  });
});

describe('exhaustive', () => {
  it('changes the last op with every trial, float last, and leaves out the model that was given', async () => {
    const { quantized, isEnded } = await run(exhaustive, contextOf(spaceOf(fourOps.slice(1, 3))), hopeless);
    expect(quantized).toEqual(['conv2 matmul', 'conv2', 'conv2:tensor matmul', 'conv2:tensor', 'matmul']);
    expect(isEnded).toBe(true);
  });

  it('goes through sampling sizes outermost, then alphas', async () => {
    const space = spaceOf(fourOps.slice(3), { samplingSizes: [100, 50] });
    const context = contextOf(space, { recipes: { smoothQuant: true, smoothQuantAlphas: [0.5, 0.7] } });
    const { quantized, changes } = await run(exhaustive, context, hopeless);
    expect(quantized).toEqual(['pool smooth 0.5', 'pool smooth 0.7', 'pool @50 smooth 0.5', 'pool @50 smooth 0.7']);
    expect(changes[1]).toBe('SmoothQuant 0.7, 100 calibration samples');
  });

  it('begins at once in a space that could not be held', async () => {
    const many = Array.from({ length: 200 }, (_, index) => ({ ...fourOps[0]!, node: `conv${index}` }));
    const { requests, isEnded } = await run(exhaustive, contextOf(spaceOf(many)), hopeless, 5);
    expect(requests).toHaveLength(5);
    expect(isEnded).toBe(false);
  });
});
