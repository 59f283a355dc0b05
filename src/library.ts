// What `compressor-bench/pipeline` exports: pipelines of POT in a script of one's own.
export { statistics } from './pipeline/library/statistics';
export { AccuracyAwareQuantization } from './pipeline/library/accuracyAwareQuantization';
export { BatchSampler, createSampler, IndexSampler, Sampler } from './pipeline/library/samplers';
export { CompressedModel, loadModel } from './pipeline/library/compressedModel';
export { compressModelWeights } from './pipeline/library/compressWeights';
export { createPipeline, Pipeline } from './pipeline/library/pipeline';
export { DefaultQuantization } from './pipeline/library/defaultQuantization';
export { Engine } from './pipeline/library/engine';
export { OrtEngine } from './pipeline/library/ortEngine';
export { PipelineError } from './pipeline/library/pipelineErrors';
export { saveModel } from './pipeline/library/saveModel';
export type { Algorithm, AlgorithmWork } from './pipeline/library/algorithm';
export type {
  AccuracyAwareParameters,
  ActivationParameters,
  AlgorithmConfig,
  DefaultQuantizationParameters,
  IgnoredParameters,
  RangeEndParameters,
  RangeEstimatorParameters,
  WeightEndParameters,
  WeightParameters,
  WeightRangeParameters,
} from './pipeline/library/algorithmParameters';
export type { PipelineOptions } from './pipeline/library/pipeline';
export type { CreateSamplerOptions, SamplerOptions } from './pipeline/library/samplers';
export type {
  DataLoader,
  LoaderItem,
  Metric,
  NamedItem,
  PairItem,
  Sample,
  SampleData,
} from './pipeline/library/contracts';
export type { PredictOptions, Prediction, SampleMetric } from './pipeline/library/engine';
export type { EngineConfig, EngineSettings } from './pipeline/library/engineConfig';
export type { ModelConfig, ModelPart } from './pipeline/library/compressedModel';
export type { SavedModel, SaveOptions } from './pipeline/library/saveModel';
export type { StatisticFunction, Statistics, StatisticsLayout } from './pipeline/library/engine';
export type { StatisticsCollector } from './pipeline/library/statisticsCollector';
export type { Progress } from './protocol/progress';
export type { Tensor, TensorData, TensorType } from './onnx/tensor';
