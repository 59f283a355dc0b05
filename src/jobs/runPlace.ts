// Runs the job of a place in the queue, or takes it over from a queue process that is gone.
import { join } from 'node:path';
import { readProcessRecord } from '../files/processRecord';
import type { DetachedCommand } from '../processes/detachedProcess';
import { readJobFile } from '../processes/jobFile';
import { failureRecordOf } from '../protocol/benchError';
import { jobFiles } from '../protocol/jobChannel';
import type { JobOutcome } from '../protocol/jobs';
import type { RunSummary } from '../protocol/runs';
import type { TuneResult } from '../protocol/tuning';
import { adoptJob } from './adoptJob';
import { runJob } from './runJob';
import { runTuning } from './runTuning';

/** What jobs of a queue are started with. */
export interface JobPrograms {
  /** Bundle of the job process; absent: `job.js` beside the running bundle. */
  readonly jobEntryPath?: string;
  /** Absent: the Node that runs now. */
  readonly nodePath?: string;
  /** Starts another process for this queue. */
  readonly successor: DetachedCommand;
}

/** Brings the job in a run's folder to its end. Never rejects. */
export async function runPlace(
  run: RunSummary,
  programs: JobPrograms,
  signal: AbortSignal,
): Promise<JobOutcome<unknown>> {
  try {
    return await outcomeOf(run, programs, signal);
  } catch (thrown) {
    return { state: 'error', failure: failureRecordOf(thrown) };
  }
}

async function outcomeOf(
  { folder, state }: RunSummary,
  { jobEntryPath, nodePath, successor }: JobPrograms,
  signal: AbortSignal,
): Promise<JobOutcome<unknown>> {
  const { spec, limits } = await readJobFile(folder);
  const options = {
    limits,
    signal,
    successor,
    keepAliveWithoutParent: true,
    ...(jobEntryPath === undefined ? {} : { entryPath: jobEntryPath }),
    ...(nodePath === undefined ? {} : { nodePath }),
  };
  // A run that is told to be running and has no process noted was never begun: its process ended with the one before us.
  const job = state === 'running' ? readProcessRecord(join(folder, jobFiles.process)) : undefined;
  if (spec.verb !== 'tune') {
    return job === undefined ? runJob(spec, { ...options, folder }).outcome : adoptJob(folder, job, signal);
  }
  if (job === undefined) return runTuning(spec, folder, options);
  return runTuning(spec, folder, options, {
    startedAt: job.claimedAt,
    // The job of a tuning made it.
    outcome: () => adoptJob(folder, job, signal) as Promise<JobOutcome<TuneResult>>,
  });
}
