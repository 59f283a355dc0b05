// On what data, and how, two models are benchmarked together: what the client names, what lies in its workspace, what the
// bench knows of the models; else random inputs.
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { readDatasetFile } from '../../config/datasetFile';
import type { DatasetConfig } from '../../config/datasetFile';
import { readTuningConfig } from '../../config/tuningFile';
import type { ChosenEntry } from '../../dictionary/entry';
import { BenchError } from '../../protocol/benchError';
import type { PairSpec } from '../../protocol/pair';
import type { Bench } from '../bench';
import { isEndless } from '../../dictionary/madeUpData';
import { iterationsWithoutEnd } from './benchmarkParts';
import { machineShare } from './benchmarkRequest';
import { datasetConfigOf } from '../dataset/datasetConfig';
import { fixedBatchOf } from '../runs/modelBatch';
import type { PairRequest } from './pairBenchmarkRequest';
import { RequestError, requestErrors } from '../requestErrors';

export interface PairData {
  /** With the metric that accuracy means; undefined for random inputs. */
  readonly dataset: DatasetConfig | undefined;
  readonly performance: PairSpec['performance'];
  /** What accuracy is measured on at most; undefined for all of the data. */
  readonly samples: number | undefined;
  /** The config.yaml all this is from; undefined where there is none. */
  readonly configPath: string | undefined;
}

/** The two models by their real paths. */
export interface PairPaths {
  readonly input: string;
  readonly optimized: string;
}

/** Finds data and settings. Throws RequestError for a file that is named and cannot be used. */
export async function pairDataOf(bench: Bench, request: PairRequest, paths: PairPaths): Promise<PairData> {
  const { configPath, datasetPath } = request;
  if (configPath !== undefined) return ofConfig(bench.access.realPath(configPath), paths);
  const workload = datasetPath === undefined ? workloadConfig(bench, request, paths) : undefined;
  if (workload !== undefined) return ofConfig(workload, paths);
  const dataset =
    datasetPath === undefined
      ? await knownDataset(bench, paths)
      : readable(() => readDatasetFile(bench.access.realPath(datasetPath)));
  return {
    dataset,
    performance: usualPerformance(paths),
    samples: samplesOf(dataset, undefined),
    configPath: undefined,
  };
}

/** Where the original kept what it knew of a workload: `<workspace>/workloads/<model>_<id>/config.yaml`. */
function workloadConfig(bench: Bench, { workspacePath, id }: PairRequest, paths: PairPaths): string | undefined {
  if (workspacePath === undefined) return undefined;
  const workspace = bench.access.realPath(workspacePath);
  const name = `${basename(paths.input).replace(/\.onnx$/i, '')}_${id}`;
  // An id is text of the client's: only one that names a folder has one.
  if (/[\\/\0]|^\.\.?$/.test(name)) return undefined;
  try {
    return bench.access.realPath(join(workspace, 'workloads', name, 'config.yaml'));
  } catch (thrown) {
    if (thrown instanceof RequestError && thrown.refusal === 'not-found') return undefined;
    throw thrown;
  }
}

function ofConfig(configPath: string, paths: PairPaths): PairData {
  const config = readable(() => readTuningConfig(configPath, { isModelNamedElsewhere: true, isToBeTuned: false }));
  const { accuracy, performance, task } = config;
  const calibration = task.kind === 'quantization' ? task.quantization.calibration : undefined;
  const data = accuracy?.dataset ?? performance.dataset ?? calibration;
  const [metric] = accuracy?.metrics ?? [];
  const usual = usualPerformance(paths);
  const { warmupIterations, iterations, instances, coresPerInstance } = performance;
  const cores = Math.min(coresPerInstance ?? usual.coresPerInstance ?? 1, availableParallelism());
  return {
    dataset: data === undefined || metric === undefined ? data : withMetric(data, metric),
    performance: {
      batchSize: performance.dataset === undefined ? usual.batchSize : performance.batchSize,
      warmupIterations,
      ...(iterations === undefined ? {} : { iterations }),
      threads: coresPerInstance === undefined && performance.threads > 1 ? performance.threads : cores,
      instances,
      coresPerInstance: cores,
    },
    samples: samplesOf(accuracy?.dataset, accuracy?.iterations),
    configPath,
  };
}

/** Batches as samples; of data without an end as many batches as a benchmark takes. */
function samplesOf(dataset: DatasetConfig | undefined, batches: number | undefined): number | undefined {
  if (dataset === undefined) return undefined;
  const counted = batches ?? (isEndless(dataset.dataset.name) ? iterationsWithoutEnd : undefined);
  return counted === undefined ? undefined : counted * dataset.batchSize;
}

/** A metric that is named elsewhere than its data stands with the data. */
function withMetric(data: DatasetConfig, { name, parameters }: ChosenEntry): DatasetConfig {
  return { ...data, metric: { ...data.dataset, name, parameters } };
}

const usualWarmup = 10;

/** One sample at a time, or as many as a model insists on; as many runs as a stable figure needs. */
function usualPerformance({ input, optimized }: PairPaths): PairSpec['performance'] {
  const { coresPerInstance, numberOfInstances } = machineShare({});
  return {
    batchSize: fixedBatchOf(input) ?? fixedBatchOf(optimized) ?? 1,
    warmupIterations: usualWarmup,
    threads: coresPerInstance,
    instances: numberOfInstances,
    coresPerInstance,
  };
}

/** The data of the optimization that made one of the models, if the bench knows it. */
async function knownDataset(bench: Bench, { optimized, input }: PairPaths): Promise<DatasetConfig | undefined> {
  const models = await bench.store.list('model');
  const made = models.find(({ path, madeBy }) => madeBy !== null && bench.absolutePath(path) === optimized);
  const given = models.find(({ path, madeBy }) => madeBy === null && bench.absolutePath(path) === input);
  const optimizationId = made?.madeBy?.optimizationId;
  const optimizations =
    optimizationId === undefined
      ? given === undefined
        ? []
        : await bench.store.list('optimization', { projectId: given.projectId })
      : [await bench.store.find('optimization', optimizationId)];
  for (const optimization of optimizations) {
    const dataset = optimization === undefined ? undefined : await bench.store.find('dataset', optimization.datasetId);
    if (dataset !== undefined) return datasetConfigOf(bench, dataset);
  }
  return undefined;
}

/** What reading a file that a client named gives; mistakes in it are a refusal of the request. */
function readable<Read>(read: () => Read): Read {
  try {
    return read();
  } catch (thrown) {
    if (thrown instanceof RequestError || !(thrown instanceof BenchError)) throw thrown;
    throw requestErrors.refused('pair-data', thrown.message, thrown.nextStep);
  }
}
