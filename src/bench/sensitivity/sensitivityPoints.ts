// The points of a sensitivity analysis in the keys of Studio's answers (SYSTEMS §6): of a result, and as a client sends them.
import type { MeasuredPerfPoint, SensitivityResult } from '../../protocol/pruning';
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
  /** What tables call the layer. */
  readonly label: string;
  readonly node: string;
  readonly op_type: string;
  readonly weights: number;
  readonly groups: number;
}

export type DescribedLayer = LayerPoints & Partial<LayerFacts>;

export type SparsityUnit = 'percent' | 'fraction';

/** Sparsity is in percent where nothing was run, and a fraction where something was (SYSTEMS §6.2). */
export function sparsityUnitOf({ method }: Pick<SensitivityRecord, 'method'>): SparsityUnit {
  return method === 'approx' ? 'percent' : 'fraction';
}

/** The layers of a result. */
export function layersOfResult(result: SensitivityResult): readonly DescribedLayer[] {
  const facts = result.layers.map(({ id, name, label, node, opType, weights, groups }) => ({
    id,
    ...{ name, label, node, op_type: opType, weights, groups },
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
          ...speedupOf(point.comparison),
        })),
      }));
  }
}

/** How much faster than the dense layer in the same turns, and the 95 % interval of that. */
function speedupOf(comparison: MeasuredPerfPoint['comparison']): PointValues {
  const [low = null, high = null] = comparison?.interval ?? [];
  return { speedup: comparison?.ratio ?? null, speedup_low: low, speedup_high: high };
}

/** Studio's document and its program name it differently. */
const untimed = { timing: null, timings: null } as const;

const mostLayers = 20_000;
const mostPoints = 2_000;
const mostValues = 20;

/** Points of a client, as they were sent. */
export interface SentPoints {
  readonly layers: readonly LayerPoints[];
  readonly unit: SparsityUnit;
}

/**
 * What a client sent as the points of an analysis, checked. Every layer has an id of its own, a baseline and points; every
 * point a sparsity. Approximate analyses answer in percent, the others in fractions (SYSTEMS §6.2), and the points of one may
 * be kept in another: a list with a sparsity above 1 is in percent as a whole.
 *
 * @param at what the list is called in messages
 */
export function readLayers(value: unknown, at: string, record: Pick<SensitivityRecord, 'method'>): SentPoints {
  if (!Array.isArray(value) || value.length === 0 || value.length > mostLayers) {
    throw requestErrors.valueIncorrect(at, `a list of 1 to ${mostLayers} layers`);
  }
  const layers = value.map((layer: unknown, index) => readLayer(layer, `${at}[${index}]`));
  const seen = new Set<string>();
  for (const [index, { id }] of layers.entries()) {
    if (seen.has(id)) throw requestErrors.valueIncorrect(`${at}[${index}].id`, 'an id that no other layer has');
    seen.add(id);
  }
  return { layers, unit: sparsityUnitOf(record) === 'percent' ? 'percent' : unitOfLayers(layers, at) };
}

/** A layer that ends at or below 1 among some in percent would be read as nearly dense: a slip, not an analysis. */
function unitOfLayers(layers: readonly LayerPoints[], at: string): SparsityUnit {
  const highest = layers.map(({ sparse }) => Math.max(0, ...sparse.map((point) => point['sparsity'] ?? 0)));
  if (highest.every((sparsity) => sparsity <= 1)) return 'fraction';
  const odd = highest.findIndex((sparsity) => sparsity > 0 && sparsity <= 1);
  if (odd === -1) return 'percent';
  throw requestErrors.valueIncorrect(`${at}[${odd}].sparse`, 'a list of points in percent, as other layers have them');
}

function readLayer(layer: unknown, at: string): LayerPoints {
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
    sparse: sparse.map((point: unknown, index) => readSparsePoint(point, `${at}.sparse[${index}]`)),
  };
}

function readSparsePoint(point: unknown, at: string): PointValues {
  const values = readPoint(point, at);
  const { sparsity } = values;
  if (typeof sparsity !== 'number' || sparsity < 0 || sparsity > 100) {
    throw requestErrors.valueIncorrect(`${at}.sparsity`, 'a fraction from 0 to 1, or a percentage from 0 to 100');
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
