// Compared benchmarks as a file: a table for spreadsheets, or all of it as JSON.
import type {
  BenchmarksReport,
  BenchmarksRequest,
  ComparedAccuracy,
  ComparedPerformance,
  Conditions,
  ExportFormat,
} from '../../protocol/panels/benchmarks';
import type { Bench } from '../bench';
import { textCell } from '../csvCell';
import { benchmarksReport } from './benchmarks';

/** The text of the file. */
export async function benchmarksFile(
  bench: Bench,
  { format, ...request }: BenchmarksRequest & { readonly format: ExportFormat },
): Promise<string> {
  const report = await benchmarksReport(bench, request);
  return format === 'csv' ? benchmarksCsv(report) : benchmarksJson(report);
}

type Cell = string | number | null | undefined;

/** Columns of both kinds of benchmarks; what one of them has not is empty. */
const columns = [
  ...['id', 'name', 'mode', 'model', 'precision', 'verdict', 'measured_at', 'samples', 'size_bytes', 'size_ratio'],
  ...['latency_ms_median', 'latency_ms_p90', 'latency_ms_p99', 'latency_ms_min', 'spread', 'throughput_per_s'],
  ...['latency_ratio', 'throughput_ratio', 'metric', 'value', 'interval_low', 'interval_high', 'difference'],
  ...['batch_size', 'threads', 'instances', 'cores_per_instance', 'dataset', 'cpu', 'engine'],
  ...['not_comparable', 'doubts'],
] as const;

/** A line of names and one for each benchmark, each ended by a line feed. */
function benchmarksCsv({ performance, accuracy }: BenchmarksReport): string {
  const rows = [...performance.items.map(performanceCells), ...accuracy.items.map(accuracyCells)];
  const lines = rows.map((row) => columns.map((column) => cellText(row[column])).join(','));
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  return typeof cell === 'number' ? String(cell) : textCell(cell);
}

type Cells = Readonly<Partial<Record<(typeof columns)[number], Cell>>>;

function performanceCells(item: ComparedPerformance): Cells {
  const { result, comparison } = item;
  return {
    ...commonCells(item, 'performance'),
    latency_ms_median: result?.latencyMs.median,
    latency_ms_p90: result?.latencyMs.p90,
    latency_ms_p99: result?.latencyMs.p99,
    latency_ms_min: result?.latencyMs.min,
    spread: result?.spread,
    throughput_per_s: result?.throughput,
    latency_ratio: comparison?.latencyRatio,
    throughput_ratio: comparison?.throughputRatio,
  };
}

function accuracyCells(item: ComparedAccuracy): Cells {
  const { result, comparison } = item;
  return {
    ...commonCells(item, 'accuracy'),
    metric: result?.metric,
    value: result?.value,
    interval_low: result?.interval?.[0],
    interval_high: result?.interval?.[1],
    difference: comparison?.difference,
  };
}

function commonCells(
  { id, name, model, result, comparison }: ComparedPerformance | ComparedAccuracy,
  mode: string,
): Cells {
  return {
    ...{ id, name, mode, model: model?.name, precision: model?.precision, verdict: comparison?.verdict },
    measured_at: result?.measuredAt,
    samples: result?.samples,
    size_bytes: result?.sizeBytes,
    size_ratio: comparison?.sizeRatio,
    ...(result === null ? {} : conditionCells(result.conditions)),
    not_comparable: comparison?.unlike.join(' '),
    doubts: result?.doubts.join(' '),
  };
}

function conditionCells(conditions: Conditions): Cells {
  const { batchSize, threads, instances, coresPerInstance, datasetName, cpuModel, engineVersion } = conditions;
  return {
    ...{ batch_size: batchSize, threads, instances, cores_per_instance: coresPerInstance },
    ...{ dataset: datasetName, cpu: cpuModel, engine: engineVersion },
  };
}

/** What was measured and how it compares; nothing of how runs stand at the moment. */
function benchmarksJson({ projectName, performance, accuracy }: BenchmarksReport): string {
  const section = ({ referenceId, items }: BenchmarksReport['performance'] | BenchmarksReport['accuracy']): object => ({
    referenceId,
    benchmarks: items.map(({ id, name, model, result, comparison }) => ({ id, name, model, result, comparison })),
  });
  const file = { project: projectName, performance: section(performance), accuracy: section(accuracy) };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}
