// What the work inside a job process is given.
import type { WorkContext } from './progress';
import type { TrialRow } from './tuning';

/** Handed to each `run…` function by the job process. */
export interface JobContext extends WorkContext {
  /** The job's own folder, for files that live as long as its record: intermediate models, traces. */
  readonly folder: string;
  /** One line for whoever watches the job: kept in its folder and shown with --verbose. Line breaks become spaces. */
  log(line: string): void;
}

/** Handed to jobs that have more to tell than progress while they work. */
export interface ReportingContext extends JobContext {
  /** A trial of a tuning ended. */
  onTrial(row: TrialRow): void;
}
