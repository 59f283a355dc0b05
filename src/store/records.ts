// What the bench keeps of each thing: the JSON of its file (DESIGN §3; fields after SYSTEMS §1.1).
import type { DimensionSizes } from '../protocol/environment';
import type { SensitivityKind, SensitivityMethod, SensitivitySettings } from '../protocol/pruning';

/** Kinds of things, in the order they depend on each other. */
export const recordKinds = [
  'project',
  'model',
  'dataset',
  'optimization',
  'benchmark',
  'profiling',
  'sensitivity',
] as const;
export type RecordKind = (typeof recordKinds)[number];

/** Kinds that have runs. */
export const runnableKinds = ['optimization', 'benchmark', 'profiling', 'sensitivity'] as const;
export type RunnableKind = (typeof runnableKinds)[number];

/** In every file. */
interface RecordBase {
  /** Unique in the bench among those of its kind, never used again. */
  readonly id: number;
  /** 1 when made, one more with each edit. */
  readonly version: number;
  readonly name: string;
  /** ISO time. */
  readonly createdAt: string;
  /** ISO time of the last edit; null for never. */
  readonly modifiedAt: string | null;
}

export interface ProjectRecord extends RecordBase {
  /** What Studio's clients know it by; absent, or the same as another's, until one of them asks. */
  readonly uuid?: string;
  readonly notes: string | null;
  /** What a client of Studio's kind keeps with it, as it was sent; nothing of it means anything here. */
  readonly studioConfig?: Readonly<Record<string, unknown>>;
}

/** In every file but a project's. */
interface PartOfProject extends RecordBase {
  readonly projectId: number;
}

export interface ModelRecord extends PartOfProject {
  /** With `/`, relative to the workspace where it lies inside; else absolute. */
  readonly path: string;
  readonly sha256: string;
  /** The file and its external data. */
  readonly sizeBytes: number;
  readonly framework: string;
  readonly precision: string;
  readonly domain: string;
  readonly domainFlavour: string;
  readonly inputNodes: readonly string[];
  readonly outputNodes: readonly string[];
  readonly supportsProfiling: boolean;
  readonly supportsGraph: boolean;
  readonly supportsPruning: boolean;
  /** What made it; null for the model the project began with. */
  readonly madeBy: { readonly optimizationId: number; readonly run: string } | null;
}

/** A name with parameters, as clients send them. */
export interface NamedParameters {
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export interface DatasetRecord extends PartOfProject {
  /** Name of the loader; `custom` for the user's own code. */
  readonly datasetType: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly transforms: readonly NamedParameters[];
  readonly filter: NamedParameters | null;
  readonly metric: { readonly name: string; readonly param: unknown } | null;
  /** The code a person has to fill in, beside the file; null for none. */
  readonly templatePath: string | null;
}

/** How an optimization of the type Quantization searches (SYSTEMS §1.1). */
export interface TuningDetails {
  readonly strategy: string;
  readonly accuracyCriterionType: 'relative' | 'absolute';
  readonly accuracyCriterionThreshold: number;
  readonly objective: string;
  readonly timeoutS: number;
  readonly maxTrials: number;
  readonly randomSeed: number;
  readonly createdAt: string;
  readonly modifiedAt: string | null;
}

/** How an optimization of the type Pruning prunes. */
export interface PruningDetails {
  /** Mean over the layers that take part, as a fraction. */
  readonly targetSparsity: number;
}

/** What a diagnosis asked to be different, by op name and for all ops; as the client sent it. */
export interface DiagnosisConfig {
  readonly opWise: Readonly<Record<string, unknown>>;
  readonly modelWise: Readonly<Record<string, unknown>>;
}

export interface OptimizationRecord extends PartOfProject {
  readonly precision: string;
  readonly optimizationType: string;
  readonly modelId: number;
  readonly datasetId: number;
  readonly batchSize: number;
  readonly samplingSize: number;
  /** Null for types that do not search. */
  readonly tuning: TuningDetails | null;
  /** Null or absent for types that do not prune: records from before there was one have no such field. */
  readonly pruning?: PruningDetails | null;
  readonly diagnosisConfig: DiagnosisConfig | null;
  readonly optimizedModelId: number | null;
  readonly accuracyBenchmarkId: number | null;
  readonly performanceBenchmarkId: number | null;
}

export interface BenchmarkRecord extends PartOfProject {
  readonly modelId: number;
  readonly datasetId: number;
  readonly mode: 'performance' | 'accuracy';
  readonly batchSize: number;
  /** -1: all samples. */
  readonly iterations: number;
  readonly warmupIterations: number;
  readonly coresPerInstance: number;
  readonly numberOfInstances: number;
}

export interface ProfilingRecord extends PartOfProject {
  readonly modelId: number;
  readonly datasetId: number;
  readonly threads: number;
}

/** Points of a sensitivity analysis that a client put in place of those that were found. */
export interface EditedPoints {
  /** ISO time. */
  readonly at: string;
  /** File in the folder of the analysis. */
  readonly file: string;
  /** The newest run at that time; a later one's result counts again. Null for none. */
  readonly afterRun: string | null;
}

export interface SensitivityRecord extends PartOfProject, SensitivitySettings {
  readonly modelId: number;
  /** Null: seeded random inputs. */
  readonly datasetId: number | null;
  readonly kind: SensitivityKind;
  readonly method: SensitivityMethod;
  /** What a client of Studio's kind calls it, unique in the project among those of the same `kind`; null for all others. */
  readonly analysisId: string | null;
  /** Sizes given to open dimensions of the model; absent for none. */
  readonly dimensions?: DimensionSizes;
  readonly edited: EditedPoints | null;
}

export interface RecordsByKind {
  project: ProjectRecord;
  model: ModelRecord;
  dataset: DatasetRecord;
  optimization: OptimizationRecord;
  benchmark: BenchmarkRecord;
  profiling: ProfilingRecord;
  sensitivity: SensitivityRecord;
}

/** A record before the store gave it an id, a version and times. */
export type Draft<Kind extends RecordKind> = Omit<RecordsByKind[Kind], 'id' | 'version' | 'createdAt' | 'modifiedAt'>;

/** What an edit changes; what is left out stays. */
export type Change<Kind extends RecordKind> = Partial<Omit<Draft<Kind>, 'projectId'>>;
