// What the questions of the wizards come to, as the parameters of the API's operations.
import { availableParallelism } from 'node:os';
import { usualCores } from '../../dictionary/benchTerms';

import { isMadeUp } from '../../dictionary/madeUpData';
import { targetSparsityType } from '../../dictionary/pruningRecipeKeys';
import type { DatasetFacts } from '../../protocol/facts';
import type { SensitivityKind, SensitivityMethod, SensitivitySettings } from '../../protocol/pruning';
import { usualLevels } from '../../dictionary/sparsityLevels';

/** Of an operation of the API. */
export type Parameters = Readonly<Record<string, unknown>>;

/** What the bench finds in a model file. */
export interface ModelBoundary {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly domain: string;
  /** Of a sample of each input; empty where the file leaves any size open. */
  readonly shape: string;
}

/** The answer of `model/boundary_nodes`; its last output is a form's choice to name another. */
export function readBoundary(answer: Parameters): ModelBoundary {
  const names = (value: unknown): string[] =>
    Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    inputs: names(answer['inputs']),
    outputs: names(answer['outputs']).slice(0, -1),
    domain: text(answer['domain']),
    shape: text(answer['shape']),
  };
}

/** What is asked about a project. */
export interface ProjectAnswers extends ModelBoundary {
  readonly path: string;
  readonly name: string;
}

/** For `project/create`. */
export function projectRequest({ path, name, inputs, outputs, domain, shape }: ProjectAnswers): Parameters {
  return {
    name,
    model: {
      path,
      input_nodes: inputs,
      output_nodes: outputs,
      domain,
      precision: 'fp32',
      ...(shape === '' ? {} : { shape }),
    },
  };
}

/** The data set that wizards propose: real data before what is made up, the one that was there first. */
export function proposedDataset(datasets: readonly Pick<DatasetFacts, 'id' | 'datasetType'>[]): number | undefined {
  return (datasets.find(({ datasetType }) => !isMadeUp(datasetType)) ?? datasets[0])?.id;
}

/** What is asked about an optimization. */
export interface OptimizationAnswers {
  readonly projectId: number;
  readonly modelId: number;
  readonly datasetId: number;
  readonly name: string;
  readonly precisionId: number;
  readonly typeId: number;
  readonly batchSize: number;
  readonly samples: number;
  /** Absent for types that do not search. */
  readonly search?: SearchAnswers;
  /** As a fraction; absent for types that do not prune. */
  readonly targetSparsity?: number;
}

/** How the best form of the model is searched for. */
export interface SearchAnswers {
  readonly strategy: string;
  readonly criterion: 'relative' | 'absolute';
  /** As a fraction where it is relative. */
  readonly tolerance: number;
  readonly objectives: readonly string[];
  readonly maxTrials: number;
  readonly timeoutS: number;
  readonly seed: number;
}

/** What the command line proposes as well: no more than 1 % is lost, 25 trials, no limit of time. */
export const defaultSearch: SearchAnswers = {
  strategy: 'auto',
  criterion: 'relative',
  tolerance: 0.01,
  objectives: ['performance'],
  maxTrials: 25,
  timeoutS: 0,
  seed: 9527,
};

/** For `optimization/add`. */
export function optimizationRequest(answers: OptimizationAnswers): Parameters {
  const { projectId, modelId, datasetId, name, precisionId, typeId, batchSize, samples, search } = answers;
  return {
    project_id: projectId,
    model_id: modelId,
    dataset_id: datasetId,
    name,
    precision_id: precisionId,
    optimization_type_id: typeId,
    batch_size: batchSize,
    sampling_size: samples,
    ...pruningOf(answers),
    ...(search === undefined
      ? {}
      : { tuning_strategy: search.strategy, objective: search.objectives.join(','), ...limitsOf(search) }),
  };
}

/** For `optimization/edit`. */
export function optimizationEdit(id: number, answers: OptimizationAnswers): Parameters {
  const { datasetId, precisionId, typeId, batchSize, samples, search } = answers;
  return {
    id,
    dataset_id: datasetId,
    precision_id: precisionId,
    optimization_type_id: typeId,
    batch_size: batchSize,
    sampling_size: samples,
    ...pruningOf(answers),
    ...(search === undefined
      ? {}
      : {
          tuning_details: {
            strategy: search.strategy,
            multi_objectives: search.objectives.join(','),
            ...limitsOf(search),
          },
        }),
  };
}

function pruningOf({ targetSparsity }: OptimizationAnswers): Parameters {
  return targetSparsity === undefined ? {} : { pruning_details: { target_sparsity: targetSparsity } };
}

/** `80 %` or `0.8`; undefined for what no mean sparsity can be. */
export function readSparsity(text: string): number | undefined {
  const [, digits, percent] = /^\s*(\d*\.?\d+)\s*(%?)\s*$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const fraction = percent === '%' ? Number((Number(digits) / 100).toPrecision(12)) : Number(digits);
  return fraction >= targetSparsityType.minimum && fraction <= targetSparsityType.maximum ? fraction : undefined;
}

function limitsOf({ criterion, tolerance, timeoutS, maxTrials, seed }: SearchAnswers): Parameters {
  return {
    accuracy_criterion_type: criterion,
    accuracy_criterion_threshold: tolerance,
    exit_policy: { timeout: timeoutS, max_trials: maxTrials },
    random_seed: seed,
  };
}

/** `1 %` is relative, `0.01` absolute, as its metric counts; undefined for what is neither. */
export function readTolerance(text: string): Pick<SearchAnswers, 'criterion' | 'tolerance'> | undefined {
  const [, digits, percent] = /^\s*(\d+(?:\.\d+)?)\s*(%?)\s*$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const number = Number(digits);
  if (percent !== '%') return { criterion: 'absolute', tolerance: number };
  return number < 100 ? { criterion: 'relative', tolerance: number / 100 } : undefined;
}

/** The same as people write it. */
export function toleranceText({ criterion, tolerance }: Pick<SearchAnswers, 'criterion' | 'tolerance'>): string {
  return criterion === 'relative' ? `${Number((tolerance * 100).toPrecision(6))} %` : String(tolerance);
}

/** What is asked about a benchmark. */
export interface BenchmarkAnswers {
  readonly projectId: number;
  readonly modelId: number;
  readonly datasetId: number;
  readonly name: string;
  readonly mode: 'performance' | 'accuracy';
  /** What is absent the bench decides. */
  readonly batchSize?: number | undefined;
  readonly iterations?: number | undefined;
  readonly warmup?: number | undefined;
  readonly cores?: number | undefined;
  readonly instances?: number | undefined;
}

/** Cores of an instance as the bench proposes them on the machine that measures, which is this one. */
export function proposedCores(machine = availableParallelism()): number {
  return Math.min(usualCores, machine);
}

/** For `benchmark/add`. */
export function benchmarkRequest(answers: BenchmarkAnswers): Parameters {
  const { projectId, modelId, name, iterations, warmup } = answers;
  return present({
    project_id: projectId,
    model_id: modelId,
    name,
    iterations,
    warmup_iterations: warmup,
    ...benchmarkSettings(answers),
  });
}

/** For `benchmark/edit`. */
export function benchmarkEdit(id: number, answers: BenchmarkAnswers): Parameters {
  return present({ id, ...benchmarkSettings(answers) });
}

function benchmarkSettings({ datasetId, mode, batchSize, cores, instances }: BenchmarkAnswers): Parameters {
  return {
    dataset_id: datasetId,
    mode,
    batch_size: batchSize,
    cores_per_instance: cores,
    number_of_instance: instances,
  };
}

/** What is asked about a profiling. */
export interface ProfilingAnswers {
  readonly projectId: number;
  readonly modelId: number;
  readonly datasetId: number;
  readonly name: string;
  readonly threads: number;
}

/** For `profiling/add`. */
export function profilingRequest({ projectId, modelId, datasetId, name, threads }: ProfilingAnswers): Parameters {
  return { project_id: projectId, model_id: modelId, dataset_id: datasetId, name, num_threads: threads };
}

/** What is asked about a sensitivity analysis. */
export interface SensitivityAnswers extends SensitivitySettings {
  readonly projectId: number;
  readonly modelId: number;
  /** Null: random inputs. */
  readonly datasetId: number | null;
  readonly name: string;
  readonly kind: SensitivityKind;
  readonly method: SensitivityMethod;
}

/** For `sensitivity/add`, which refuses what a method has no use for. */
export function sensitivityRequest(answers: SensitivityAnswers): Parameters {
  const { projectId, modelId, datasetId, name } = answers;
  return present({
    ...{ project_id: projectId, model_id: modelId, name },
    ...sensitivitySettings(answers),
    dataset_id: answers.method === 'approx' || datasetId === null ? undefined : datasetId,
  });
}

/** For `sensitivity/edit`, to which no data set is random inputs. */
export function sensitivityEdit(id: number, answers: SensitivityAnswers): Parameters {
  const { method, datasetId, levelFractions } = answers;
  return present({
    id,
    ...sensitivitySettings(answers),
    levels: method === 'approx' ? undefined : (levelFractions ?? usualLevels[method]),
    dataset_id: method === 'approx' ? undefined : datasetId,
  });
}

function sensitivitySettings(answers: SensitivityAnswers): Parameters {
  const { kind, method, samples, levelFractions, batchSize, threads, warmupRuns, iterations } = answers;
  if (method === 'approx') return { kind, method };
  const run = { kind, method, levels: levelFractions ?? undefined, batch_size: batchSize, num_threads: threads };
  return method === 'one-shot' ? { ...run, samples } : { ...run, iterations, warmup_iterations: warmupRuns };
}

/** A loader, transform or metric. */
export interface NamedParameters {
  readonly name: string;
  readonly params: Parameters;
}

/** What is asked about a data set. */
export interface DatasetAnswers {
  readonly projectId: number;
  readonly name: string;
  readonly loader: NamedParameters;
  /** Empty for loaders that make data up. */
  readonly location: string;
  readonly transforms: readonly NamedParameters[];
  readonly metric: NamedParameters | undefined;
}

/** For `dataset/add`. */
export function datasetRequest({ projectId, name, loader, location, transforms, metric }: DatasetAnswers): Parameters {
  return {
    project_id: projectId,
    name,
    ...(location === '' ? {} : { dataset_path: location }),
    dataloader: loader,
    transform: transforms,
    metric: metric?.name ?? '',
    ...(metric === undefined ? {} : { metric_param: metric.params }),
  };
}

/** Longest name of anything but projects and data sets. */
export const longestName = 200;

/** A name that none of the others has: `int8`, `int8 2`, …; with a suffix `int8 float`, `int8 float 2`, … */
export function freeName(wanted: string, taken: readonly string[], { suffix = '' } = {}): string {
  const names = new Set(taken.map((name) => name.toLowerCase()));
  for (let number = 1; ; number++) {
    const end = [suffix, number === 1 ? '' : String(number)].map((part) => (part === '' ? '' : ` ${part}`)).join('');
    const name = `${wanted.slice(0, longestName - end.length)}${end}`;
    if (!names.has(name.toLowerCase())) return name;
  }
}

function present(parameters: Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
}
