// Reads what clients send to add or edit a benchmark (SYSTEMS §1.3), and what holds for what they leave out.
import { availableParallelism } from 'node:os';
import { usualCores } from '../../dictionary/benchTerms';
import { requestErrors } from '../requestErrors';
import type { PlainObject, RequestReader } from '../requestReader';
import { sentAlong } from '../runs/fixedKeys';

export const benchmarkModes = ['performance', 'accuracy'] as const;
export type BenchmarkMode = (typeof benchmarkModes)[number];

/** A benchmark to be added; what is left out has its default. */
export interface BenchmarkRequest {
  readonly projectId: number;
  readonly name: string;
  readonly modelId: number;
  readonly datasetId: number;
  readonly mode?: BenchmarkMode;
  readonly batchSize?: number;
  /** -1: all samples. */
  readonly iterations?: number;
  readonly warmupIterations?: number;
  readonly coresPerInstance?: number;
  readonly numberOfInstances?: number;
}

/** What an edit may change; name, model, iterations and warm-up stay as they were added. */
export type BenchmarkEdit = Pick<BenchmarkRequest, 'mode' | 'batchSize' | 'coresPerInstance' | 'numberOfInstances'> & {
  readonly id: number;
  readonly datasetId?: number;
  /** What was sent of the keys that stay, to be refused where it differs. */
  readonly fixed?: PlainObject;
};

const largestBatch = 65_536;
const largestCount = 1_000_000_000;
const mostCores = 1024;
const mostInstances = 256;

/** Reads the parameters of `benchmark/add`. */
export function readBenchmarkRequest(parameters: RequestReader): BenchmarkRequest {
  const iterations = parameters.optionalInteger('iterations', -1, largestCount);
  if (iterations === 0) throw requestErrors.valueIncorrect('iterations', 'at least 1, or -1 for all samples');
  const warmupIterations = parameters.optionalInteger('warmup_iterations', 0, largestCount);
  return {
    projectId: parameters.id('project_id', 'project'),
    name: parameters.name(),
    modelId: parameters.id('model_id', 'model'),
    datasetId: parameters.id('dataset_id', 'dataset'),
    ...(iterations === undefined ? {} : { iterations }),
    ...(warmupIterations === undefined ? {} : { warmupIterations }),
    ...readSettings(parameters),
  };
}

/** Reads the parameters of `benchmark/edit`. */
export function readBenchmarkEdit(parameters: RequestReader): BenchmarkEdit {
  const datasetId = parameters.optionalId('dataset_id', 'dataset');
  return {
    id: parameters.id('id', 'benchmark'),
    fixed: sentAlong(parameters, ['name', 'model_id', 'iterations', 'warmup_iterations']),
    ...(datasetId === undefined ? {} : { datasetId }),
    ...readSettings(parameters),
  };
}

type Settings = Pick<BenchmarkRequest, 'mode' | 'batchSize' | 'coresPerInstance' | 'numberOfInstances'>;

function readSettings(parameters: RequestReader): Settings {
  const mode = parameters.optionalChoice('mode', benchmarkModes);
  const batchSize = parameters.optionalInteger('batch_size', 1, largestBatch);
  const coresPerInstance = parameters.optionalInteger('cores_per_instance', 1, mostCores);
  const numberOfInstances = parameters.optionalInteger('number_of_instance', 1, mostInstances);
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(coresPerInstance === undefined ? {} : { coresPerInstance }),
    ...(numberOfInstances === undefined ? {} : { numberOfInstances }),
  };
}

/**
 * Cores of an instance and number of instances where a client names none or one of them: 4 cores, or as many as there
 * are, and as many instances as find room beside each other.
 */
export function machineShare(
  { coresPerInstance, numberOfInstances }: Pick<BenchmarkRequest, 'coresPerInstance' | 'numberOfInstances'>,
  cores = availableParallelism(),
): { readonly coresPerInstance: number; readonly numberOfInstances: number } {
  const chosen = coresPerInstance ?? Math.min(usualCores, cores);
  return {
    coresPerInstance: chosen,
    numberOfInstances: numberOfInstances ?? Math.max(1, Math.floor(cores / chosen)),
  };
}
