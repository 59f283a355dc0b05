// Inference sessions of onnxruntime-node. Runs only inside a job process: a model can crash or block it (DESIGN §4).
import type { Tensor } from '../onnx/tensor';

/** A graph input or output as the engine reports it; a dimension is a size, a symbol, or null (unknown). */
export interface PortInfo {
  readonly name: string;
  /** `float32`, `int64`, …; `sequence` or `map` for what is not a tensor. */
  readonly type: string;
  readonly dims: readonly (number | string | null)[];
  /** File name of the model it belongs to, for sentences; absent for a model given as bytes. */
  readonly model?: string;
}

export type GraphOptimization = 'disabled' | 'basic' | 'extended' | 'all';

export interface SessionOptions {
  /** Threads inside an operator; 1 unless told otherwise. */
  readonly threads?: number;
  readonly graphOptimization?: GraphOptimization;
  /** Sizes for symbolic dimensions: the ports then show the size instead of the symbol, and inputs must have it. */
  readonly dimensions?: Readonly<Record<string, number>>;
  /** Where the engine writes the graph as it optimized it. */
  readonly optimizedModelPath?: string;
  /** Records how long every node takes; once the session is closed, `traceFileOf` of this finds the file. */
  readonly profilePrefix?: string;
  /** Optimizations by the engine's names for them that are left out. */
  readonly disabledOptimizers?: readonly string[];
  /** File name of the model a graph was made from, for what people are told; absent: that of the file opened. */
  readonly label?: string;
  /** For a model given as bytes: the folder its external data is in. */
  readonly externalDataFolder?: string;
}

/** A loaded model. Whoever opened it closes it. */
export interface EngineSession {
  readonly inputs: readonly PortInfo[];
  readonly outputs: readonly PortInfo[];
  /** One inference; blocks the event loop while it runs. Throws `engine-run` with the engine's reason. */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
  close(): Promise<void>;
}
