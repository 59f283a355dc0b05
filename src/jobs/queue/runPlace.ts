// Runs the job of a place in the queue, or takes it over from a queue process that is gone.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readLines } from '../../files/appendLog';
import { isProcessAlive, readProcessRecord } from '../../files/processRecord';
import type { ProcessRecord } from '../../files/processRecord';
import type { DetachedCommand } from '../../processes/detachedProcess';
import { readJobFile } from '../../processes/jobFile';
import { failureOfLostJob, readOutcome } from '../../processes/jobOutcome';
import { endProcessGroup } from '../../processes/jobProcess';
import { failureRecordOf } from '../../protocol/benchError';
import { jobFiles } from '../../protocol/jobChannel';
import type { JobOutcome } from '../../protocol/jobs';
import type { RunSummary } from '../../protocol/runs';
import type { TuneResult } from '../../protocol/tuning';
import { runJob } from '../runJob';
import { runTuning } from '../runTuning';

/** What jobs of a queue are started with. */
export interface JobPrograms {
  /** Bundle of the job process; absent: `job.js` beside the running bundle. */
  readonly jobEntryPath?: string;
  /** Absent: the Node that runs now. */
  readonly nodePath?: string;
  /** Starts another process for this queue. */
  readonly successor: DetachedCommand;
}

const pollMs = 100;
/** How long it may take to stop by itself. */
const graceMs = 2_000;

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
  const job = state === 'running' ? begunJob(folder) : undefined;
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

/** The process of a job that was begun. One that was never asked to work ended with whoever had started it. */
function begunJob(folder: string): ProcessRecord | undefined {
  const job = readProcessRecord(join(folder, jobFiles.process));
  if (job === undefined || isProcessAlive(job) || readOutcome(folder) !== undefined) return job;
  const events = readLines(join(folder, jobFiles.events)) as readonly ({ type?: unknown; time?: unknown } | null)[];
  const hasBegun = events.some((event) => typeof event?.time === 'string' && event.time >= job.claimedAt);
  return hasBegun ? job : undefined;
}

/** Waits for the end of a job that another process began, stops it when asked, and says how it ended. */
async function adoptJob(folder: string, job: ProcessRecord, signal: AbortSignal): Promise<JobOutcome<unknown>> {
  let askedMs: number | undefined;
  let wasSeen = false;
  while (isProcessAlive(job)) {
    wasSeen = true;
    if (signal.aborted && askedMs === undefined) {
      askedMs = performance.now();
      askToStop(job);
    }
    if (askedMs !== undefined && performance.now() - askedMs > graceMs) endProcessGroup(job);
    await sleep(pollMs);
  }
  const outcome = readOutcome(folder);
  if (outcome !== undefined) return outcome;
  // Its number may have been given away long ago; only what it left behind just now is ended.
  if (wasSeen) endProcessGroup(job);
  if (askedMs !== undefined) return { state: 'cancelled' };
  return { state: 'error', failure: failureOfLostJob(folder, job) };
}

function askToStop({ pid }: ProcessRecord): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // It ended just now.
  }
}
