// The points of a sensitivity analysis in the keys of Studio's answers (SYSTEMS §6): of a result, and as a client sends them.
import type { SensitivityResult } from '../../protocol/pruning';
import type { SensitivityRecord } from '../../store/records';
import { requestErrors } from '../requestErrors';
import { isPlainObject } from '../requestReader';
import type { PlainObject } from '../requestReader';

/** Figures by name; `sparsity` is in the unit of the analysis, `timing` in milliseconds. */
export type PointValues = Readonly<Record<string, number | null>>;

/** One layer: what it is compared with, and what becomes of it by rising sparsity. */
export interface LayerPoints {
  /** `PrunableLayer.id`, or what a client called it. */
  readonly id: string;
  readonly baseline: PointValues;
  readonly sparse: readonly PointValues[];
}

/** What is known of the layer besides; absent where a client alone knows it. */
export interface LayerFacts {
  /** The weight. */
  readonly name: string;
  readonly node: string;
  readonly op_type: string;
  readonly weights: number;
  readonly groups: number;
}

export type DescribedLayer = LayerPoints & Partial<LayerFacts>;

/** Sparsity is in percent where nothing was run, and a fraction where something was (SYSTEMS §6.2). */
export function sparsityUnitOf({ method }: Pick<SensitivityRecord, 'method'>): 'percent' | 'fraction' {
  return method === 'approx' ? 'percent' : 'fraction';
}

/** The layers of a result. */
export function layersOfResult(result: SensitivityResult): readonly DescribedLayer[] {
  const facts = result.layers.map(({ id, name, node, opType, weights, groups }) => ({
    id,
    ...{ name, node, op_type: opType, weights, groups },
  }));
  const points = pointsOfResult(result);
  return facts.map((layer, index) => ({ ...layer, ...(points[index] ?? { baseline: {}, sparse: [] }) }));
}

function pointsOfResult(result: SensitivityResult): readonly Omit<LayerPoints, 'id'>[] {
  switch (result.method) {
    case 'approx':
      return result.kind === 'loss'
        ? result.layers.map(({ baseline, sparse }) => ({
            baseline: { loss: baseline.loss, sparsity: baseline.sparsityPercent },
            sparse: sparse.map(({ loss, sparsityPercent }) => ({ loss, sparsity: sparsityPercent })),
          }))
        : result.layers.map(({ baseline, sparse }) => ({
            baseline: { flops: baseline.flops, ...untimed },
            sparse: sparse.map(({ flops, sparsityPercent }) => ({ flops, sparsity: sparsityPercent, ...untimed })),
          }));
    case 'one-shot':
      return result.layers.map(({ baseline, sparse }) => ({
        baseline: { loss: baseline.loss, sparsity: baseline.sparsityFraction },
        sparse: sparse.map(({ loss, sparsityFraction }) => ({ loss, sparsity: sparsityFraction })),
      }));
    case 'measured':
      return result.layers.map(({ baseline, sparse }) => ({
        baseline: { flops: baseline.flops, sparsity: baseline.sparsityFraction, timing: baseline.timingMs },
        sparse: sparse.map((point) => ({
          flops: point.flops,
          sparsity: point.sparsityFraction,
          timing: point.timingMs,
          theoretical_flops: point.theoreticalFlops,
          dense_timing: point.denseTimingMs,
        })),
      }));
  }
}

/** Studio's document and its program name it differently. */
const untimed = { timing: null, timings: null } as const;

const mostLayers = 20_000;
const mostPoints = 2_000;
const mostValues = 20;

/**
 * What a client sent as the points of an analysis, checked. Every layer has an id of its own, a baseline and points; every
 * point a sparsity within the unit of the analysis.
 *
 * @param at what the list is called in messages
 */
export function readLayers(value: unknown, at: string, unit: 'percent' | 'fraction'): readonly LayerPoints[] {
  if (!Array.isArray(value) || value.length > mostLayers) {
    throw requestErrors.valueIncorrect(at, `a list of at most ${mostLayers} layers`);
  }
  const layers = value.map((layer: unknown, index) => readLayer(layer, `${at}[${index}]`, unit));
  const seen = new Set<string>();
  for (const [index, { id }] of layers.entries()) {
    if (seen.has(id)) throw requestErrors.valueIncorrect(`${at}[${index}].id`, 'an id that no other layer has');
    seen.add(id);
  }
  return layers;
}

function readLayer(layer: unknown, at: string, unit: 'percent' | 'fraction'): LayerPoints {
  if (!isPlainObject(layer)) throw requestErrors.valueIncorrect(at, 'an object with id, baseline and sparse');
  const { id, baseline, sparse } = layer;
  if (typeof id !== 'string' || id === '' || id.length > 4096) {
    throw requestErrors.valueIncorrect(`${at}.id`, 'a text of 1 to 4096 characters');
  }
  if (!Array.isArray(sparse) || sparse.length > mostPoints) {
    throw requestErrors.valueIncorrect(`${at}.sparse`, `a list of at most ${mostPoints} points`);
  }
  return {
    id,
    baseline: readPoint(baseline, `${at}.baseline`),
    sparse: sparse.map((point: unknown, index) => readSparsePoint(point, `${at}.sparse[${index}]`, unit)),
  };
}

function readSparsePoint(point: unknown, at: string, unit: 'percent' | 'fraction'): PointValues {
  const values = readPoint(point, at);
  const { sparsity } = values;
  const most = unit === 'percent' ? 100 : 1;
  if (typeof sparsity !== 'number' || sparsity < 0 || sparsity > most) {
    throw requestErrors.valueIncorrect(`${at}.sparsity`, `a number from 0 to ${most}`);
  }
  return values;
}

function readPoint(point: unknown, at: string): PointValues {
  if (!isPlainObject(point)) throw requestErrors.valueIncorrect(at, 'an object of numbers');
  const entries = Object.entries(point);
  const isFit = ([name, value]: [string, unknown]): boolean => name.length <= 100 && isNumberOrNull(value);
  if (entries.length > mostValues || !entries.every(isFit)) {
    throw requestErrors.valueIncorrect(at, `an object of at most ${mostValues} numbers`);
  }
  return point as PlainObject & PointValues;
}

function isNumberOrNull(value: unknown): boolean {
  return value === null || (typeof value === 'number' && Number.isFinite(value));
}
