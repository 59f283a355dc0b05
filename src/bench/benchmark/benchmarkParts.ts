// What belongs to a benchmark: its config.yaml, the job that measures it, and the command line that does the same.
import { availableParallelism } from 'node:os';
import type { BenchmarkSpec, EvaluateSpec } from '../../protocol/jobs';
import type { BenchmarkRecord, DatasetRecord, Draft } from '../../store/records';
import type { Bench } from '../bench';
import { commandLine } from '../commandLine';
import { isEndless } from '../../dictionary/madeUpData';
import { configFileOfNew } from '../runs/configFile';
import type { ConfigTextOf } from '../runs/configFile';
import { evaluatedModel, evaluationConfig } from '../runs/evaluationConfig';
import type { EvaluationSettings } from '../runs/evaluationConfig';
import { runnableParts } from '../runs/namedParts';
import type { RunnableParts } from '../runs/namedParts';

/** Runs, or batches, that stand for all of a data set without an end (SYSTEMS §1.4, Benchmark arithmetic). */
export const iterationsWithoutEnd = 10;

/** Refuses what would make no valid config. */
export function refuseUnfitBenchmark(bench: Bench, settings: Draft<'benchmark'>, parts: RunnableParts): void {
  configText(bench, settings, parts, configFileOfNew(bench, 'benchmark'));
}

/** The config.yaml of a benchmark. */
export const benchmarkConfigText: ConfigTextOf<'benchmark'> = async (bench, record, path) =>
  configText(bench, record, await runnableParts(bench, 'benchmark', record), path);

function configText(
  bench: Bench,
  settings: Draft<'benchmark'>,
  { model, dataset }: RunnableParts,
  path: string,
): string {
  const { mode, batchSize, iterations, warmupIterations, coresPerInstance, numberOfInstances } = settings;
  const batches = batchesOf(iterations, dataset);
  const machine = { cores_per_instance: coresPerInstance, num_of_instance: numberOfInstances };
  const section: EvaluationSettings =
    mode === 'accuracy'
      ? { mode, batchSize, batches }
      : { mode, batchSize, warmup: warmupIterations, iterations: batches, machine };
  return evaluationConfig(bench, 'the benchmark', evaluatedModel(bench, model, dataset), [section], path);
}

/** -1 stays what it is unless the data has no end. */
function batchesOf(iterations: number, { datasetType }: DatasetRecord): number {
  return iterations === -1 && isEndless(datasetType) ? iterationsWithoutEnd : iterations;
}

/**
 * The job that measures a benchmark. An instance gets no more cores than the machine has, whatever the record says,
 * which may come from a larger one: more threads than cores only wait for each other.
 *
 * @param referencePath the float model, for metrics that compare with it
 */
export function benchmarkSpec(
  bench: Bench,
  record: BenchmarkRecord,
  { model, dataset }: RunnableParts,
  datasetPath: string,
  referencePath: string | undefined,
): BenchmarkSpec | EvaluateSpec {
  const { mode, batchSize, iterations, warmupIterations, numberOfInstances } = record;
  const modelPath = bench.absolutePath(model.path);
  const cores = Math.min(record.coresPerInstance, availableParallelism());
  if (mode === 'accuracy') {
    const batches = batchesOf(iterations, dataset);
    return {
      verb: 'evaluate',
      modelPath,
      datasetPath,
      ...(referencePath === undefined ? {} : { referencePath }),
      dimensions: {},
      threads: cores,
      ...(batches === -1 ? {} : { samples: batches * batchSize }),
    };
  }
  return {
    verb: 'benchmark',
    modelPaths: [modelPath],
    datasetPath,
    batchSize,
    warmupIterations,
    iterations: iterations === -1 ? 'all' : iterations,
    threads: cores,
    instances: numberOfInstances,
    coresPerInstance: cores,
    dimensions: {},
  };
}

/** The command line that does by hand what a job of a benchmark does. */
export function benchmarkCommandLine(spec: BenchmarkSpec | EvaluateSpec): string {
  if (spec.verb === 'evaluate') {
    const { modelPath, datasetPath, referencePath, samples, threads } = spec;
    return commandLine([
      ...['evaluate', modelPath, '--data', datasetPath, '--threads', threads],
      ...(referencePath === undefined ? [] : ['--reference', referencePath]),
      ...(samples === undefined ? [] : ['--samples', samples]),
    ]);
  }
  const { modelPaths, datasetPath, batchSize, warmupIterations, iterations, threads, instances, coresPerInstance } =
    spec;
  return commandLine([
    ...['benchmark', ...modelPaths],
    ...(datasetPath === undefined ? [] : ['--data', datasetPath]),
    ...['--batch', batchSize, '--warmup', warmupIterations],
    ...(iterations === undefined ? [] : [`--iterations=${iterations === 'all' ? -1 : iterations}`]),
    ...['--threads', threads, '--instances', instances],
    ...(coresPerInstance === undefined ? [] : ['--cores-per-instance', coresPerInstance]),
  ]);
}
