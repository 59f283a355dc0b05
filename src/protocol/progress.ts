// Progress as every door shows it: a phase, real counts, and the time left when it can be known.

/** One progress report. `total` is absent when it is not known; nothing is ever invented. */
export interface Progress {
  /** Short, lower-case, for people: `calibrating`, `evaluating model.onnx`, … */
  readonly phase: string;
  /** How many units of this phase are done. */
  readonly done: number;
  readonly total?: number;
  /** What is counted, plural: `samples`, `rounds`, `tensors`. */
  readonly unit: string;
}

/** Receives progress; must be cheap and must not throw. The channel coalesces to at most 10 messages a second. */
export type ProgressListener = (progress: Progress) => void;

/** What long work is given: where to report and when to stop. Loops over data check `signal` between two items. */
export interface WorkContext {
  readonly signal: AbortSignal;
  readonly onProgress: ProgressListener;
}
