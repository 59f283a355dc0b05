// What the job `optimize` is asked to do and what it answers.
import type { KeptFloat } from '../config/recipe';
import type { DimensionSizes, Environment } from './environment';

/** What the engine may do to a graph before it is saved. */
export type OptimizationLevel = 'disabled' | 'basic' | 'extended' | 'all';
export type FloatPrecision = 'fp32' | 'fp16' | 'bf16';

export interface OptimizeSpec {
  readonly verb: 'optimize';
  readonly modelPath: string;
  readonly outputPath: string;
  /** Samples for the check of the new model; absent: random inputs. */
  readonly datasetPath?: string;
  /** For fp32 the graph is saved as the engine leaves it; for the others `disabled` keeps the engine away from it. */
  readonly level: OptimizationLevel;
  readonly precision: FloatPrecision;
  /** Inputs and outputs that stay float32 in a 16-bit model: all, none, or those named. */
  readonly keepIoTypes: boolean | readonly string[];
  /** Node names and op types that stay float32. */
  readonly blocked: readonly string[];
  readonly dimensions: DimensionSizes;
  readonly threads: number;
}

export interface OptimizeResult {
  readonly output: string;
  readonly sizeBytes: number;
  readonly originalSizeBytes: number;
  readonly level: OptimizationLevel;
  readonly precision: FloatPrecision;
  /** Nodes by op type, subgraphs included. */
  readonly opsBefore: Readonly<Record<string, number>>;
  readonly opsAfter: Readonly<Record<string, number>>;
  /** Nodes by op type that now compute in 16 bit; empty for fp32. */
  readonly convertedOps: Readonly<Record<string, number>>;
  /** Nodes that stay float32 in a 16-bit model, and why. */
  readonly keptFloat: readonly KeptFloat[];
  /** Casts that were put in. */
  readonly casts: number;
  /** Constant numbers that 16 bit cannot hold: those too near to 0, and those too large. */
  readonly clamped: { readonly raised: number; readonly lowered: number };
  readonly notes: readonly string[];
  /** Outputs of both models compared on a few samples in a fresh process. */
  readonly verification: { readonly samples: number; readonly signalToNoiseDb: number | null };
  readonly environment: Environment;
  readonly modelSha256: string;
  readonly ms: number;
}
