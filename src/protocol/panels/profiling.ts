// What the page of a profiling and the process of its bench say to each other: times by operator type and node, and how two compare.
import type { JobFacts, RunFacts } from '../facts';
import { byId, idIn, method } from '../methods';
import type { NodeProfile, OpTypeTime, ProfileResult } from '../profiling';
import { recordOf } from '../rpcMessages';

/** A record by its name. */
export interface NamedRecord {
  readonly id: number;
  readonly name: string;
}

/** How far a run is that waits or is under way. */
export type JobProgress = Pick<JobFacts, 'position' | 'progress' | 'timeLeftMs'>;

/** All operators of one type in one inference. */
export interface OpTypeRow extends Pick<OpTypeTime, 'opType' | 'executions' | 'definedNodes' | 'modelNodes'> {
  /** Microseconds of one inference. */
  readonly timeUs: number;
  readonly share: number;
  /** Fraction of the time that this one takes together with all longer ones. */
  readonly cumulative: number;
}

/** One node of the graph that the engine executed. */
export interface NodeTimeRow extends Pick<NodeProfile, 'node' | 'opType' | 'within' | 'timeUs'> {
  readonly share: number;
  readonly cumulative: number;
  /** Types and sizes of its outputs, such as `float [1, 10]`. */
  readonly outputs: string;
  /** Nodes of the model that it computes. */
  readonly modelNodes: readonly string[];
}

/** Times of the newest successful run. */
export interface ProfilingTimes extends Pick<
  ProfileResult,
  'runs' | 'warmupRuns' | 'data' | 'inputShapes' | 'warnings' | 'environment' | 'machine' | 'modelSha256'
> {
  /** ISO time. */
  readonly measuredAt: string | null;
  /** Microseconds of one inference: whole, and the sum over the nodes. */
  readonly wallUs: number;
  readonly kernelUs: number;
  readonly hasTrace: boolean;
  /** Both with the longest first. */
  readonly ops: readonly OpTypeRow[];
  readonly nodes: readonly NodeTimeRow[];
}

/** Another profiling of the project, to compare with. */
export interface OtherProfiling extends NamedRecord {
  readonly modelName: string;
  readonly threads: number;
}

/** Everything the page shows. */
export interface ProfilingReport extends NamedRecord {
  readonly projectName: string;
  readonly threads: number;
  /** Null where it is gone. */
  readonly model: (NamedRecord & { readonly path: string; readonly supportsGraph: boolean }) | null;
  readonly dataset: NamedRecord | null;
  /** The newest run; null for none. */
  readonly run: RunFacts | null;
  /** Of the newest run while it waits or is under way. */
  readonly job: JobProgress | null;
  /** Null before the first successful run. */
  readonly times: ProfilingTimes | null;
  /** Those with results. */
  readonly others: readonly OtherProfiling[];
}

/** The same thing in both profilings; null where one of them has none. */
export interface ComparedRow {
  readonly key: string;
  /** How the model calls it, or the engine where the model has no such thing. */
  readonly label: string;
  /** Op types that the engine executed, such as `QLinearConv`. */
  readonly here: string;
  readonly there: string;
  readonly hereUs: number | null;
  readonly thereUs: number | null;
}

/** The times beside those of another profiling. */
export interface ProfilingComparison {
  readonly other: OtherProfiling;
  readonly otherWallUs: number;
  readonly otherKernelUs: number;
  readonly ops: readonly ComparedRow[];
  readonly nodes: readonly ComparedRow[];
  /** Why the two cannot be compared fairly, a sentence each. */
  readonly cautions: readonly string[];
}

/** The profiling as it stands. */
export const profilingReportMethod = method<{ readonly id: number }, ProfilingReport>('profiling/report', byId);

/** Two profilings of a project, matched. Fails where one of them has no results. */
export const profilingComparisonMethod = method<{ readonly id: number; readonly otherId: number }, ProfilingComparison>(
  'profiling/comparison',
  (value) => {
    const fields = recordOf(value, 'the parameters');
    return { id: idIn(fields, 'id'), otherId: idIn(fields, 'otherId') };
  },
);
