// The adapter for metrics that are a mean over samples: POT's Metric contract around one function.
import type { Annotation } from '../data/contracts';
import type { Metric, MetricAttribute, ModelOutputs } from './contracts';

/** What one batch adds: a value for each sample. */
export type PerSample = (
  outputs: ModelOutputs,
  annotations: readonly Annotation[],
  reference: ModelOutputs | undefined,
) => readonly number[];

export interface MeanMetricSpec extends MetricAttribute {
  readonly name: string;
  readonly needsReference?: boolean;
  readonly perSample: PerSample;
  /** Applied to the mean of all samples: the root of RMSE. */
  readonly finish?: (mean: number) => number;
}

/** A metric whose figure is the mean of its per-sample values; NaN before the first sample. */
export function meanMetric(spec: MeanMetricSpec): Metric {
  const { name, direction, type, perSample, finish = (mean: number): number => mean } = spec;
  let values: number[] = [];
  return {
    attributes: { [name]: { direction, type } },
    ...(spec.needsReference === true ? { needsReference: true } : {}),
    update: (outputs, annotations, reference) => {
      for (const value of perSample(outputs, annotations, reference)) values.push(value);
    },
    get value() {
      return { [name]: values };
    },
    get avgValue() {
      const sum = values.reduce((total, value) => total + value, 0);
      return { [name]: finish(sum / values.length) };
    },
    reset: () => {
      values = [];
    },
  };
}
