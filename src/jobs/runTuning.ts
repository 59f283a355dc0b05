// Runs a tuning to its end, also when a trial's model takes the job process with it: the trial failed, the search goes on.
import { readLines } from '../files/appendLog';
import { refuseClaimedFolder } from '../files/folderClaim';
import { failureRecordOf } from '../protocol/benchError';
import type { FailureRecord } from '../protocol/benchError';
import type { JobOutcome } from '../protocol/jobs';
import type { TuneResult, TuneSpec } from '../protocol/tuning';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runJob } from './runJob';
import type { RunJobOptions } from './runJob';

/** Ends that a trial's model can bring about: it crashed the engine, took too much memory, or never came back. */
const causedByModel: ReadonlySet<string> = new Set([
  ...['job-crashed', 'job-killed', 'job-memory-limit', 'job-stalled', 'job-lost'],
]);

/** Without an end to it, a machine that kills every process would be asked for ever. */
const mostRestarts = 20;

/** A process of the tuning that was begun by somebody who is gone. */
export interface BegunTuning {
  /** ISO time at which it began, or a little earlier. */
  readonly startedAt: string;
  /** Waits for its end. */
  readonly outcome: () => Promise<JobOutcome<TuneResult>>;
}

/**
 * Runs `spec` in `folder`; a trial that ends its process is recorded as failed and the next process goes on. The outcome
 * is the failure `file-in-use` while another process works there.
 */
export async function runTuning(
  spec: TuneSpec,
  folder: string,
  options: Omit<RunJobOptions, 'folder'>,
  begun?: BegunTuning,
): Promise<JobOutcome<TuneResult>> {
  try {
    // The job claims the folder; here its records are kept from being overwritten by a job that will be refused.
    if (begun === undefined) refuseClaimedFolder(folder);
  } catch (thrown) {
    return { state: 'error', failure: failureRecordOf(thrown) };
  }
  let next = spec;
  let blamed: string | undefined;
  for (let restarts = 0; ; restarts++) {
    const now = new Date().toISOString();
    const { startedAt, outcome: end } = (restarts === 0 ? begun : undefined) ?? {
      startedAt: now,
      outcome: () => runJob<'tune'>(next, { ...options, folder }).outcome,
    };
    const outcome = await end();
    if (outcome.state !== 'error' || !causedByModel.has(outcome.failure.code)) return outcome;
    const work = unfinishedWork(folder, startedAt);
    // A crash outside of trials and probes, or twice in the same one, is not a model's doing.
    if (work === undefined || work === blamed || restarts === mostRestarts) {
      // A process that was ended by force leaves what it worked with.
      await rm(join(folder, 'work'), { recursive: true, force: true }).catch(() => undefined);
      return outcome;
    }
    blamed = work;
    options.onLog?.(`the process of the tuning ended and is started again: ${outcome.failure.message}`);
    next = { ...spec, isResumed: true, crash: crashText(outcome.failure) };
  }
}

function crashText({ message }: FailureRecord): string {
  return `It ended its process. ${message}`;
}

/** Key of the trial or probe that had begun since a moment and not ended. */
function unfinishedWork(folder: string, since: string): string | undefined {
  let started: string | undefined;
  for (const line of readLines(join(folder, 'history.jsonl'))) {
    const { type, key, time } = (line ?? {}) as { type?: unknown; key?: unknown; time?: unknown };
    if (typeof key !== 'string' || typeof time !== 'string' || time < since) continue;
    if (type === 'start' || type === 'asked') started = key;
    if ((type === 'end' || type === 'probe') && key === started) started = undefined;
  }
  return started;
}
