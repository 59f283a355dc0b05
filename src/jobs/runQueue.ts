// The queue of a bench: one job at a time, first come first served, shared by all doors and processes (DESIGN §4).
import type { ProcessRecord } from '../files/processRecord';
import type { JobLimits, JobSpec } from '../protocol/jobs';
import type { Progress } from '../protocol/progress';
import type { RunState, RunSummary } from '../protocol/runs';
import type { TrialRow } from '../protocol/tuning';

/** What a run is for, so that any process can finish it: kept with its place in the queue. */
export interface RunSubject {
  /** `optimization`, `benchmark`, `profiling`, or a name for work that belongs to no record. */
  readonly kind: string;
  /** Of the record; 0 for none. */
  readonly id: number;
}

export interface RunRequest {
  /** A folder made for this run alone; becomes the job's folder. */
  readonly folder: string;
  readonly spec: JobSpec;
  readonly subject: RunSubject;
  readonly requestId: string | null;
  /** Absent: the defaults. */
  readonly limits?: JobLimits;
  /** The run is cancelled when this process is gone; absent: it goes on whoever asked for it. */
  readonly owner?: ProcessRecord;
}

/** A run that waits or is under way. */
export interface QueuedRun extends RunSummary {
  readonly subject: RunSubject;
  /** 0: it is its turn. */
  readonly position: number;
  /** The last that was heard of it; null before it starts. */
  readonly progress: Progress | null;
  /** Estimate from the progress of the current phase; null when it cannot be told. */
  readonly timeLeftMs: number | null;
}

/** Something that happened to a run, whichever process brought it about. */
export type RunNews =
  | { readonly type: 'queued' | 'started' | 'ended'; readonly run: RunSummary; readonly subject: RunSubject }
  | {
      readonly type: 'progress';
      readonly run: RunSummary;
      readonly subject: RunSubject;
      readonly progress: Progress;
      readonly timeLeftMs: number | null;
    }
  | { readonly type: 'trial'; readonly run: RunSummary; readonly subject: RunSubject; readonly trial: TrialRow };

/** The queue of one bench folder, as one process sees it. Whoever opens it closes it (`await using`). */
export interface RunQueue extends AsyncDisposable {
  /** Puts a run at the end of the queue; durable when it resolves. A process that works the queue is started if none is. */
  enqueue(request: RunRequest): Promise<RunSummary>;

  /** Runs that wait or are under way, in order. */
  list(): Promise<readonly QueuedRun[]>;

  /** The true state of a run, whatever its files say: one whose process is gone is never `running`. */
  stateOf(run: RunSummary): Promise<RunState>;

  /** Takes a run out of the queue, or stops it; resolves when it has ended. False: it was neither waiting nor running. */
  cancel(folder: string): Promise<boolean>;

  /** Resolves with the summary of a run when it has ended and was finished (`finishRun`). Rejects when `signal` aborts. */
  ended(folder: string, signal?: AbortSignal): Promise<RunSummary>;

  /** Calls back for everything that happens from now on, in order, until the answer is disposed of. */
  watch(listener: (news: RunNews) => void): Disposable;
}
