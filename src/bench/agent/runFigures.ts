// The figures of a run that succeeded, whatever its verb: what get_run shows and compare_runs puts side by side.
import { basename } from 'node:path';
import type { BenchmarkResult, EvaluateResult } from '../../protocol/jobs';
import type { ProfileResult } from '../../protocol/profiling';
import { isPruneResult } from '../../protocol/pruning';
import type { PruneResult } from '../../protocol/pruning';
import type { TuneResult } from '../../protocol/tuning';
import { metricOn } from '../../protocol/metricName';
import { readResult } from '../runs/runViews';
import { megabytes } from '../views';

/** The figures of one model. */
export interface FigureRow {
  readonly cells: readonly string[];
  /** What has to be alike for two rows to be compared fairly, by name. */
  readonly conditions: Readonly<Record<string, string>>;
}

/** The figures of a run as a table. */
export interface RunFigures {
  readonly header: readonly string[];
  readonly rows: readonly FigureRow[];
  /** Models the run has made. */
  readonly paths: readonly string[];
}

/** Columns of every such table. */
export const figureHeader = ['model', 'accuracy', 'latency ms', 'items/s', 'size MB', 'speedup'] as const;

interface Figures {
  readonly model: string;
  readonly accuracy?: number;
  /** Of the accuracy: measured on samples that are made up. */
  readonly isRandomData?: boolean;
  readonly latencyMs?: number;
  readonly throughput?: number;
  readonly sizeBytes?: number;
  readonly speedup?: number;
}

/** Undefined for a run without a result that can be read. */
export function figuresOf(folder: string): RunFigures | undefined {
  const result = readResult(folder);
  if (result === undefined) return undefined;
  // Written by a job of this product; told apart by what only one of them has.
  if ('trials' in result && 'best' in result) return ofTuning(result as unknown as TuneResult);
  if (isPruneResult(result)) return ofPruning(result);
  if ('comparison' in result) return ofBenchmark(result as unknown as BenchmarkResult);
  if ('ops' in result && 'nodes' in result) return ofProfile(result as unknown as ProfileResult);
  if ('metric' in result && 'value' in result) return ofEvaluation(result as unknown as EvaluateResult);
  return undefined;
}

function ofTuning(result: TuneResult): RunFigures {
  const { best, baseline, machine, environment, samples, model, goal, isRandomData } = result;
  const conditions = {
    machine: machine.cpuModel,
    threads: String(environment.threads),
    samples: String(samples),
    metric: metricOn(goal.metric, isRandomData),
  };
  return {
    header: figureHeader,
    rows: [
      { cells: cellsOf({ model: `${basename(model)} (given)`, ...baseline, isRandomData }), conditions },
      {
        cells: cellsOf({ model: best.trial === 0 ? 'nothing pays' : `trial ${best.trial}`, ...best, isRandomData }),
        conditions,
      },
    ],
    paths: best.trial === 0 ? [] : [best.path],
  };
}

function ofPruning(result: PruneResult): RunFigures {
  const { accuracy, originalSizeBytes, sizeBytes, sparsityFraction, output, environment } = result;
  const conditions = {
    threads: String(environment.threads),
    ...(accuracy === null ? {} : { metric: accuracy.metric, samples: String(accuracy.samples) }),
  };
  const row = (model: string, size: number, value: number | undefined): FigureRow => ({
    cells: cellsOf({ model, sizeBytes: size, ...(value === undefined ? {} : { accuracy: value }) }),
    conditions,
  });
  return {
    header: figureHeader,
    rows: [
      row('given model', originalSizeBytes, accuracy?.before),
      row(`pruned, ${(sparsityFraction * 100).toFixed(1)} % zeros`, sizeBytes, accuracy?.after),
    ],
    paths: [output],
  };
}

function ofBenchmark({ results, comparison, machine, settings }: BenchmarkResult): RunFigures {
  const conditions = {
    machine: machine.cpuModel,
    threads: String(settings.threads),
    batch: String(settings.batchSize),
    instances: String(settings.instances),
  };
  const rows = results.map(({ model, latencyMs, throughput, sizeBytes }) => {
    const speedup = comparison.find((one) => one.model === model)?.ratio;
    const figures = { model: basename(model), latencyMs: latencyMs.median, throughput, sizeBytes };
    return { cells: cellsOf({ ...figures, ...(speedup === undefined ? {} : { speedup }) }), conditions };
  });
  return { header: figureHeader, rows, paths: [] };
}

function ofEvaluation({ value, samples, metric, isRandomData, environment }: EvaluateResult): RunFigures {
  const conditions = {
    metric: metricOn(metric, isRandomData),
    samples: String(samples),
    threads: String(environment.threads),
  };
  return {
    header: figureHeader,
    rows: [{ cells: cellsOf({ model: metric, accuracy: value, isRandomData }), conditions }],
    paths: [],
  };
}

function ofProfile({ times, environment, machine }: ProfileResult): RunFigures {
  const conditions = { machine: machine.cpuModel, threads: String(environment.threads) };
  const cells = cellsOf({ model: 'one inference, profiled', latencyMs: times.wallUs / 1000 });
  return { header: figureHeader, rows: [{ cells, conditions }], paths: [] };
}

function cellsOf({ model, accuracy, isRandomData = false, ...figures }: Figures): string[] {
  const { latencyMs, throughput, sizeBytes, speedup } = figures;
  const figure = (value: number | undefined, digits: number): string => value?.toFixed(digits) ?? '';
  return [
    model,
    accuracy === undefined ? '' : metricOn(figure(accuracy, 4), isRandomData),
    figure(latencyMs, 3),
    figure(throughput, 1),
    sizeBytes === undefined ? '' : String(megabytes(sizeBytes)),
    figure(speedup, 2),
  ];
}
