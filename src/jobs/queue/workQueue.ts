// Works the queue of a bench folder, one job at a time, until it stays empty. Runs in a process of its own (queue.ts).
import { appendFileSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemErrorCode } from '../../files/fileErrors';
import { FolderClaim, folderHolder } from '../../files/folderClaim';
import { isProcessAlive } from '../../files/processRecord';
import { readRunSummary } from '../../files/runLog';
import { JobLog } from '../../processes/jobLog';
import { readOutcome } from '../../processes/jobOutcome';
import { BenchError, failureRecordOf } from '../../protocol/benchError';
import { jobFiles } from '../../protocol/jobChannel';
import type { JobOutcome } from '../../protocol/jobs';
import { isRunEnd } from '../../protocol/runs';
import type { RunSummary } from '../../protocol/runs';
import type { RunSubject } from '../runQueue';
import { endLine, recordRun, scriptFailure } from '../runRecord';
import { cancelRequestsIn, removeCancelRequest } from './cancelRequests';
import { tellOfRun } from './news';
import { countFinish, firstPlace, placesIn, queueFolderOf, removePlace, removeTornFiles } from './places';
import type { Place } from './places';
import { queueFailures } from './queueErrors';
import { logProblem } from './queueProcess';
import { runPlace } from './runPlace';
import type { JobPrograms } from './runPlace';

/** Takes what a run brought about into the records of its subject, before it is told that it ended. Safe to repeat. */
export type FinishRun = (
  workspace: string,
  run: RunSummary,
  subject: RunSubject,
  outcome: JobOutcome<unknown>,
) => Promise<void>;

export interface QueueWork extends JobPrograms {
  readonly benchFolder: string;
  readonly finishRun: FinishRun;
}

/** Cancels are seen within 200 ms (DESIGN §4), also where changes of folders are not told. */
const pollMs = 100;
/** How often it is looked whether those who wait for runs of their own are still there. */
const ownersMs = 1_000;
/** How long the queue has to be empty before its process ends. */
const idleMs = 1_000;
/** A claim this old is of a process that works; a younger one may be of one that only looks and steps back. Clocks are set. */
const settledMs = 1_000;
/** Attempts at taking a result into the bench, over all processes that try. */
const mostFinishes = 3;
const finishPauseMs = 300;

/** Works until nothing waits. Returns at once when another process works this queue. */
export async function workQueue(work: QueueWork): Promise<void> {
  const queueFolder = queueFolderOf(work.benchFolder);
  do {
    await using claim = await claimWhenFree(queueFolder);
    if (claim === undefined) return;
    await new QueueWorker(work, claim).workUntilIdle();
    if (!claim.isHeld) return;
    // Who puts a run into the queue from here on sees no process and starts one; who did before is seen below.
  } while (firstPlace(work.benchFolder) !== undefined);
}

/** Undefined when another process works the queue. */
async function claimWhenFree(queueFolder: string): Promise<FolderClaim | undefined> {
  for (;;) {
    try {
      return await FolderClaim.take(queueFolder);
    } catch (thrown) {
      if (!(thrown instanceof BenchError) || thrown.code !== 'file-in-use') throw thrown;
    }
    const holder = folderHolder(queueFolder);
    if (holder !== undefined && Math.abs(Date.now() - Date.parse(holder.claimedAt)) > settledMs) return undefined;
    await sleep(pollMs * (1 + Math.random()));
  }
}

class QueueWorker {
  private current: { readonly folder: string; readonly stop: AbortController } | undefined;
  /** Waiting runs that are being taken out. */
  private readonly leaving = new Map<string, Promise<void>>();
  private wake: (() => void) | undefined;
  private ownersSeenMs = 0;

  constructor(
    private readonly work: QueueWork,
    private readonly claim: FolderClaim,
  ) {}

  async workUntilIdle(): Promise<void> {
    const { benchFolder } = this.work;
    const timer = setInterval(() => this.look(), pollMs);
    const watcher = watchFolder(queueFolderOf(benchFolder), () => this.look());
    try {
      for (let idleSinceMs = performance.now(); performance.now() - idleSinceMs < idleMs;) {
        if (!this.claim.isHeld) return;
        const place = firstPlace(benchFolder);
        if (place === undefined) {
          await new Promise<void>((resolve) => (this.wake = resolve));
          continue;
        }
        await (this.leaving.get(place.folder) ?? this.workOn(place));
        idleSinceMs = performance.now();
      }
      await removeTornFiles(benchFolder);
    } finally {
      clearInterval(timer);
      watcher?.close();
    }
  }

  /** Something may have changed: a place, a request to cancel, or the folder is gone. */
  private look(): void {
    // Without its claim this process may no longer be the only one: another works on, or nobody wants it.
    if (!this.claim.isHeld) this.current?.stop.abort();
    try {
      this.obeyRequests();
      this.cancelOrphans();
    } catch {
      // What cannot be read now is read at the next look.
    }
    this.wake?.();
  }

  /** A request stays until its run has left the queue: this process may be ended before it has obeyed. */
  private obeyRequests(): void {
    const { benchFolder } = this.work;
    for (const request of cancelRequestsIn(benchFolder)) {
      const place = placesIn(benchFolder).find(({ folder }) => folder === request.folder);
      if (place === undefined) removeCancelRequest(request);
      else this.cancel(place);
    }
  }

  /** Cancels runs whose owners are gone. */
  private cancelOrphans(): void {
    const now = performance.now();
    if (now - this.ownersSeenMs < ownersMs) return;
    this.ownersSeenMs = now;
    for (const place of placesIn(this.work.benchFolder)) {
      if (place.owner !== undefined && !isProcessAlive(place.owner)) this.cancel(place);
    }
  }

  private cancel(place: Place): void {
    const { folder } = place;
    if (this.current?.folder === folder) this.current.stop.abort();
    if (this.current?.folder === folder || this.leaving.has(folder)) return;
    const run = readRunSummary(folder);
    // It was begun by a process before this one and has a job to be stopped; its turn is next.
    if (run?.state === 'running') return;
    // Takes out a run whose turn has not come.
    const left = this.finish(place, run, { state: 'cancelled' }).finally(() => this.leaving.delete(folder));
    this.leaving.set(folder, left);
    // Whoever comes to the place waits for this and meets the failure; until then it is nobody's.
    left.catch(() => undefined);
  }

  private async workOn(place: Place): Promise<void> {
    const stop = new AbortController();
    this.current = { folder: place.folder, stop };
    try {
      const run = readRunSummary(place.folder);
      if (run === undefined || isRunEnd(run.state)) {
        await this.finish(place, run, { state: 'cancelled' });
        return;
      }
      if (run.state === 'queued') recordRun(place.folder, { state: 'running' });
      tellOfRun(this.work.benchFolder, place);
      const outcome = await runPlace(run, this.work, stop.signal);
      if (this.claim.isHeld) await this.finish(place, readRunSummary(place.folder), outcome);
    } finally {
      this.current = undefined;
    }
  }

  /** Takes the outcome into the bench, records the end, and gives the place free. */
  private async finish(place: Place, run: RunSummary | undefined, outcome: JobOutcome<unknown>): Promise<void> {
    const { benchFolder } = this.work;
    if (run !== undefined && !isRunEnd(run.state)) {
      tellFailure(place.folder, outcome);
      const end = await this.taken(place, run, outcome);
      try {
        recordRun(place.folder, endLine(end));
      } catch (thrown) {
        // The folder of a run may be deleted; nobody asks for its end then.
        if (systemErrorCode((thrown as Error).cause) !== 'ENOENT') throw thrown;
      }
    }
    tellOfRun(benchFolder, place);
    await removePlace(place);
  }

  /** How the run ends: as its job did, or with the reason why its result could not be taken into the bench. */
  private async taken(place: Place, run: RunSummary, outcome: JobOutcome<unknown>): Promise<JobOutcome<unknown>> {
    const { benchFolder, finishRun } = this.work;
    let failure = queueFailures.unfinished(mostFinishes);
    for (let finishes = place.finishes; finishes < mostFinishes; finishes++) {
      await countFinish(benchFolder, { ...place, finishes });
      try {
        await finishRun(dirname(benchFolder), run, place.subject, outcome);
        return outcome;
      } catch (thrown) {
        logProblem(benchFolder, thrown);
        failure = queueFailures.notTaken(failureRecordOf(thrown));
        await sleep(finishPauseMs);
      }
    }
    return outcome.state === 'success' ? { state: 'error', failure } : outcome;
  }
}

/** A job that was ended by force, or crashed, could not write into its log why; nor does a script that sets an exit code. */
function tellFailure(folder: string, outcome: JobOutcome<unknown>): void {
  const isLost = outcome.state === 'error' && readOutcome(folder) === undefined;
  const failure = isLost ? outcome.failure : scriptFailure(outcome);
  if (failure === undefined) return;
  try {
    new JobLog((text) => appendFileSync(join(folder, jobFiles.output), text)).tellFailure(failure);
  } catch {
    // The record of the run has it too.
  }
}

/** Undefined where the system cannot watch folders. */
function watchFolder(folder: string, onChange: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, onChange);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}
