// Follows a job that another process began and left: waits for its end, stops it when asked, says how it ended.
import { setTimeout as sleep } from 'node:timers/promises';
import { isProcessAlive } from '../files/processRecord';
import type { ProcessRecord } from '../files/processRecord';
import { failureOfLostJob, readOutcome } from '../processes/jobOutcome';
import { endProcessGroup } from '../processes/jobProcess';
import type { JobOutcome } from '../protocol/jobs';

const pollMs = 100;
/** How long it may take to stop by itself. */
const graceMs = 2_000;

/** Waits until the process of the job in a folder is gone. Never rejects; a process that is gone already is no error. */
export async function adoptJob(folder: string, job: ProcessRecord, signal: AbortSignal): Promise<JobOutcome<unknown>> {
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
