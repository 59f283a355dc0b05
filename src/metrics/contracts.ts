// What a metric is (DESIGN §5, after POT's Metric): fed batch by batch, asked for values at the end.
import type { Annotation } from '../data/contracts';
import type { Tensor } from '../onnx/tensor';

/** Which way is better, and what kind of figure it is (`accuracy`, `error`, `loss`, …). */
export interface MetricAttribute {
  readonly direction: 'higher-better' | 'lower-better';
  readonly type: string;
}

/** Graph outputs by name, in graph-output order, with their batch axis first. */
export type ModelOutputs = Readonly<Record<string, Tensor>>;

/** A metric over a data set. Ratios are fractions 0..1. */
export interface Metric {
  readonly attributes: Readonly<Record<string, MetricAttribute>>;
  /** Adds a batch. `reference` holds the float model's outputs for metrics that ask for them (`needsReference`). */
  update(outputs: ModelOutputs, annotations: readonly Annotation[], reference?: ModelOutputs): void;
  /** Per-sample values so far (per update where the metric has no per-sample meaning). */
  readonly value: Readonly<Record<string, readonly number[]>>;
  /** The figure itself. */
  readonly avgValue: Readonly<Record<string, number>>;
  reset(): void;
  /** What a person should know of the figure: answers that could not be judged, say. */
  readonly notes?: readonly string[];
  /** True for metrics that compare with the float model (`agreement`, MSE … with compare_label false). */
  readonly needsReference?: boolean;
}
