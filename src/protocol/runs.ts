// What happened to a run of the bench, line by line: `run.jsonl` in its folder, appended to and never rewritten.
import type { FailureRecord } from './benchError';

/** States of a run (DESIGN §4). */
export type RunState = 'queued' | 'running' | RunEnd;
export type RunEnd = 'success' | 'error' | 'cancelled';

/** A line of run.jsonl; `time` is ISO. */
export type RunLine =
  | { readonly time: string; readonly state: 'queued'; readonly requestId: string | null }
  | { readonly time: string; readonly state: 'running' }
  | { readonly time: string; readonly state: 'success' | 'cancelled' }
  | { readonly time: string; readonly state: 'error'; readonly failure: FailureRecord };

/** What the lines of a run say together. */
export interface RunSummary {
  /** Name of its folder: begins with the time it was asked for, so that names sort by age. */
  readonly name: string;
  /** Absolute path of its folder. */
  readonly folder: string;
  /** As last written: `queued` and `running` hold only while the queue agrees (`RunQueue.stateOf`). */
  readonly state: RunState;
  /** What the client that asked for the run called its request; null for none. */
  readonly requestId: string | null;
  readonly queuedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly failure: FailureRecord | null;
}

/** Name of the file. */
export const runLogName = 'run.jsonl';

/** Whether a run in this state is over. */
export function isRunEnd(state: RunState): state is RunEnd {
  return state === 'success' || state === 'error' || state === 'cancelled';
}
