// The formulas of pruning against the seed's figures, cases worked out by hand, and what must hold for any weights.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataType } from '../../src/onnx/dataTypes';
import { float16Bits } from '../../src/onnx/halfFloat';
import { makeTensor } from '../../src/onnx/makeMessages';
import { prunableLayers } from '../../src/onnx/prunableLayers';
import { TensorReader } from '../../src/onnx/tensorReader';
import { allocateSparsity, curveByPercent, usualSettings } from '../../src/sparsity/allocateSparsity';
import type { AllocationLayer } from '../../src/sparsity/allocateSparsity';
import { approximateLoss, approximatePerf, magnitudeProfile } from '../../src/pruning/approximations';
import { flopsIn } from '../../src/sparsity/layerFlops';
import { RankedWeights, prunedCount } from '../../src/pruning/magnitudes';
import { flopsAt } from '../../src/pruning/measuredPerf';
import { divergence, sampleLosses } from '../../src/pruning/outputLoss';
import { branchedModel, opened, seedConvolution, weight } from './pruningModels';

const reader = new TensorReader(undefined);

describe('operations', () => {
  it('are the figures of the seed for its 7×7 convolution', () => {
    const model = opened(seedConvolution());
    const [layer] = prunableLayers(model.graph).layers;
    const flops = layer && flopsIn(model, {})(layer);
    expect(flops).toEqual({ weight: 118_013_952, bias: 0 });
    const [first, second] = approximatePerf(flops ?? { weight: 0, bias: 0 }, 9408);
    expect(first?.flops).toBe(117_901_056);
    expect(first?.sparsityPercent).toBe(0.09566326530612244);
    expect(second?.sparsityPercent).toBeCloseTo(0.1913265, 6);
    expect(flopsAt(flops ?? null, 0).flops).toBe(236_027_904);
  });

  it('count a bias, groups, and the rows a MatMul is applied to; open sizes make them unknown', () => {
    const model = opened(branchedModel());
    const flopsOf = flopsIn(model, {});
    const known = prunableLayers(model.graph).layers.map((layer) => [layer.name, flopsOf(layer)]);
    expect(known).toEqual([
      ['w1', { weight: 16, bias: 4 }],
      ['w2', { weight: 12, bias: 0 }],
      ['w4', { weight: 12, bias: 0 }],
      // 2 · 2 of the kernel, 1 channel of input in each group, 4 · 2 · 2 of output.
      ['w3', { weight: 64, bias: 0 }],
    ]);
  });
});

describe('the approximation of the loss', () => {
  it('adds up magnitudes in ascending order, one weight at a time below 1000 of them', () => {
    expect(approximateLoss(Float32Array.of(1, 2, 4, 8))).toEqual([
      { loss: 1, sparsityPercent: 25 },
      { loss: 3, sparsityPercent: 50 },
      { loss: 7, sparsityPercent: 75 },
      { loss: 15, sparsityPercent: 100 },
    ]);
  });

  it('has about a thousand points and ends at 100 %, the sum of all magnitudes', () => {
    const curve = approximateLoss(new Float32Array(2500).fill(1));
    expect(curve).toHaveLength(1250);
    expect(curve.at(-1)).toEqual({ loss: 2500, sparsityPercent: 100 });
    const uneven = approximateLoss(new Float32Array(9409).fill(1));
    expect(uneven).toHaveLength(1046);
    expect(uneven.at(-1)).toEqual({ loss: 9409, sparsityPercent: 100 });
  });

  it('for any weights rises to the sum of all, in ⌈n / step⌉ points that end at 100 %', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: 0, max: 8, noNaN: true }), { minLength: 1, maxLength: 2100 }), (weights) => {
        const ascending = Float32Array.from(weights).sort();
        const curve = approximateLoss(ascending);
        const step = Math.max(1, Math.floor(ascending.length / 1000));
        expect(curve).toHaveLength(Math.ceil(ascending.length / step));
        expect(curve.at(-1)?.sparsityPercent).toBe(100);
        expect(curve.at(-1)?.loss).toBeCloseTo(
          ascending.reduce((sum, value) => sum + value, 0),
          6,
        );
        for (const [index, { loss }] of curve.entries())
          expect(loss).toBeGreaterThanOrEqual(curve[index - 1]?.loss ?? 0);
      }),
      { numRuns: 30 },
    );
  });

  it('of performance falls in a straight line to the operations of the bias', () => {
    const counts = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(counts, counts, counts, (weights, weight, bias) => {
        const curve = approximatePerf({ weight, bias }, weights);
        expect(curve.at(-1)?.flops).toBeCloseTo(bias, 6);
        for (const { flops, sparsityPercent } of curve)
          expect(flops).toBeCloseTo(weight + bias - (weight * sparsityPercent) / 100, 6);
      }),
      { numRuns: 30 },
    );
  });

  it('by percent is the mean of the magnitudes in between', () => {
    const profile = magnitudeProfile(Float32Array.from({ length: 200 }, (_, index) => index));
    expect(profile).toHaveLength(100);
    expect(profile.slice(0, 3)).toEqual([0, 0.5, 2.5]);
    expect(magnitudeProfile(Float32Array.of(1, 2)).every((value, index) => index === 0 || value > 0)).toBe(true);
  });
});

describe('magnitude pruning', () => {
  it.each([
    [10, 0.7, 7],
    [10, 0.71, 8],
    [3, 0.5, 2],
    [7, 0, 0],
    [9408, 1, 9408],
  ])('takes of %i weights at %d: %i', (count, sparsity, expected) => {
    expect(prunedCount(count, sparsity)).toBe(expected);
  });

  it('sets the smallest magnitudes to 0, the earlier of equal ones first', () => {
    const ranked = new RankedWeights(weight('w', [2, 3], [3, -1, 2, 1, -2, 0.5]), reader);
    expect([...ranked.pruned(0.5)]).toEqual([3, 0, 2, 0, -2, 0]);
    expect([...ranked.pruned(4 / 6)]).toEqual([3, 0, 0, 0, -2, 0]);
  });

  it('keeps float16 as it is', () => {
    const bits = Uint16Array.from([1, -0.25, 3, 0.5], float16Bits);
    const ranked = new RankedWeights(makeTensor('w', DataType.float16, [2, 2], bits), reader);
    expect([...ranked.pruned(0.5)]).toEqual([bits[0], 0, bits[2], 0]);
    expect(ranked.prunedTensor(0).type).toBe('float16');
  });

  it('for any weights leaves none that is smaller than one it took, and takes as many as asked', () => {
    const values = fc.array(
      fc.float({ noNaN: true, noDefaultInfinity: true }).filter((value) => value !== 0),
      {
        minLength: 1,
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (weights, sparsity) => {
        const ranked = new RankedWeights(weight('w', [1, weights.length], weights), reader);
        const pruned = [...ranked.pruned(sparsity)];
        const taken = weights.filter((_, index) => pruned[index] === 0).map(Math.abs);
        const left = pruned.filter((value) => value !== 0).map(Math.abs);
        expect(taken).toHaveLength(prunedCount(weights.length, sparsity));
        expect(Math.max(0, ...taken)).toBeLessThanOrEqual(Math.min(Infinity, ...left));
      }),
    );
  });
});

describe('the divergence of outputs', () => {
  it('is that of the hand-computed case', () => {
    // Moved by 1 − 0: expected [1, 3], given [2, 1] (−4 is cut off): 2·ln 2 − 2 + 1, and 1·ln(1/3) − 1 + 3.
    const wanted = (2 * Math.log(2) - 1 + (Math.log(1 / 3) + 2)) / 2;
    expect(divergence(Float32Array.of(0, 2), Float32Array.of(1, -5))).toBeCloseTo(wanted, 12);
  });

  it('is 0 only for the same values, and never below', () => {
    const outputs = fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(outputs, outputs, (expected, given) => {
        const [q, p] = [Float32Array.from(expected), Float32Array.from(expected, (_, index) => given[index] ?? 0)];
        expect(divergence(q, q)).toBe(0);
        expect(divergence(q, p)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('is taken sample by sample, over all float outputs together', () => {
    const tensor = (data: readonly number[]) =>
      ({ type: 'float32', dims: [2, 1], data: Float32Array.from(data) }) as const;
    const labels = { type: 'int64', dims: [2], data: BigInt64Array.of(1n, 2n) } as const;
    const losses = sampleLosses(
      { a: tensor([0, 0]), b: tensor([0, 0]), labels },
      { a: tensor([0, 1]), b: tensor([0, 1]), labels },
      2,
    );
    expect(losses[0]).toBe(0);
    expect(losses[1]).toBeCloseTo(2 * (2 * Math.log(2) - 1), 12);
  });

  it('is not a number where the pruned model made none', () => {
    expect(divergence(Float32Array.of(0, 1), Float32Array.of(NaN, 1))).toBeNaN();
  });
});

describe('the allocation of sparsity', () => {
  const rising = (slope: number, name: string, more: Partial<AllocationLayer> = {}): AllocationLayer => ({
    name,
    loss: Array.from({ length: 100 }, (_, percent) => slope * percent),
    isSkipped: false,
    ...more,
  });

  it('gives most to the layer that loses least, and the mean that was asked for', () => {
    const shared = allocateSparsity([rising(1, 'a'), rising(3, 'b')], usualSettings(0.4));
    // 80 steps in all; each layer stops where the next percent costs the same: 60 · 1 = 20 · 3.
    expect(shared.map(({ sparsityFraction }) => sparsityFraction)).toEqual([0.6, 0.2]);
  });

  it('leaves skipped layers dense, follows overrides, and stops at 97 %', () => {
    const layers = [rising(1, 'first', { isSkipped: true }), rising(1, 'a'), rising(2, 'b')];
    const shared = allocateSparsity(layers, usualSettings(1), new Map([['b', 0.3]]));
    expect(shared.map(({ sparsityFraction }) => sparsityFraction)).toEqual([0, 0.97, 0.3]);
  });

  it('leaves dense what would get less than the least sparsity, and gives its share to others that have room', () => {
    const layers = [rising(1, 'a'), rising(1, 'b'), rising(20, 'c')];
    const shared = allocateSparsity(layers, usualSettings(0.5));
    expect(shared[2]).toEqual({ name: 'c', sparsityFraction: 0, estimatedRecovery: 1 });
    expect(shared.map(({ sparsityFraction }) => sparsityFraction)).toEqual([0.75, 0.75, 0]);
    // 100 percents are no room for one layer alone: the other keeps its three.
    const kept = allocateSparsity([rising(1, 'a'), rising(30, 'b')], usualSettings(0.5));
    expect(kept.map(({ sparsityFraction }) => sparsityFraction)).toEqual([0.97, 0.03]);
  });

  it('by performance alone takes where most operations go, whatever it loses', () => {
    const operations = (all: number): number[] => Array.from({ length: 100 }, (_, percent) => all * (100 - percent));
    const layers = [
      rising(1, 'a', { perf: operations(1) }),
      rising(1000, 'b', { perf: operations(9) }),
      rising(2, 'c', { perf: operations(2) }),
    ];
    const shared = allocateSparsity(layers, { ...usualSettings(0.6), lossWeight: 0 });
    expect(shared.map(({ sparsityFraction }) => sparsityFraction)).toEqual([0, 0.97, 0.83]);
  });

  it('lets a layer lose more than by loss alone, and the more so the less loss decides', () => {
    // By loss alone 30 % each; performance wants all of "a".
    const perf = Array.from({ length: 100 }, (_, percent) => -1e6 * percent);
    const layers = [rising(1, 'a', { perf }), rising(1, 'b', { perf: perf.map((value) => value / 1e6) })];
    const given = (lossWeight: number) =>
      allocateSparsity(layers, { ...usualSettings(0.3), lossWeight, minRecovery: 0.75 })[0]?.sparsityFraction;
    expect([given(1), given(0.5), given(0.25), given(0)]).toEqual([0.3, 0.45, 0.6, 0.6]);
  });

  it('weighs what is gained against what is lost', () => {
    const fast = Array.from({ length: 100 }, (_, percent) => 100 - percent);
    const layers = [rising(1, 'a', { perf: fast.map((value) => value / 100) }), rising(1.2, 'b', { perf: fast })];
    const byLoss = allocateSparsity(layers, { ...usualSettings(0.4), minSparsityFraction: 0 });
    const byBoth = allocateSparsity(layers, { ...usualSettings(0.4), minSparsityFraction: 0, lossWeight: 0.5 });
    expect(byBoth[1]?.sparsityFraction).toBeGreaterThan(byLoss[1]?.sparsityFraction ?? 1);
    expect(byBoth[1]?.estimatedRecovery).toBeLessThan(1);
    expect(byLoss.map(({ estimatedRecovery }) => estimatedRecovery)).toEqual([1, 1]);
  });

  it('reaches the mean that was asked for, whatever the curves and whatever decides', () => {
    const curve = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 100, maxLength: 100 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(curve, curve), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 0, max: 97 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (curves, percent, lossWeight) => {
          const shared = allocateSparsity(
            curves.map(([loss, perf], index) => ({ name: String(index), loss, perf, isSkipped: false })),
            { ...usualSettings(percent / 100), lossWeight },
          );
          const mean = shared.reduce((sum, { sparsityFraction }) => sum + sparsityFraction, 0) / shared.length;
          expect(mean).toBeCloseTo(percent / 100, 9);
          expect(shared.every(({ sparsityFraction }) => sparsityFraction <= 0.97)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('by performance alone leaves no more operations than by loss alone', () => {
    const layer = fc.tuple(fc.double({ min: 0, max: 9, noNaN: true }), fc.double({ min: 0, max: 9, noNaN: true }));
    fc.assert(
      fc.property(
        fc.array(layer, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 97 }),
        (slopes, percent) => {
          const layers = slopes.map(([slope, operations], index) =>
            rising(slope, String(index), { perf: Array.from({ length: 100 }, (_, at) => operations * (100 - at)) }),
          );
          const saved = (lossWeight: number): number =>
            allocateSparsity(layers, { ...usualSettings(percent / 100), lossWeight }).reduce(
              (sum, { sparsityFraction }, index) => sum + sparsityFraction * (slopes[index]?.[1] ?? 0),
              0,
            );
          expect(saved(0)).toBeGreaterThanOrEqual(saved(1) - 1e-9);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('gives all that is asked for, each percent to the layer to which it costs least', () => {
    const steps = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 99, maxLength: 99 });
    fc.assert(
      fc.property(
        fc.array(steps, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 90 }),
        (rises, percent) => {
          const curves = rises.map((rise) => rise.reduce((loss, by) => [...loss, (loss.at(-1) ?? 0) + by], [0]));
          const layers = curves.map((loss, index) => ({ name: String(index), loss, isSkipped: false }));
          const settings = { ...usualSettings(percent / 100), minSparsityFraction: 0 };
          const given = allocateSparsity(layers, settings).map(({ sparsityFraction }) =>
            Math.round(sparsityFraction * 100),
          );
          expect(given.reduce((sum, one) => sum + one, 0)).toBe(percent * layers.length);
          const last = Math.max(...curves.map((loss, index) => loss[given[index] ?? 0] ?? 0));
          const next = curves.flatMap((loss, index) =>
            (given[index] ?? 97) < 97 ? [loss[(given[index] ?? 0) + 1] ?? 0] : [],
          );
          expect(last).toBeLessThanOrEqual(Math.min(...next) + 1e-9);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('reads curves between the points that were measured', () => {
    const curve = curveByPercent(0, [
      { sparsityFraction: 0.5, value: 1 },
      { sparsityFraction: 0.9, value: 3 },
    ]);
    expect([curve[0], curve[25], curve[50], curve[70], curve[90], curve[99]]).toEqual([
      0,
      0.5,
      1,
      expect.closeTo(2, 9),
      3,
      3,
    ]);
  });
});
