// What the job `profile` is asked to do and what it answers: what the time of a model goes into.
import type { ModelTimes } from './diagnosis';
import type { DimensionSizes, Environment, MachineFacts } from './environment';

export interface ProfileSpec {
  readonly verb: 'profile';
  readonly modelPath: string;
  /** Real inputs; absent: random ones, with sizes assumed for open dimensions that `dimensions` does not name. */
  readonly datasetPath?: string;
  /** Inferences that count. */
  readonly runs: number;
  /** Inferences before them that do not. */
  readonly warmupRuns: number;
  readonly dimensions: DimensionSizes;
  readonly threads: number;
  /** Where the engine's own record is to be kept, for trace viewers; absent: nowhere. */
  readonly tracePath?: string;
}

/**
 * What all nodes of one op type took (SYSTEMS §1.3 Profiling; the columns of the seed in its order). Op types are those
 * of the graph the engine executes: a merged Conv and Relu are a FusedConv.
 */
export interface OpTypeTime {
  readonly opType: string;
  /**
   * Whole microseconds over all runs that count, disturbed runs taken as the others; what runs in the bodies of If, Loop
   * and Scan is with its own types.
   */
  readonly totalUs: number;
  /** Always 0: everything runs on the processor. */
  readonly acceleratorUs: number;
  readonly cpuUs: number;
  /** How often such a node was executed in all runs that count. */
  readonly executions: number;
  /** How many such nodes the executed graph has, bodies included, also in branches that were not taken. */
  readonly definedNodes: number;
  /** How many such nodes the model file has, bodies and functions included. */
  readonly modelNodes: number;
  /** Fraction of the time of all nodes. */
  readonly shareOfTime: number;
}

/** What one node of the executed graph took. */
export interface NodeProfile {
  readonly node: string;
  readonly opType: string;
  /** The node in whose body it runs; null in the main graph. */
  readonly within: string | null;
  /**
   * Microseconds of one inference, without what ran in its bodies: the mean of the middle half of the runs. All nodes
   * together give `times.kernelUs`.
   */
  readonly timeUs: number;
  readonly shareOfTime: number;
  /** How often it was executed in all runs that count. */
  readonly executions: number;
  /** In the first of them. */
  readonly outputShapes: readonly (readonly number[])[];
  /** As the engine names them: `float`, `uint8`, `int64`, … */
  readonly outputTypes: readonly string[];
  /** The part of the engine that ran it, such as `CPUExecutionProvider`. */
  readonly provider: string;
  /** The nodes of the model it computes; none for what the engine added, such as a change of memory layout. */
  readonly modelNodes: readonly { readonly node: string; readonly opType: string }[];
}

export interface ProfileResult {
  readonly model: string;
  readonly modelSha256: string;
  /** The longest first. */
  readonly ops: readonly OpTypeTime[];
  /** The longest first; only nodes that ran. */
  readonly nodes: readonly NodeProfile[];
  readonly times: ModelTimes;
  /** Inferences behind the times; fewer than asked for where the engine's record was full. */
  readonly runs: number;
  readonly warmupRuns: number;
  readonly data: 'dataset' | 'random';
  /** Shapes of the inputs it was given (of the first ones, where they differ). */
  readonly inputShapes: Readonly<Record<string, readonly number[]>>;
  /** The kept record; null for none. */
  readonly trace: string | null;
  /** What makes the figures doubtful: a busy machine, assumed sizes. */
  readonly warnings: readonly string[];
  readonly environment: Environment;
  readonly machine: MachineFacts;
  readonly ms: number;
}
