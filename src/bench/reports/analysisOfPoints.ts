// The points of an analysis that count, in the types of the job: as the run found them, or as a client sent them in their place.
import type { SensitivityRecord } from '../../store/records';
import type { AnalysisLayers } from '../../sparsity/analysisCurves';
import type { DescribedLayer, PointValues } from '../sensitivity/sensitivityPoints';
import type { FoundPoints } from '../sensitivity/sensitivityView';

/** A client's points are put in order; a figure that it left out is none. */
export function analysisOfPoints(
  { kind }: Pick<SensitivityRecord, 'kind'>,
  { layers, unit, isEdited, result }: FoundPoints,
): AnalysisLayers {
  if (result !== undefined && !isEdited) return result;
  // Nothing but approximate analyses answers in percent: those are their points, wherever they are kept.
  const method = unit === 'percent' ? 'approx' : 'run';
  if (kind === 'loss') {
    return method === 'approx'
      ? { kind, method, layers: layers.map((layer) => typed(layer, percentLoss)) }
      : { kind, method: 'one-shot', layers: layers.map((layer) => typed(layer, fractionLoss)) };
  }
  return method === 'approx'
    ? { kind, method, layers: layers.map((layer) => typed(layer, percentFlops)) }
    : { kind, method: 'measured', layers: layers.map((layer) => typed(layer, measured)) };
}

/** A client's layer may be one that no run has seen. */
function typed<Point>(
  {
    id,
    name = id,
    label = name,
    node = name,
    op_type: opType = '',
    weights = 0,
    groups = 1,
    baseline,
    sparse,
  }: DescribedLayer,
  pointOf: (values: PointValues) => Point,
) {
  const ascending = sparse.toSorted((one, other) => (one['sparsity'] ?? 0) - (other['sparsity'] ?? 0));
  return {
    id,
    name,
    label,
    node,
    opType,
    weights,
    groups,
    baseline: pointOf(baseline),
    sparse: ascending.map(pointOf),
  };
}

const percentLoss = (values: PointValues) => ({ loss: values['loss'] ?? 0, sparsityPercent: values['sparsity'] ?? 0 });

const fractionLoss = (values: PointValues) => ({
  loss: values['loss'] ?? null,
  sparsityFraction: values['sparsity'] ?? 0,
});

const percentFlops = (values: PointValues) => ({
  flops: values['flops'] ?? 0,
  sparsityPercent: values['sparsity'] ?? 0,
});

const measured = (values: PointValues) => ({
  flops: values['flops'] ?? null,
  theoreticalFlops: values['theoretical_flops'] ?? null,
  sparsityFraction: values['sparsity'] ?? 0,
  timingMs: values['timing'] ?? values['timings'] ?? null,
  denseTimingMs: values['dense_timing'] ?? null,
  comparison: null,
});
