// The inside of a job process: reads job.json, does the work, writes events.jsonl and result.json, answers the parent.
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { replaceFile } from '../files/atomicWrite';
import { fileErrorOf } from '../files/fileErrors';
import { BenchError, failureRecordOf } from '../protocol/benchError';
import { dismissEvent, jobFiles, logEvent, runMethod, trialEvent } from '../protocol/jobChannel';
import type { JobEnd, JobFile } from '../protocol/jobChannel';
import type { ReportingContext } from '../protocol/jobContext';
import type { JobOutcome } from '../protocol/jobs';
import type { WorkContext } from '../protocol/progress';
import { onActivity, onLoader, touchHeartbeat } from './activity';
import { channelToParent } from './channels';
import { startDetached } from './detachedProcess';
import type { DetachedCommand } from './detachedProcess';
import { jobFailures } from './jobErrors';
import { readJobFile } from './jobFile';
import { JobLog } from './jobLog';
import { JobRecorder } from './jobRecorder';
import { setOwnLimits } from './limits';
import { announceJob } from './neighbours';
import { RpcPeer } from './rpc';
import { startWatchdog, watchMainThread } from './watchdog';

/** The work of each verb. */
export type JobHandlers = Readonly<Record<string, (spec: never, context: ReportingContext) => Promise<unknown>>>;

/** Niceness of work that should not be felt; 0 is normal. */
const lowPriority = 10;

/**
 * Makes this process a job. Called once, by the entry of the bundle the process runs; argument 2 is the job's folder.
 * `warmUp` loads what every verb needs while the watchdog starts; if it fails, the verb meets the same failure.
 */
export function serveJob(handlers: JobHandlers, warmUp: () => Promise<unknown> = () => Promise.resolve()): void {
  if (!isMainThread) {
    watchMainThread();
    return;
  }
  const stop = new AbortController();
  const [, , folder = process.cwd(), successor] = process.argv;
  const job = new JobProcess(handlers, warmUp, folder, successor, stop);
  process.once('disconnect', () => job.parentIsGone());
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
  const peer = new RpcPeer(channelToParent(), { surviveClose: true });
  peer.onEvent(dismissEvent, () => job.dismiss());
  peer.handle(runMethod, (_params, work) => job.run(work, peer).finally(() => job.exitWhenAlone()));
}

class JobProcess {
  private file: JobFile | undefined;
  private state: 'waiting' | 'running' | 'ended' = 'waiting';
  private isDismissed = false;

  constructor(
    private readonly handlers: JobHandlers,
    private readonly warmUp: () => Promise<unknown>,
    private readonly folder: string,
    private readonly successor: string | undefined,
    private readonly stop: AbortController,
  ) {}

  /** Does the job once; resolves when result.json is written. Rejects only when no result can be written at all. */
  async run(work: WorkContext, peer: RpcPeer): Promise<JobEnd> {
    this.state = 'running';
    const file = await readJobFile(this.folder);
    this.file = file;
    if (!process.connected && file.parentPid !== undefined) this.stop.abort();
    const eventsPath = join(this.folder, jobFiles.events);
    // A job that ends with its parent is watched by it; whoever looks at another one later has its output.log.
    const readable = file.parentPid === undefined ? new JobLog((text) => process.stdout.write(text)) : undefined;
    const onBroken = (reason: unknown): void => peer.emit(logEvent, fileErrorOf(reason, eventsPath).message);
    const recorder = new JobRecorder(eventsPath, onBroken, readable);
    await this.prepare(file, eventsPath, recorder);
    const signal = AbortSignal.any([work.signal, this.stop.signal]);
    const outcome = await this.outcomeOf(file, {
      folder: this.folder,
      signal,
      onProgress: (progress) => {
        touchHeartbeat();
        recorder.progress(progress);
        work.onProgress(progress);
      },
      log: (text) => {
        const line = recorder.log(text);
        if (line !== undefined) peer.emit(logEvent, line);
      },
      onTrial: (row) => {
        recorder.record({ type: 'trial', trial: row });
        peer.emit(trialEvent, row);
      },
    });
    await replaceFile(join(this.folder, jobFiles.result), `${JSON.stringify(outcome, undefined, 2)}\n`);
    // A tuning that is stopped keeps what it found: its end alone would not tell.
    if (signal.aborted) readable?.tell({ type: 'log', line: 'stopped on request' });
    if (outcome.state === 'error') readable?.tellFailure(outcome.failure);
    recorder.record({ type: 'state', state: outcome.state });
    return outcome.state;
  }

  /** The parent has what it wants and disconnects. */
  dismiss(): void {
    this.isDismissed = true;
  }

  /** A job under way that was not told to go on alone stops; the watchdog ends it if it cannot. */
  parentIsGone(): void {
    this.startSuccessor();
    if (this.state !== 'running') process.exit();
    // Looked at again when job.json has been read.
    if (this.file?.parentPid !== undefined) this.stop.abort();
  }

  /** The parent disconnects when it has read the answer: leaving earlier could lose it. */
  exitWhenAlone(): void {
    this.state = 'ended';
    if (process.connected) return;
    this.startSuccessor();
    process.exit();
  }

  /** A queue without a process gets one: when its own is gone, and again at the end, should that one be gone as well. */
  private startSuccessor(): void {
    if (this.successor === undefined || this.isDismissed) return;
    // A failure concerns nobody who is here; whoever opens the bench next starts one.
    startDetached(JSON.parse(this.successor) as DetachedCommand).catch(() => undefined);
  }

  private async prepare(file: JobFile, eventsPath: string, recorder: JobRecorder): Promise<void> {
    if (file.lowPriority) giveWay();
    setOwnLimits(file.limits);
    announceJob(this.folder);
    const parent = file.parentPid === undefined ? {} : { parentPid: file.parentPid };
    const watching = startWatchdog({ limits: file.limits, eventsPath, ...parent }, __filename);
    await Promise.all([watching, this.warmUp().catch(() => undefined)]);
    recorder.record({ type: 'state', state: 'running' });
    onActivity((activity) => recorder.record({ type: 'activity', activity }));
    onLoader((loader) => recorder.record({ type: 'loader', loader }));
  }

  private async outcomeOf(file: JobFile, context: ReportingContext): Promise<JobOutcome<unknown>> {
    const handler = this.handlers[file.spec.verb];
    try {
      context.signal.throwIfAborted();
      if (handler === undefined) {
        throw new BenchError(jobFailures.badRecord(this.folder, `its verb "${file.spec.verb}" is not known`));
      }
      return { state: 'success', result: await handler(file.spec as never, context) };
    } catch (thrown) {
      if (context.signal.aborted) return { state: 'cancelled' };
      // The stack of a fault of ours belongs into output.log; the record has the sentence.
      if (!(thrown instanceof BenchError)) console.error(thrown);
      return { state: 'error', failure: failureRecordOf(thrown) };
    }
  }
}

/** Lowers the priority of this process and of the threads it will have. */
function giveWay(): void {
  try {
    setPriority(lowPriority);
  } catch {
    // A courtesy: where a sandbox forbids it, the job runs all the same.
  }
}
