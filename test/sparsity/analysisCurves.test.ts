// Analyses as curves: what is drawn, and what a sparsity is shared out by.
import { describe, expect, it } from 'vitest';
import { valueAt } from '../../src/protocol/panels/sensitivity';
import type { LayerSensitivity, SensitivityAnalysis } from '../../src/protocol/pruning';
import { approximateLoss, magnitudeProfile } from '../../src/pruning/approximations';
import { unboundedLoss } from '../../src/sparsity/allocateSparsity';
import { analysisCurves } from '../../src/sparsity/analysisCurves';

function layer<Baseline, Point>(baseline: Baseline, sparse: readonly Point[]): LayerSensitivity<Baseline, Point> {
  return { id: 'i', name: 'w', label: 'w', node: 'n', opType: 'Conv', weights: 100, groups: 1, baseline, sparse };
}

const measuring = {
  ...{ method: 'measured', kind: 'perf', modelTimings: [], data: 'random', batchSize: 1, warmupRuns: 0, iterations: 2 },
  machine: { cpuModel: '', logicalCores: 1, loadAverage: null, totalMemoryBytes: 0, cpuFlags: [] },
} as const;

const timed = (timingMs: number | null): SensitivityAnalysis =>
  ({
    ...measuring,
    layers: [
      layer({ flops: 200, sparsityFraction: 0, timingMs }, [
        {
          flops: 200,
          theoreticalFlops: 100,
          sparsityFraction: 0.5,
          timingMs,
          denseTimingMs: timingMs,
          comparison: null,
        },
      ]),
    ],
  }) as unknown as SensitivityAnalysis;

describe('the curves of an analysis', () => {
  it('go from the dense layer through its points', () => {
    const { unit, layers } = analysisCurves({
      ...{ kind: 'loss', method: 'one-shot', data: 'random', samples: 5, batchSize: 1 },
      layers: [
        layer({ loss: 0, sparsityFraction: 0 }, [
          { loss: 1, sparsityFraction: 0.5 },
          { loss: null, sparsityFraction: 0.9 },
        ]),
      ],
    });
    const { points = [], costs = null } = layers.get('w') ?? {};
    expect(unit).toBe('divergence');
    expect(points).toEqual([
      { sparsityFraction: 0, value: 0 },
      { sparsityFraction: 0.5, value: 1 },
      { sparsityFraction: 0.9, value: null },
    ]);
    expect([costs?.[0], costs?.[25], costs?.[50], costs?.[90]]).toEqual([0, 0.5, 1, unboundedLoss]);
  });

  it.each([100, 300, 1000, 3000])('share %i weights out by the magnitude that each percent takes', (count) => {
    const ascending = Float32Array.from({ length: count }, (_, index) => (index + 1) ** 1.5 / count).toSorted();
    const sparse = approximateLoss(ascending);
    const { layers } = analysisCurves({
      ...{ kind: 'loss', method: 'approx' },
      layers: [{ ...layer({ loss: 0, sparsityPercent: 0 }, sparse), weights: count }],
    });
    const { points = [], costs } = layers.get('w') ?? {};
    const profile = magnitudeProfile(ascending);
    costs?.slice(1).forEach((cost, index) => expect(cost / (profile[index + 1] ?? NaN)).toBeCloseTo(1, 4));
    expect(costs).toHaveLength(100);
    expect(points.length).toBeLessThanOrEqual(101);
  });

  it('are of times where the engine told them, else of operations', () => {
    expect(analysisCurves(timed(2)).unit).toBe('milliseconds');
    const { unit, layers } = analysisCurves(timed(null));
    expect(unit).toBe('operations');
    expect(layers.get('w')?.costs?.[50]).toBe(100);
  });

  it('are none where the operations of a layer are not known', () => {
    const { layers } = analysisCurves({ kind: 'perf', method: 'approx', layers: [layer({ flops: null }, [])] });
    expect(layers.get('w')).toEqual({ points: [], costs: null });
  });
});

describe('a curve between its points', () => {
  const points = [
    { sparsityFraction: 0, value: 1 },
    { sparsityFraction: 0.4, value: 3 },
    { sparsityFraction: 0.8, value: null },
  ];

  it.each([
    [0, 1],
    [0.2, 2],
    [0.4, 3],
    [0.6, null],
    [0.95, null],
  ])('is at %d: %s', (sparsity, expected) => {
    expect(valueAt(points, sparsity)).toBe(expected);
  });

  it('is nothing where there are none', () => {
    expect(valueAt([], 0.5)).toBeNull();
  });
});
