// The engine of a pipeline: infers with a model over samples, judges and collects statistics (SYSTEMS §7.1, §7.2).
import type { Tensor } from '../../onnx/tensor';
import type { CompressedModel } from './compressedModel';
import type { DataLoader, Metric } from './contracts';
import type { EngineConfig } from './engineConfig';
import { lengthOf } from './items';
import { sampleErrors } from './sampleErrors';
import type { Sampler } from './samplers';

/** A figure over one batch of a tensor, by the name the script gives it. */
export type StatisticFunction = (tensor: Tensor) => Tensor | number;

/** Statistics by the name of the tensor they are taken of, then by their own. */
export type StatisticsLayout = Readonly<Record<string, Readonly<Record<string, StatisticFunction>>>>;

export type Statistics = Readonly<Record<string, Readonly<Record<string, readonly (Tensor | number)[]>>>>;

export interface PredictOptions {
  readonly statisticsLayout?: StatisticsLayout;
  /** Which samples (all, one at a time). */
  readonly sampler?: Sampler;
  readonly metricPerSample?: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface SampleMetric {
  readonly sampleId: number;
  readonly metricName: string;
  readonly result: number;
}

export interface Prediction {
  /** Null without a metric, or where a sample has no annotation. */
  readonly metrics: Readonly<Record<string, number>> | null;
  /** In the order of samples; with `metricPerSample`. */
  readonly perSample?: readonly SampleMetric[];
  readonly statistics: Statistics;
}

export abstract class Engine {
  constructor(
    readonly config: EngineConfig = {},
    private readonly loader?: DataLoader,
    readonly metric?: Metric,
  ) {}

  /** Throws PipelineError where there is none, or an empty one. */
  get dataLoader(): DataLoader {
    if (this.loader === undefined) throw sampleErrors.noLoader();
    lengthOf(this.loader);
    return this.loader;
  }

  getMetricsAttributes(): Metric['attributes'] {
    return this.metric?.attributes ?? {};
  }

  abstract setModel(model: CompressedModel): Promise<void>;
  abstract predict(options?: PredictOptions): Promise<Prediction>;
}
