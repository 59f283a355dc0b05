// Starts a job in a process of its own, follows it to its end and says how it ended; nothing of it is ever thrown.
import type { ChildProcess } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../files/atomicWrite';
import { processRecord } from '../files/processRecord';
import { failureRecordOf } from '../protocol/benchError';
import type { FailureRecord } from '../protocol/benchError';
import { dismissEvent, jobFiles, logEvent, runMethod, trialEvent } from '../protocol/jobChannel';
import type { JobLimits, JobOutcome, JobResults, JobVerb, SpecOf } from '../protocol/jobs';
import type { ProgressListener } from '../protocol/progress';
import type { TrialRow } from '../protocol/tuning';
import { touchHeartbeat } from './activity';
import { channelToChild } from './channels';
import { writeJobFile } from './jobFile';
import { failureOfExit, readOutcome } from './jobOutcome';
import type { ProcessExit } from './jobOutcome';
import { endProcessGroup, startJobProcess } from './jobProcess';
import type { ProcessOptions } from './jobProcess';
import { RpcPeer } from './rpc';

export interface ForkOptions extends ProcessOptions {
  /** The job's folder; exists, and belongs to this job alone while it runs. */
  readonly folder: string;
  /** Absent: those of the job that forks this one, or the defaults. */
  readonly limits?: JobLimits;
  readonly signal?: AbortSignal;
  readonly onProgress?: ProgressListener;
  readonly onLog?: (line: string) => void;
  /** Receives the trials of a tuning as they end. */
  readonly onTrial?: (row: TrialRow) => void;
  /** Whether nothing but this job is worked on; else this process has to get on by itself to count as alive. Absent: always. */
  readonly isWaitedFor?: () => boolean;
  /** Lets the job go on when this process is gone; else it ends with it. */
  readonly keepAliveWithoutParent?: boolean;
}

/** A job under way. `outcome` never rejects, and settles when the process is gone. */
export interface RunningJob<Result> {
  readonly outcome: Promise<JobOutcome<Result>>;
  /** Asks the job to stop between two inferences; ends its process by force after two seconds. */
  cancel(): void;
}

/** A job whose process this one starts. */
export interface ForkedJob<Result> extends RunningJob<Result> {
  /** Resolves when the process has been started, or cannot be; work that blocks this process may begin then. */
  readonly started: Promise<void>;
}

/** How long a job may take to stop by itself after a cancel, and to exit after its answer. */
const graceMs = 2_000;

const outputTailLines = 20;

/** Forks a job for `spec`. Its folder then holds job.json, events.jsonl, output.log and, at the end, result.json. */
export function forkJob<Verb extends JobVerb>(spec: SpecOf<Verb>, options: ForkOptions): ForkedJob<JobResults[Verb]> {
  const cancelling = new AbortController();
  const signals = options.signal === undefined ? [] : [options.signal];
  const signal = AbortSignal.any([cancelling.signal, ...signals]);
  let onStarted = (): void => undefined;
  const forked = new Promise<void>((resolve) => (onStarted = resolve));
  const outcome: Promise<JobOutcome<unknown>> = signal.aborted
    ? Promise.resolve({ state: 'cancelled' })
    : supervise(spec, options, signal, onStarted).catch((thrown: unknown) => failed(failureRecordOf(thrown)));
  // The job process made this result for this verb; its folder is nobody else's.
  return {
    outcome: outcome as Promise<JobOutcome<JobResults[Verb]>>,
    started: Promise.race([forked, outcome.then(() => undefined)]),
    cancel: () => cancelling.abort(),
  };
}

async function supervise(
  spec: SpecOf<JobVerb>,
  options: ForkOptions,
  signal: AbortSignal,
  onStarted: () => void,
): Promise<JobOutcome<unknown>> {
  const { folder } = options;
  await rm(join(folder, jobFiles.result), { force: true });
  const isKept = options.keepAliveWithoutParent === true;
  const { limits } = await writeJobFile(folder, spec, {
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(isKept ? {} : { parentPid: process.pid }),
  });

  const { child, exited } = startJobProcess(folder, limits, options);
  onStarted();
  const ending = endedWithin(child, exited, signal);
  const { refusal, exit } = await followed(child, exited, options, signal).finally(() => ending.stop());
  if (refusal !== undefined) return failed(refusal);
  const outcome = readOutcome(folder);
  if (outcome !== undefined) {
    if (outcome.state === 'error' && outcome.failure.code === 'internal') await forwardOutput(folder, options.onLog);
    return outcome;
  }
  endProcessGroup(child);
  if (signal.aborted) return { state: 'cancelled' };
  await forwardOutput(folder, options.onLog);
  return failed(failureOfExit(folder, exit));
}

/**
 * Notes the process of a job that may lose its parent, before it is asked to work: a job without this note has not begun
 * and ends by itself with its parent; whoever takes over a folder with one knows whether the job still runs.
 */
async function noteProcess(folder: string, pid: number | undefined): Promise<void> {
  // A process that could not be started has no number; that is found by whoever waits for its exit.
  if (pid === undefined) return;
  await replaceFile(join(folder, jobFiles.process), `${JSON.stringify(processRecord(pid))}\n`);
}

interface JobExit {
  readonly exit: ProcessExit;
  /** Why the job could not leave a result: it answered, so it did not crash. */
  readonly refusal?: FailureRecord;
}

/** Talks with the job until its process is gone. */
async function followed(
  child: ChildProcess,
  exited: Promise<ProcessExit>,
  { folder, keepAliveWithoutParent, isWaitedFor, onProgress, onLog, onTrial }: ForkOptions,
  signal: AbortSignal,
): Promise<JobExit> {
  const peer = new RpcPeer(channelToChild(child));
  if (onLog !== undefined) peer.onEvent(logEvent, onLog);
  if (onTrial !== undefined) peer.onEvent(trialEvent, onTrial);
  // A job that waits for this one is not stuck: this one has a watchdog of its own.
  const alive = setInterval(() => {
    if (isWaitedFor?.() !== false) touchHeartbeat();
  }, 1_000).unref();
  const ask = async (): Promise<void> => {
    if (keepAliveWithoutParent === true) await noteProcess(folder, child.pid);
    await peer.request(runMethod, null, { signal, ...(onProgress === undefined ? {} : { onProgress }) });
  };
  const answered = ask().then(() => undefined, failureRecordOf);
  try {
    // A process that could not be started never answers: `exited` rejects then.
    const refusal = await Promise.race([answered, exited.then(() => answered)]);
    if (child.connected) {
      peer.emit(dismissEvent, null);
      child.disconnect();
    }
    const exit = await exited;
    return refusal === undefined || refusal.code === 'rpc-closed' ? { exit } : { exit, refusal };
  } finally {
    clearInterval(alive);
  }
}

/** Ends the process by force when it has not gone in time after a cancel or after its answer. */
function endedWithin(child: ChildProcess, exited: Promise<ProcessExit>, signal: AbortSignal): { stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const arm = (): void => {
    timer ??= setTimeout(() => endProcessGroup(child), graceMs);
  };
  if (signal.aborted) arm();
  signal.addEventListener('abort', arm, { once: true });
  child.once('disconnect', arm);
  const stop = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', arm);
    child.removeListener('disconnect', arm);
  };
  void exited.then(stop, stop);
  return { stop };
}

/** After a crash or a fault of ours, what the process printed last is the best there is to know. */
async function forwardOutput(folder: string, onLog: ForkOptions['onLog']): Promise<void> {
  if (onLog === undefined) return;
  const text = await readFile(join(folder, jobFiles.output), 'utf8').catch(() => '');
  for (const line of text.trimEnd().split('\n').slice(-outputTailLines)) if (line !== '') onLog(line);
}

function failed(failure: FailureRecord): JobOutcome<never> {
  return { state: 'error', failure };
}
