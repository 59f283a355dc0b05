// Benchmarks as the API shows them: settings, model, data, newest run, and the result with its raw value and unit.
import { isRatioMetric } from '../../dictionary/metrics';
import type { BenchmarkResult, EvaluateResult, ModelBenchmark } from '../../protocol/jobs';
import type { RunSummary } from '../../protocol/runs';
import type { BenchmarkRecord } from '../../store/records';
import type { Bench } from '../bench';
import { benchmarkCommandLine } from './benchmarkParts';
import { configFileOf } from '../runs/configFile';
import type { NamedParts } from '../runs/namedParts';
import { jobSpecOf, newestResult, runView, secondsOf } from '../runs/runViews';
import type { RunResult } from '../runs/runViews';
import { subjectView } from '../runs/subjectView';
import { dateView } from '../views';

/** Everything about a benchmark. */
export async function benchmarkView(
  bench: Bench,
  record: BenchmarkRecord,
  newest: RunSummary | undefined,
  parts: NamedParts,
): Promise<Readonly<Record<string, unknown>>> {
  const { id, mode, batchSize, iterations, warmupIterations } = record;
  const found = await newestResult(bench, 'benchmark', id, newest);
  const spec = await jobSpecOf(newest);
  return {
    ...subjectView(bench, record, parts),
    mode,
    result: found === undefined ? null : resultView(record, found),
    batch_size: batchSize,
    iterations,
    warmup_iterations: warmupIterations,
    cores_per_instance: record.coresPerInstance,
    number_of_instance: record.numberOfInstances,
    config_path: await configFileOf(bench, 'benchmark', id),
    execution_command: spec?.verb === 'benchmark' || spec?.verb === 'evaluate' ? benchmarkCommandLine(spec) : null,
    created_at: dateView(record.createdAt),
    modified_at: dateView(record.modifiedAt),
    ...(await runView(bench, newest)),
  };
}

/** What was measured; null fields for what was not asked for. */
function resultView(record: BenchmarkRecord, { run, result }: RunResult): Readonly<Record<string, unknown>> {
  const figures = isEvaluation(result) ? accuracyFigures(result) : performanceFigures(record, result);
  return {
    benchmark_id: record.id,
    // There is one result for each benchmark: a re-run takes its place.
    id: record.id,
    accuracy: null,
    performance: null,
    ...figures,
    created_at: dateView(run.endedAt),
    last_run_at: dateView(run.startedAt),
    duration: secondsOf(run),
  };
}

function isEvaluation(
  result: Readonly<Record<string, unknown>>,
): result is Readonly<Record<string, unknown>> & EvaluateResult {
  return typeof result['metric'] === 'string';
}

/** The figure as it was measured: a fraction, or whatever the metric counts in. */
function accuracyFigures(result: EvaluateResult): object {
  const { metric, value, higherIsBetter, samples, isRandomData, warnings, modelSha256, environment } = result;
  return {
    accuracy: value,
    accuracy_metric: metric,
    accuracy_unit: isRatioMetric(metric) ? 'fraction' : 'raw',
    higher_is_better: higherIsBetter,
    is_random_data: isRandomData,
    samples,
    warnings,
    model_sha256: modelSha256,
    environment,
  };
}

function performanceFigures(record: BenchmarkRecord, result: Readonly<Record<string, unknown>>): object {
  if (!Array.isArray(result['results'])) return {};
  // Written by a job of this product.
  const { results, machine, warnings, settings } = result as unknown as BenchmarkResult;
  const [figures] = results;
  return figures === undefined
    ? {}
    : {
        ...throughputFigures(figures),
        latency_ms_per_sample: figures.latencyMs.median / settings.batchSize,
        machine,
        settings,
        warnings: [...fewerCores(record, settings), ...warnings],
      };
}

/** Figures of one model, as several answers have them. */
export function throughputFigures({ throughput, latencyMs, spread, samples, modelSha256 }: ModelBenchmark): {
  readonly performance: number;
  readonly [key: string]: unknown;
} {
  return {
    performance: throughput,
    performance_unit: 'samples/s',
    // Of a whole batch.
    latency_ms: latencyMs,
    spread,
    runs: samples,
    // The name that clients know.
    samples,
    model_sha256: modelSha256,
  };
}

/** Said where a benchmark ran on fewer cores than it asks for. */
export function fewerCores({ coresPerInstance }: BenchmarkRecord, settings: BenchmarkResult['settings']): string[] {
  const used = settings.coresPerInstance ?? coresPerInstance;
  return used >= coresPerInstance
    ? []
    : [`The benchmark asks for ${coresPerInstance} cores an instance; the machine has ${used}, which were used.`];
}
