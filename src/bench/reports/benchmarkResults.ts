// What a run of a benchmark measured, with all it was measured under and what makes it doubtful.
import { isRatioMetric } from '../../dictionary/metrics';
import type { BenchmarkResult, EvaluateResult } from '../../protocol/jobs';
import type { AccuracyResult, Conditions, PerformanceResult } from '../../protocol/panels/benchmarks';
import type { BenchmarkRecord } from '../../store/records';
import { fewerCores } from '../benchmark/benchmarkView';
import type { NamedParts } from '../runs/namedParts';
import type { RunResult } from '../runs/runViews';
import { intervalOf } from './benchmarkFairness';

/** Fewer timed runs say little of the slow ones among them. */
const fewRuns = 20;

/** Undefined for a result of another kind, or a damaged one. */
export function performanceResult(
  record: BenchmarkRecord,
  { model, dataset }: NamedParts,
  { run, result }: RunResult,
): PerformanceResult | undefined {
  if (!Array.isArray(result['results'])) return undefined;
  // Written by a job of this product.
  const { results, machine, warnings, settings } = result as unknown as BenchmarkResult;
  const [figures] = results;
  if (figures === undefined) return undefined;
  const { latencyMs, spread, throughput, samples, sizeBytes } = figures;
  const conditions: Conditions = {
    cpuModel: machine.cpuModel,
    cpuFlags: machine.cpuFlags,
    engineVersion: machine.engineVersion,
    threads: settings.threads,
    coresPerInstance: settings.coresPerInstance,
    instances: settings.instances,
    batchSize: settings.batchSize,
    data: settings.data,
    datasetId: record.datasetId,
    datasetName: dataset?.name ?? null,
  };
  const few = samples < fewRuns ? [`Only ${samples} timed runs are behind the figures.`] : [];
  const doubts = [
    ...fewerCores(record, settings),
    ...otherFile(model?.sha256, figures.modelSha256),
    ...few,
    ...warnings,
  ];
  return { measuredAt: run.endedAt, conditions, samples, doubts, sizeBytes, latencyMs, spread, throughput };
}

/** Undefined for a result of another kind, or a damaged one. */
export function accuracyResult(
  record: BenchmarkRecord,
  { model, dataset }: NamedParts,
  { run, result }: RunResult,
): AccuracyResult | undefined {
  if (typeof result['metric'] !== 'string') return undefined;
  // Written by a job of this product.
  const { metric, value, higherIsBetter, samples, isRandomData, warnings, environment, modelSha256 } =
    result as unknown as EvaluateResult;
  const other = otherFile(model?.sha256, modelSha256);
  return {
    measuredAt: run.endedAt,
    conditions: {
      ...environment,
      cpuFlags: [],
      coresPerInstance: null,
      instances: 1,
      batchSize: record.batchSize,
      data: isRandomData ? 'random' : 'dataset',
      datasetId: record.datasetId,
      datasetName: dataset?.name ?? null,
    },
    samples,
    doubts: [...other, ...warnings],
    // The file that was measured is not there any more where another took its place.
    sizeBytes: other.length > 0 ? null : (model?.sizeBytes ?? null),
    ...{ metric, value, higherIsBetter },
    isShare: isRatioMetric(metric),
    interval: intervalOf(metric, value, samples),
  };
}

function otherFile(recorded: string | undefined, measured: string): readonly string[] {
  return recorded === undefined || recorded === measured
    ? []
    : ['The file of the model was another one when it was measured: run it again.'];
}
