// The call that benchmarks an input model and an optimized one together (SYSTEMS §1.4, last row): a run without a record.
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { datasetFileText } from '../../config/datasetFileText';
import { replaceFile } from '../../files/atomicWrite';
import { createRunFolder } from '../../jobs/runFolder';
import { readModel } from '../../onnx/readModel';
import { BenchError } from '../../protocol/benchError';
import type { BenchmarkSpec, EvaluateSpec } from '../../protocol/jobs';
import type { PairMode, PairRole, PairSpec } from '../../protocol/pair';
import type { Bench } from '../bench';
import { benchmarkCommandLine } from './benchmarkParts';
import { configFileName } from '../runs/configFile';
import { runDatasetName } from '../runs/enqueueRun';
import { evaluationConfig } from '../runs/evaluationConfig';
import type { EvaluationSettings } from '../runs/evaluationConfig';
import { pairSubjectKind } from './pairSubject';
import { pairDataOf } from './pairBenchmarkData';
import type { PairData } from './pairBenchmarkData';
import type { PairRequest } from './pairBenchmarkRequest';
import { requestErrors } from '../requestErrors';

/** What messages need besides figures, kept in the run folder for whichever process tells them. */
export interface PairDescription {
  /** As the client sent it. */
  readonly id: string | number;
  readonly details: Readonly<Record<PairRole, Readonly<Partial<Record<PairMode, object>>>>>;
}

const descriptionName = 'pair.json';

/** Puts the run into the queue. Throws RequestError; then nothing was changed. */
export async function executePair(bench: Bench, request: PairRequest): Promise<void> {
  const models = request.models.map((model) => ({ ...model, path: modelPathOf(bench, model.path) }));
  const pathOf = (role: PairRole): string => models.find((model) => model.role === role)?.path ?? '';
  const data = await pairDataOf(bench, request, { input: pathOf('input'), optimized: pathOf('optimized') });
  const asksAccuracy = models.some(({ modes }) => modes.includes('accuracy'));
  if (asksAccuracy) refuseWithoutMetric(data);
  const folder = await createRunFolder(bench.workspace, 'benchmark');
  try {
    await enqueuePair(bench, request, { models, data, folder });
  } catch (thrown) {
    await rm(folder, { recursive: true, force: true });
    throw thrown;
  }
}

interface NewPair {
  /** With real paths. */
  readonly models: PairRequest['models'];
  readonly data: PairData;
  readonly folder: string;
}

async function enqueuePair(bench: Bench, request: PairRequest, { models, data, folder }: NewPair): Promise<void> {
  const datasetPath = data.dataset === undefined ? undefined : join(folder, runDatasetName);
  if (datasetPath !== undefined && data.dataset !== undefined) {
    await replaceFile(datasetPath, datasetFileText(data.dataset));
  }
  const spec: PairSpec = {
    verb: 'pair',
    models: models.map(({ role, path, modes }) => ({ role, path, modes })),
    performance: data.performance,
    ...(datasetPath === undefined ? {} : { datasetPath }),
    ...(data.samples === undefined ? {} : { samples: data.samples }),
    dimensions: {},
  };
  const configPath = data.configPath ?? (await writeConfig(bench, spec, data, folder));
  const accuracyBatch = data.dataset?.batchSize ?? spec.performance.batchSize;
  const description = descriptionOf(request, spec, { configPath, accuracyBatch });
  await replaceFile(join(folder, descriptionName), `${JSON.stringify(description, undefined, 2)}\n`);
  await bench.queue.enqueue({
    folder,
    spec,
    subject: { kind: pairSubjectKind, id: 0 },
    requestId: String(request.id),
  });
}

/** The real path of a model that can be run. */
function modelPathOf(bench: Bench, named: string): string {
  const path = bench.access.realPath(named);
  try {
    readModel(path).close();
  } catch (thrown) {
    if (!(thrown instanceof BenchError)) throw thrown;
    throw requestErrors.refused('model', thrown.message, thrown.nextStep);
  }
  return path;
}

function refuseWithoutMetric({ dataset }: PairData): void {
  if (dataset?.metric !== undefined) return;
  throw requestErrors.refused(
    'no-metric',
    dataset === undefined
      ? 'Accuracy needs data with labels, and none was found for these models.'
      : 'The data names no metric: accuracy cannot be measured on it.',
    'Name a data set file with a metric as dataset_path, or a config.yaml as config_path.',
  );
}

async function writeConfig(
  bench: Bench,
  spec: PairSpec,
  { dataset, samples }: PairData,
  folder: string,
): Promise<string> {
  const path = join(folder, configFileName);
  const { batchSize, warmupIterations, iterations, coresPerInstance, instances } = spec.performance;
  const settings: EvaluationSettings[] = [];
  if (dataset?.metric !== undefined && spec.models.some(({ modes }) => modes.includes('accuracy'))) {
    settings.push({
      mode: 'accuracy',
      batchSize: dataset.batchSize,
      batches: samples === undefined ? -1 : Math.ceil(samples / dataset.batchSize),
    });
  }
  settings.push({
    mode: 'performance',
    batchSize,
    warmup: warmupIterations,
    iterations: typeof iterations === 'number' ? iterations : -1,
    machine: { cores_per_instance: coresPerInstance ?? 1, num_of_instance: instances },
  });
  const modelPath = spec.models[0]?.path ?? '';
  const text = evaluationConfig(
    bench,
    'the benchmark of two models',
    { modelPath, inputNodes: [], outputNodes: [], data: dataset },
    settings,
    path,
  );
  await replaceFile(path, text);
  return path;
}

function descriptionOf(
  request: PairRequest,
  spec: PairSpec,
  { configPath, accuracyBatch }: { readonly configPath: string; readonly accuracyBatch: number },
): PairDescription {
  const { performance } = spec;
  const detailsOf = (role: PairRole): Partial<Record<PairMode, object>> => {
    const model = request.models.find((each) => each.role === role);
    const path = spec.models.find((each) => each.role === role)?.path ?? '';
    return Object.fromEntries(
      (model?.modes ?? []).map((mode) => [
        mode,
        {
          instances: mode === 'accuracy' ? 1 : performance.instances,
          cores_per_instance: performance.coresPerInstance ?? null,
          model_path: path,
          precision: model?.precision ?? null,
          mode,
          batch_size: mode === 'accuracy' ? accuracyBatch : performance.batchSize,
          framework: 'onnxrt',
          config_path: configPath,
          benchmark_script: programPath(),
          command: benchmarkCommandLine(jobByHand(spec, mode, path)),
        },
      ]),
    );
  };
  return { id: request.id, details: { input: detailsOf('input'), optimized: detailsOf('optimized') } };
}

/** The same as a job of the command line: performance of all models in turns, accuracy of one. */
function jobByHand(spec: PairSpec, mode: PairMode, path: string): BenchmarkSpec | EvaluateSpec {
  const { models, performance, datasetPath, dimensions, samples } = spec;
  if (mode === 'performance') {
    const modelPaths = models.filter(({ modes }) => modes.includes('performance')).map((model) => model.path);
    return {
      verb: 'benchmark',
      modelPaths,
      ...(datasetPath === undefined ? {} : { datasetPath }),
      ...performance,
      dimensions,
    };
  }
  return {
    verb: 'evaluate',
    modelPath: path,
    datasetPath: datasetPath ?? '',
    referencePath: models[0]?.path ?? path,
    dimensions,
    threads: performance.threads,
    ...(samples === undefined ? {} : { samples }),
  };
}

/** The program that commands name, as far as it can be found from here. */
function programPath(): string {
  for (let folder = __dirname; dirname(folder) !== folder; folder = dirname(folder)) {
    for (const candidate of [join(folder, 'cli.js'), join(folder, 'dist', 'cli.js')]) {
      if (existsSync(candidate)) return candidate;
    }
  }
  return 'compressor-bench';
}

/** What was written when the run was asked for; undefined for a folder that is none of these. */
export async function readDescription(folder: string): Promise<PairDescription | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, descriptionName), 'utf8')) as PairDescription;
  } catch {
    return undefined;
  }
}
