// What stands in the tree and is handed to commands: a thing of a bench, with the bench it belongs to.
import type {
  BenchmarkFacts,
  DatasetFacts,
  JobFacts,
  ModelFacts,
  OptimizationFacts,
  PartKind,
  ProblemFacts,
  ProfilingFacts,
  ProjectFacts,
  SensitivityFacts,
} from '../../protocol/facts';
import type { BenchConnection } from '../bench/benchConnection';

interface InBench {
  readonly bench: BenchConnection;
}

/** A folder of a workspace with several. */
export type FolderNode = InBench & { readonly kind: 'folder' };
export type ProjectNode = InBench & { readonly kind: 'project'; readonly facts: ProjectFacts };
/** The models, data sets, … of a project. */
export type GroupNode = InBench & { readonly kind: 'group'; readonly part: PartKind; readonly project: ProjectFacts };
export type ModelNode = InBench & { readonly kind: 'model'; readonly facts: ModelFacts };
export type DatasetNode = InBench & { readonly kind: 'dataset'; readonly facts: DatasetFacts };
export type OptimizationNode = InBench & { readonly kind: 'optimization'; readonly facts: OptimizationFacts };
export type BenchmarkNode = InBench & { readonly kind: 'benchmark'; readonly facts: BenchmarkFacts };
export type ProfilingNode = InBench & { readonly kind: 'profiling'; readonly facts: ProfilingFacts };
export type SensitivityNode = InBench & { readonly kind: 'sensitivity'; readonly facts: SensitivityFacts };
/** A thing of a project. */
export type PartNode = ModelNode | DatasetNode | RunnableNode;
/** Something that runs. */
export type RunnableNode = OptimizationNode | BenchmarkNode | ProfilingNode | SensitivityNode;

/** Something that cannot be read; `setting`: because of that setting. */
export type ProblemNode = InBench & {
  readonly kind: 'problem';
  readonly facts: ProblemFacts;
  readonly setting?: string | undefined;
};

/** In the tree *Bench*. */
export type BenchNode = FolderNode | ProjectNode | GroupNode | PartNode | ProblemNode;

/** In the tree *Jobs*. */
export type JobNode = InBench & { readonly kind: 'job'; readonly facts: JobFacts };
