// The state of a run as it really is: its record says what was last known, the queue and the processes say what still holds.
import { join } from 'node:path';
import { folderHolder } from '../../files/folderClaim';
import { isProcessAlive, readProcessRecord } from '../../files/processRecord';
import { readRunSummary } from '../../files/runLog';
import { readOutcome } from '../../processes/jobOutcome';
import { jobFiles } from '../../protocol/jobChannel';
import { isRunEnd } from '../../protocol/runs';
import type { RunState, RunSummary } from '../../protocol/runs';
import { endLine } from '../runRecord';
import { placesIn, queueFolderOf } from './places';

/** The record of a run is made moments before its place in the queue. */
const enqueueMs = 5_000;

/** The true state of a run; `hasPlace` where the caller has just seen its place. */
export function trueState(benchFolder: string, run: RunSummary, hasPlace = false): RunState {
  if (isRunEnd(run.state)) return run.state;
  const isPlaced = hasPlace || placesIn(benchFolder).some(({ folder }) => folder === run.folder);
  // Read after the place: an end is recorded before the place is given free.
  const { state, queuedAt } = readRunSummary(run.folder) ?? { ...run, state: 'cancelled' as const };
  if (isRunEnd(state)) return state;
  if (state === 'queued') {
    // One that never got its place was promised to nobody, and will not run.
    return isPlaced || Math.abs(Date.now() - Date.parse(queuedAt)) < enqueueMs ? 'queued' : 'cancelled';
  }
  if (isPlaced && (isWorkedOn(benchFolder) || hasLivingJob(run.folder))) return 'running';
  // The next process of the queue records what the job left; without a process nothing runs.
  const outcome = isPlaced ? readOutcome(run.folder) : undefined;
  return outcome === undefined ? 'error' : endLine(outcome).state;
}

/** Whether a process works the queue of a bench folder. */
export function isWorkedOn(benchFolder: string): boolean {
  return folderHolder(queueFolderOf(benchFolder)) !== undefined;
}

function hasLivingJob(folder: string): boolean {
  const job = readProcessRecord(join(folder, jobFiles.process));
  return job !== undefined && isProcessAlive(job);
}
