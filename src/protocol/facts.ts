// What the bench keeps, as the tree, the commands and the panels of the editor see it: facts and key figures, no files.
import type { FailureRecord } from './benchError';
import { byId, method, nothing, textIn } from './methods';
import type { Progress } from './progress';
import type { SensitivityKind, SensitivityMethod, SensitivitySettings } from './pruning';
import { recordOf } from './rpcMessages';
import type { RunState } from './runs';

/** A run of a record, in its true state. */
export interface RunFacts {
  readonly name: string;
  /** Absolute path. */
  readonly folder: string;
  readonly state: RunState;
  /** ISO times. */
  readonly queuedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly failure: FailureRecord | null;
}

/** The kinds of things in a project. */
export type PartKind = 'model' | 'dataset' | 'optimization' | 'benchmark' | 'profiling' | 'sensitivity';

/** A project in the list of all. */
export interface ProjectFacts {
  readonly id: number;
  readonly name: string;
  readonly createdAt: string;
  readonly modifiedAt: string | null;
}

/** A model of a project. */
export interface ModelFacts {
  readonly id: number;
  readonly projectId: number;
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  /** Whether the file is still where it was. */
  readonly isPresent: boolean;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly framework: string;
  readonly precision: string;
  readonly domain: string;
  readonly domainFlavour: string;
  readonly inputNodes: readonly string[];
  readonly outputNodes: readonly string[];
  readonly supportsProfiling: boolean;
  readonly supportsGraph: boolean;
  /** What made it; null for the model the project began with. */
  readonly madeByOptimizationId: number | null;
  readonly createdAt: string;
}

/** A data set of a project. */
export interface DatasetFacts {
  readonly id: number;
  readonly projectId: number;
  readonly name: string;
  readonly datasetType: string;
  readonly metric: string | null;
  /** Absolute path of the code a person fills in; null for none. */
  readonly templatePath: string | null;
  readonly createdAt: string;
}

/** In every thing that runs. */
interface RunnableFacts {
  readonly id: number;
  readonly projectId: number;
  readonly name: string;
  readonly modelId: number;
  readonly datasetId: number;
  readonly createdAt: string;
  readonly modifiedAt: string | null;
  /** The newest run; null for none. */
  readonly run: RunFacts | null;
}

/** An optimization, with its newest run and what came of it. */
export interface OptimizationFacts extends RunnableFacts {
  readonly optimizationType: string;
  readonly precision: string;
  /** Name of the strategy; null for types that do not search. */
  readonly strategy: string | null;
  /** Mean sparsity that a pruning aims at; null for types that do not prune. */
  readonly targetSparsity: number | null;
  /** Absolute path of config.yaml; null before it was written. */
  readonly configPath: string | null;
  readonly optimizedModelId: number | null;
  readonly accuracyBenchmarkId: number | null;
  readonly performanceBenchmarkId: number | null;
  /** What came of the newest successful run; null before one. */
  readonly outcome: OptimizationOutcome | null;
}

/** What the newest successful run of an optimization found. */
export interface OptimizationOutcome {
  /** One sentence: why the best one won, or why nothing pays. */
  readonly summary: string | null;
  /** Of the given model and of the best one; null where it was not measured. */
  readonly baselineAccuracy: number | null;
  readonly accuracy: number | null;
  /** Latency of the given model over that of the best one. */
  readonly speedup: number | null;
  /** Size of the best one over that of the given model. */
  readonly sizeRatio: number | null;
  readonly meetsGoal: boolean | null;
  /** Share of the weights of prunable layers that are 0; null where nothing was pruned. */
  readonly sparsity: number | null;
  /** Whether a model came of it; false where the given one stays. */
  readonly hasWinner: boolean;
  /** What accuracy is measured in; null where it is not known. */
  readonly metric: string | null;
  /** Measured on samples that are made up. */
  readonly isRandomData: boolean;
  /** Whether the accuracies are fractions (0.91), or whatever the metric counts in. */
  readonly isRatio: boolean;
}

/** A benchmark, with its newest run and the figures of the newest successful one. */
export interface BenchmarkFacts extends RunnableFacts {
  readonly mode: 'performance' | 'accuracy';
  readonly batchSize: number;
  /** Of the newest successful run; null before one, or of the other mode. */
  readonly accuracy: number | null;
  readonly latencyMs: number | null;
  /** Half the interquartile range of the latencies over their median: 0.02 is ± 2 %. */
  readonly spread: number | null;
  /** Samples a second. */
  readonly throughput: number | null;
  /** What the accuracy is measured in. */
  readonly metric: string | null;
  /** Measured on samples that are made up. */
  readonly isRandomData: boolean;
  /** Whether the accuracy is a fraction (0.91), or whatever the metric counts in. */
  readonly isRatio: boolean;
}

/** A profiling, with its newest run and the figure of the newest successful one. */
export interface ProfilingFacts extends RunnableFacts {
  readonly threads: number;
  /** Time of one inference in the newest successful run; null before one. */
  readonly inferenceUs: number | null;
}

/** A sensitivity analysis of pruning, with its newest run and the figure of the newest successful one. */
export interface SensitivityFacts extends Omit<RunnableFacts, 'datasetId'>, SensitivitySettings {
  /** Null: seeded random inputs. */
  readonly datasetId: number | null;
  readonly kind: SensitivityKind;
  readonly method: SensitivityMethod;
  /** What a client of Studio's kind calls it; null for all others. */
  readonly analysisId: string | null;
  /** ISO time at which a client put other points in place of those that were found; null for never. */
  readonly editedAt: string | null;
  /** How many layers the newest successful run analysed; null before one. */
  readonly layers: number | null;
}

/** All that is in a project. */
export interface ProjectParts {
  readonly project: ProjectFacts;
  readonly notes: string | null;
  readonly models: readonly ModelFacts[];
  readonly datasets: readonly DatasetFacts[];
  readonly optimizations: readonly OptimizationFacts[];
  readonly benchmarks: readonly BenchmarkFacts[];
  readonly profilings: readonly ProfilingFacts[];
  readonly sensitivities: readonly SensitivityFacts[];
  /** What is missing from the lists, because it cannot be read. */
  readonly problems: readonly ProblemFacts[];
}

/** A run that waits, is under way, or ended lately. */
export interface JobFacts {
  readonly run: RunFacts;
  /** `optimization`, `benchmark`, `profiling`, or a name for work that belongs to no record. */
  readonly kind: string;
  /** Of the record; 0 for none. */
  readonly id: number;
  readonly projectId: number | null;
  /** What it is for, for people: name of the record and of its project. */
  readonly title: string;
  readonly projectName: string | null;
  /** Of a tuning that belongs to no optimization: absolute path of its config; null for everything else. */
  readonly configPath: string | null;
  /** 0: it is its turn; null for runs that ended. */
  readonly position: number | null;
  readonly progress: Progress | null;
  readonly timeLeftMs: number | null;
  /** Of a tuning that runs: the latest trial that ended, 0 for none yet; null for other work. */
  readonly trial: number | null;
}

/** Something in the bench folder that cannot be read, in a sentence that begins with its path in there. */
export interface ProblemFacts {
  /** Absolute. */
  readonly path: string;
  readonly message: string;
}

/** All projects, and what cannot be read. */
export interface ProjectListFacts {
  readonly projects: readonly ProjectFacts[];
  readonly problems: readonly ProblemFacts[];
}

/** Jobs that wait or run, then those that ended lately. */
export interface JobListFacts {
  /** Waiting and running ones in order, then the latest that ended, newest first (20 at most). */
  readonly jobs: readonly JobFacts[];
}

/** The projects, by id. */
export const projectsMethod = method<null, ProjectListFacts>('facts/projects', nothing);

/** Everything in a project. Fails with `request-not-found`. */
export const partsMethod = method<{ readonly id: number }, ProjectParts>('facts/parts', byId);

/** The jobs as they are now. */
export const jobsMethod = method<null, JobListFacts>('facts/jobs', nothing);

/** A file on this machine. */
export interface FileByPath {
  readonly path: string;
}

/** Why no layer of a model file can be pruned, in a sentence; null where some can. Fails for a file that cannot be read. */
export const unprunableMethod = method<FileByPath, string | null>('facts/unprunable', (value) => ({
  path: textIn(recordOf(value, 'the parameters'), 'path'),
}));

/** What the numbers of a model file are (`int8`, `fp16`, …); null for a file that is no model, or does not tell. */
export const precisionMethod = method<FileByPath, string | null>('facts/precision', (value) => ({
  path: textIn(recordOf(value, 'the parameters'), 'path'),
}));
