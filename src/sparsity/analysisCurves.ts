// Sensitivity analyses as curves of their layers, whatever points and units they were made in (SYSTEMS §6.2–6.4).
import { valueAt } from '../protocol/panels/sensitivity';
import type { CurvePoint, CurveUnit } from '../protocol/panels/sensitivity';
import type { ApproximateLoss, SensitivityAnalysis } from '../protocol/pruning';
import { curveByPercent, unboundedLoss } from './allocateSparsity';
import { timeInTurns } from './timeInTurns';

/** What is needed of an analysis for its curves. */
type LayersOf<Analysis> = Analysis extends SensitivityAnalysis ? Pick<Analysis, 'kind' | 'method' | 'layers'> : never;
export type AnalysisLayers = LayersOf<SensitivityAnalysis>;

/** The curve of one layer. */
export interface LayerCurve {
  /** As the analysis has them, the dense layer first; of a thousand of them, one a percent. Empty where there are none. */
  readonly points: readonly CurvePoint[];
  /** By percent, 0…99, as a sparsity is shared out by it; null without points. */
  readonly costs: readonly number[] | null;
}

/** The curves of an analysis by name of the layer, and what their figures are. */
export interface AnalysisCurves {
  readonly unit: CurveUnit;
  readonly layers: ReadonlyMap<string, LayerCurve>;
}

/** Measured times are used where every layer has them, else the operations that an engine with sparse kernels had left. */
export function analysisCurves(analysis: AnalysisLayers): AnalysisCurves {
  if (analysis.kind === 'loss') {
    return analysis.method === 'approx'
      ? curvesOf('magnitude', analysis.layers, curveOfMagnitudes)
      : curvesOf('divergence', analysis.layers, ({ sparse }) =>
          curveOf([densePoint(0), ...pointsOf(sparse, ({ loss }) => loss)]),
        );
  }
  if (analysis.method === 'approx') {
    return curvesOf('operations', analysis.layers, ({ baseline, sparse }) =>
      curveOf(
        byPercent([
          densePoint(baseline.flops),
          ...sparse.map(({ flops, sparsityPercent }) => ({ sparsityFraction: sparsityPercent / 100, value: flops })),
        ]),
      ),
    );
  }
  const isTimed = analysis.layers.every(({ baseline }) => baseline.timingMs !== null);
  return isTimed
    ? curvesOf('milliseconds', analysis.layers, ({ baseline, sparse }) =>
        curveOf([densePoint(baseline.timingMs), ...pointsOf(sparse, (point) => timeInTurns(baseline.timingMs, point))]),
      )
    : curvesOf('operations', analysis.layers, ({ baseline, sparse }) =>
        curveOf([densePoint(baseline.flops), ...pointsOf(sparse, ({ theoreticalFlops }) => theoreticalFlops)]),
      );
}

function curvesOf<Layer extends { readonly name: string }>(
  unit: CurveUnit,
  layers: readonly Layer[],
  curveOfLayer: (layer: Layer) => LayerCurve,
): AnalysisCurves {
  return { unit, layers: new Map(layers.map((layer) => [layer.name, curveOfLayer(layer)])) };
}

function densePoint(value: number | null): CurvePoint {
  return { sparsityFraction: 0, value };
}

function pointsOf<Point extends { readonly sparsityFraction: number }>(
  points: readonly Point[],
  valueOf: (point: Point) => number | null,
): CurvePoint[] {
  return points.map((point) => ({ sparsityFraction: point.sparsityFraction, value: valueOf(point) }));
}

/** A curve whose points are costs themselves. A dense layer of which nothing is known has none. */
function curveOf(points: readonly CurvePoint[]): LayerCurve {
  const [dense, ...others] = points;
  if (dense === undefined || dense.value === null || others.length === 0) return { points: [], costs: null };
  const costs = curveByPercent(
    dense.value,
    others.map(({ sparsityFraction, value }) => ({ sparsityFraction, value: value ?? unboundedLoss })),
  );
  return { points, costs };
}

function byPercent(points: readonly CurvePoint[]): readonly CurvePoint[] {
  if (points.length <= 100) return points;
  return Array.from({ length: 100 }, (_, percent) => ({
    sparsityFraction: percent / 100,
    value: valueAt(points, percent / 100),
  }));
}

/**
 * Sums of magnitudes are shown as they are. What a percent adds to the sum, divided by its weights, is the magnitude that
 * it takes: by that, layers of different sizes are compared (the profile that Sparsify shared a sparsity out by, §6.3).
 */
function curveOfMagnitudes({ sparse, weights }: ApproximateLoss): LayerCurve {
  const all = sparse.map(({ loss, sparsityPercent }) => ({ sparsityFraction: sparsityPercent / 100, value: loss }));
  if (all.length === 0) return { points: [], costs: null };
  const sums = curveByPercent(0, all);
  const costs = sums.map((sum, percent) =>
    percent === 0 ? 0 : ((sum - (sums[percent - 1] ?? 0)) * 100) / Math.max(1, weights),
  );
  return { points: byPercent([densePoint(0), ...all]), costs };
}
