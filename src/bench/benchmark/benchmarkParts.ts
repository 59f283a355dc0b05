// What belongs to a benchmark: its model and data, its config.yaml, and the job that measures it.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { replaceFile } from '../../files/atomicWrite';
import type { BenchmarkSpec, EvaluateSpec } from '../../protocol/jobs';
import type { BenchmarkRecord, DatasetRecord, ModelRecord } from '../../store/records';
import type { Bench } from '../bench';
import { commandLine } from '../commandLine';
import { configFileName } from '../optimization/configWriter';
import { evaluatedModel, evaluationConfig } from '../runs/evaluationConfig';
import { runnable } from '../optimization/optimizationParts';
import { requestErrors } from '../requestErrors';

/** Runs, or batches, that stand for all of a data set without an end (SYSTEMS §1.4, Benchmark arithmetic). */
export const iterationsWithoutEnd = 10;

/** The loader of such data. */
export const endlessLoader = 'dummy_v2';

/** Name of the data set file that a run folder gets. */
export const runDatasetName = 'dataset.yaml';

/** A benchmark or a profiling with what it measures. */
export interface Measured<Entity> {
  readonly entity: Entity;
  readonly model: ModelRecord;
  readonly dataset: DatasetRecord;
}

/** Model and data as they are now. Refuses where one of them is gone, or cannot be run. */
export async function measuredOf<
  Entity extends BenchmarkRecord | Pick<BenchmarkRecord, 'id' | 'modelId' | 'datasetId'>,
>(bench: Bench, kind: 'benchmark' | 'profiling', entity: Entity): Promise<Measured<Entity>> {
  const model = await bench.store.find('model', entity.modelId);
  const dataset = await bench.store.find('dataset', entity.datasetId);
  if (model !== undefined && dataset !== undefined) return { entity, model: runnable(bench, model), dataset };
  const gone = model === undefined ? `model ${entity.modelId}` : `data set ${entity.datasetId}`;
  throw requestErrors.refused(
    'part-gone',
    `The ${gone} of the ${kind} ${entity.id} is gone.`,
    `Add another ${kind}, with a model and data that are there.`,
  );
}

/** Absolute path of the config.yaml of a benchmark or a profiling. */
export async function evaluationConfigPath(bench: Bench, kind: 'benchmark' | 'profiling', id: number): Promise<string> {
  const folder = await bench.store.folderOf(kind, id);
  if (folder === undefined) throw requestErrors.notFound(kind, id);
  return join(folder, configFileName);
}

/** Refuses what would make no valid config; the benchmark may not have a folder yet. */
export function refuseUnfitBenchmark(bench: Bench, measured: Measured<BenchmarkSettings>): void {
  // As deep as the real one: what is checked does not depend on the names of the folders.
  benchmarkConfig(bench, measured, join(bench.store.folder, 'projects', 'new', 'benchmarks', 'new', configFileName));
}

/** Writes config.yaml as the record has it. */
export async function writeBenchmarkConfig(bench: Bench, measured: Measured<BenchmarkRecord>): Promise<string> {
  const path = await evaluationConfigPath(bench, 'benchmark', measured.entity.id);
  await replaceFile(path, benchmarkConfig(bench, measured, path));
  return path;
}

type BenchmarkSettings = Omit<BenchmarkRecord, 'id' | 'version' | 'createdAt' | 'modifiedAt'>;

function benchmarkConfig(bench: Bench, { entity, model, dataset }: Measured<BenchmarkSettings>, path: string): string {
  const { mode, batchSize, iterations, warmupIterations, coresPerInstance, numberOfInstances } = entity;
  const evaluated = evaluatedModel(bench, model, dataset);
  if (mode === 'accuracy') {
    const settings = { mode, batchSize, batches: batchesOf(iterations, dataset) };
    return evaluationConfig(bench, 'the benchmark', evaluated, [settings], path);
  }
  const machine = { cores_per_instance: coresPerInstance, num_of_instance: numberOfInstances };
  const settings = { mode, batchSize, warmup: warmupIterations, iterations: batchesOf(iterations, dataset), machine };
  return evaluationConfig(bench, 'the benchmark', evaluated, [settings], path);
}

/** -1 stays what it is unless the data has no end. */
function batchesOf(iterations: number, { datasetType }: DatasetRecord): number {
  return iterations === -1 && datasetType === endlessLoader ? iterationsWithoutEnd : iterations;
}

/**
 * The job that measures a benchmark. An instance gets no more cores than the machine has, whatever the record says,
 * which may come from a larger one: more threads than cores only wait for each other.
 *
 * @param referencePath the float model, for metrics that compare with it
 */
export function benchmarkSpec(
  bench: Bench,
  { entity, model, dataset }: Measured<BenchmarkRecord>,
  datasetPath: string,
  referencePath: string | undefined,
): BenchmarkSpec | EvaluateSpec {
  const { mode, batchSize, iterations, warmupIterations, numberOfInstances } = entity;
  const modelPath = bench.absolutePath(model.path);
  const cores = Math.min(entity.coresPerInstance, availableParallelism());
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
