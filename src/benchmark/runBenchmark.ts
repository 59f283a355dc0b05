// The job `benchmark`: measures models in interleaved rounds, in one process or several at once, and compares them.
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { sha256OfFile } from '../files/fileHash';
import { readModel } from '../onnx/readModel';
import { affinityTool } from '../processes/cpuAffinity';
import { forkJob } from '../processes/forkJob';
import { BenchError } from '../protocol/benchError';
import type { JobContext } from '../protocol/jobContext';
import type {
  BenchmarkInstanceResult,
  BenchmarkInstanceSpec,
  BenchmarkResult,
  BenchmarkSpec,
  Comparison,
  ModelBenchmark,
} from '../protocol/jobs';
import { allowedCores, coresOfInstances } from './affinity';
import { compareLatencies } from './compareLatencies';
import { isOnBattery } from './disturbance';
import { wholeBatches } from './inputs';
import { machineFacts } from './machineFacts';
import { runBenchmarkInstance } from './runBenchmarkInstance';
import { summarizeLatencies } from './statistics';

/** Spread above which a figure is too uncertain to be left without a word. */
const largestSpread = 0.1;

/**
 * Runs a benchmark. More than one instance, or cores of their own, mean processes of their own: all start together and
 * measure at the same time. Their latencies are pooled, their throughputs added.
 *
 * @throws what loading and running throws; a failure of any instance ends all
 */
export async function runBenchmark(spec: BenchmarkSpec, context: JobContext): Promise<BenchmarkResult> {
  const files = await Promise.all(spec.modelPaths.map(fileOf));
  const machine = machineFacts();
  const instanceSpec = await instanceSpecOf(spec);
  const { instances, warnings } =
    spec.instances > 1 || spec.coresPerInstance !== undefined
      ? await measureInProcesses(instanceSpec, context)
      : { instances: [await runBenchmarkInstance(instanceSpec, context)], warnings: [] };
  const results = files.map((file, index) => ({ ...file, ...figuresOf(index, spec, instances) }));
  const uncertain = results
    .filter(({ spread }) => spread > largestSpread)
    .map(({ model, spread }) => `The runs of ${basename(model)} spread by ± ${Math.round(spread * 100)} %.`);
  return {
    results,
    comparison: spec.modelPaths.slice(1).map((_, index) => comparisonOf(spec.modelPaths, index + 1, instances)),
    machine,
    warnings: [
      ...new Set([
        ...(isOnBattery() ? ['The machine runs on battery, which may slow the processor down.'] : []),
        ...warnings,
        ...instances.flatMap((instance) => instance.warnings),
        ...uncertain,
      ]),
    ],
    settings: {
      batchSize: spec.batchSize,
      threads: spec.threads,
      instances: spec.instances,
      coresPerInstance: spec.coresPerInstance ?? null,
      data: spec.datasetPath === undefined ? 'random' : 'dataset',
    },
  };
}

type ModelFile = Pick<ModelBenchmark, 'model' | 'modelSha256' | 'sizeBytes'>;

async function fileOf(model: string): Promise<ModelFile> {
  const sizeBytes = modelSizeBytes(model);
  return { model, modelSha256: await sha256OfFile(model), sizeBytes };
}

/** Bytes of a model with its external data. */
export function modelSizeBytes(path: string): number {
  const model = readModel(path);
  try {
    return model.sizeBytes;
  } finally {
    model.close();
  }
}

interface Measured {
  readonly instances: readonly BenchmarkInstanceResult[];
  readonly warnings: readonly string[];
}

/** What each instance is asked: the same, with a number of runs that all of them agree on. */
async function instanceSpecOf({ iterations, ...spec }: BenchmarkSpec): Promise<BenchmarkInstanceSpec> {
  const runs = iterations === 'all' ? await wholeBatches(spec) : iterations;
  return { ...spec, verb: 'benchmarkInstance', ...(runs === undefined ? {} : { iterations: runs }) };
}

async function measureInProcesses(spec: BenchmarkInstanceSpec, context: JobContext): Promise<Measured> {
  const { places, warnings } = placesOf(spec);
  const failing = new AbortController();
  const signal = AbortSignal.any([context.signal, failing.signal]);
  const outcomes = await Promise.all(
    places.map(async (place, index) => {
      const folder = join(context.folder, `instance-${index + 1}`);
      await mkdir(folder, { recursive: true });
      const outcome = await forkJob<'benchmarkInstance'>(spec, {
        ...place,
        folder,
        signal,
        onLog: (line) => context.log(`instance ${index + 1}: ${line}`),
        // They do the same at the same time: the first speaks for all.
        ...(index === 0 ? { onProgress: context.onProgress } : {}),
      }).outcome;
      if (outcome.state === 'error') failing.abort();
      return outcome;
    }),
  );
  context.signal.throwIfAborted();
  const failed = outcomes.find((outcome) => outcome.state === 'error');
  if (failed !== undefined) throw new BenchError(failed.failure);
  return { instances: outcomes.flatMap((outcome) => (outcome.state === 'success' ? [outcome.result] : [])), warnings };
}

/** Where each instance runs, and what of the user's wish this machine cannot give. */
function placesOf({ instances, coresPerInstance }: BenchmarkInstanceSpec): {
  places: { readonly cpus?: readonly number[] }[];
  warnings: string[];
} {
  const cores = allowedCores();
  const wanted = instances * (coresPerInstance ?? 1);
  const warnings =
    wanted > cores.length ? [`The instances want ${wanted} cores; there are ${cores.length}, which they share.`] : [];
  if (coresPerInstance === undefined) return { places: Array.from({ length: instances }, () => ({})), warnings };
  if (affinityTool() === undefined) {
    warnings.push('This system cannot bind processes to cores (taskset is missing): the instances run on any core.');
    return { places: Array.from({ length: instances }, () => ({})), warnings };
  }
  return { places: coresOfInstances(instances, coresPerInstance, cores).map((cpus) => ({ cpus })), warnings };
}

function figuresOf(
  index: number,
  { batchSize }: BenchmarkSpec,
  instances: readonly BenchmarkInstanceResult[],
): Omit<ModelBenchmark, keyof ModelFile> {
  const runs = instances.map(({ latenciesMs }) => latenciesMs[index] ?? []);
  const throughput = runs.reduce((sum, ofInstance) => sum + (1000 * batchSize) / mean(ofInstance), 0);
  return { throughput, ...summarizeLatencies(runs.flat()) };
}

function comparisonOf(
  models: readonly string[],
  index: number,
  instances: readonly BenchmarkInstanceResult[],
): Comparison {
  const runs = instances.map(({ latenciesMs, roundSize }) => ({
    firstMs: latenciesMs[0] ?? [],
    otherMs: latenciesMs[index] ?? [],
    roundSize,
  }));
  return { model: models[index] ?? '', against: models[0] ?? '', ...compareLatencies(runs) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
