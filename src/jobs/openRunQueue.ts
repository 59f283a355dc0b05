// The queue of a bench folder as one process sees it: everything is read from files, watched only while somebody cares.
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileErrorOf, systemErrorCode } from '../files/fileErrors';
import { readRunSummary } from '../files/runLog';
import { writeJobFile } from '../processes/jobFile';
import type { ProcessOptions } from '../processes/jobProcess';
import { defaultLimits } from '../processes/limits';
import { failureRecordOf } from '../protocol/benchError';
import type { JobLimits, JobOutcome, JobResults, JobVerb, SpecOf } from '../protocol/jobs';
import type { WorkContext } from '../protocol/progress';
import { isRunEnd } from '../protocol/runs';
import type { RunState, RunSummary } from '../protocol/runs';
import { requestCancel } from './queue/cancelRequests';
import { JobReports } from './queue/jobReports';
import { tellOfRun } from './queue/news';
import { checkPlaceable, claimPlace, placesIn, queueFolderOf } from './queue/places';
import type { Place } from './queue/places';
import { queueErrors } from './queue/queueErrors';
import { queueCommand } from './queue/queueProcess';
import { QueueStarter } from './queue/queueStarter';
import { QueueWatch } from './queue/queueWatch';
import { trueState } from './queue/trueState';
import { makeFolders } from '../files/makeFolders';
import type { QueuedRun, RunNews, RunQueue, RunRequest, RunSubject } from './runQueue';
import { runJob } from './runJob';
import { recordRun } from './runRecord';

export interface RunQueueOptions {
  /** Bundle of the process that works the queue; absent: `queue.js` beside the running bundle. */
  readonly queueEntryPath?: string;
  /** Bundle of the job process; absent: `job.js` beside the queue's. */
  readonly jobEntryPath?: string;
  /** The Node that runs both; absent: the one running now. */
  readonly nodePath?: string;
  /** Of runs that are asked for here without limits of their own; what is absent has its default. */
  readonly limits?: Partial<JobLimits>;
  /** For folders that are not trusted: what waits there is not gone on with, nothing is run or stopped. */
  readonly isLookingOnly?: boolean;
}

/** Until a request to cancel is made again. */
const cancelAgainMs = 2_000;

/** Opens the queue of a bench folder; what waits in it and was left by others is gone on with. Makes nothing on disk. */
export function openRunQueue(benchFolder: string, options: RunQueueOptions = {}): Promise<RunQueue> {
  const folder = resolve(benchFolder);
  const { queueEntryPath = join(__dirname, 'queue.js'), limits = {}, isLookingOnly, ...programs } = options;
  const starter = new QueueStarter(
    folder,
    queueCommand(queueEntryPath, { benchFolder: folder, ...programs }),
    isLookingOnly,
  );
  starter.startIfNeeded();
  const { jobEntryPath = join(dirname(queueEntryPath), 'job.js'), nodePath } = programs;
  const jobProgram = { entryPath: jobEntryPath, ...(nodePath === undefined ? {} : { nodePath }) };
  return Promise.resolve(new FileRunQueue(folder, starter, limits, jobProgram));
}

class FileRunQueue implements RunQueue {
  private readonly watching: QueueWatch;

  constructor(
    private readonly benchFolder: string,
    private readonly starter: QueueStarter,
    private readonly limits: Partial<JobLimits>,
    private readonly jobProgram: ProcessOptions,
  ) {
    this.watching = new QueueWatch(benchFolder, starter);
  }

  async enqueue(request: RunRequest): Promise<RunSummary> {
    const { subject, spec, requestId, owner } = request;
    const folder = resolve(request.folder);
    this.starter.checkProgram();
    checkPlaceable(this.benchFolder, folder);
    await makeQueueFolder(queueFolderOf(this.benchFolder));
    if (this.placeOf(subject) !== undefined) throw queueErrors.alreadyQueued(subject);
    await writeJobFile(folder, spec, { limits: request.limits ?? { ...defaultLimits(), ...this.limits } });
    recordRun(folder, { state: 'queued', requestId });
    const place = await this.claim({ folder, subject, ...(owner === undefined ? {} : { owner }) });
    tellOfRun(this.benchFolder, place);
    const rival = this.placeOf(subject);
    if (rival !== undefined && rival.number < place.number) {
      // Two asked for the same at the same moment; the first has it.
      await this.cancel(folder);
      throw queueErrors.alreadyQueued(subject);
    }
    this.starter.startIfNeeded();
    this.watching.look();
    return this.summaryOf(folder);
  }

  async runBeside<Verb extends JobVerb>(
    spec: SpecOf<Verb>,
    { signal, onProgress }: WorkContext,
  ): Promise<JobOutcome<JobResults[Verb]>> {
    this.starter.checkProgram();
    const limits = { ...defaultLimits(), ...this.limits };
    return await runJob<Verb>(spec, { ...this.jobProgram, limits, signal, onProgress }).outcome;
  }

  list(): Promise<readonly QueuedRun[]> {
    return new Promise((resolve) => resolve(this.runs()));
  }

  stateOf(run: RunSummary): Promise<RunState> {
    return new Promise((resolve) => resolve(trueState(this.benchFolder, run)));
  }

  async cancel(folder: string): Promise<boolean> {
    const path = resolve(folder);
    if (!placesIn(this.benchFolder).some((place) => place.folder === path)) return false;
    if (isRunEnd(this.summaryOf(path).state)) return false;
    this.starter.checkProgram();
    const done = new AbortController();
    const ended = this.ended(path, done.signal);
    try {
      do {
        await requestCancel(this.benchFolder, path);
        this.starter.startIfNeeded();
        // Again when the process that took the request was ended before it obeyed.
      } while (!(await settlesWithin(ended, cancelAgainMs)));
      return true;
    } finally {
      done.abort();
      ended.catch(() => undefined);
    }
  }

  ended(folder: string, signal?: AbortSignal): Promise<RunSummary> {
    return this.watching.ended(resolve(folder), signal);
  }

  watch(listener: (news: RunNews) => void): Disposable {
    return this.watching.watch(listener);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.watching.close();
    return Promise.resolve();
  }

  private runs(): QueuedRun[] {
    const runs: QueuedRun[] = [];
    for (const { folder, subject } of placesIn(this.benchFolder)) {
      const run = readRunSummary(folder);
      const state = run === undefined ? 'cancelled' : trueState(this.benchFolder, run, true);
      if (run === undefined || isRunEnd(state)) continue;
      const report = state === 'running' ? new JobReports(folder).readRecent() : undefined;
      const { progress = null, timeLeftMs = null } = report ?? {};
      runs.push({ ...run, state, subject, position: runs.length, progress, timeLeftMs });
    }
    return runs;
  }

  private async claim(run: Pick<Place, 'folder' | 'subject' | 'owner'>): Promise<Place> {
    try {
      return await claimPlace(this.benchFolder, run);
    } catch (thrown) {
      try {
        recordRun(run.folder, { state: 'error', failure: failureRecordOf(thrown) });
      } catch {
        // The same reason again; a run without a place counts for nothing.
      }
      throw thrown;
    }
  }

  /** The place of the run of a record that waits or is under way. */
  private placeOf({ kind, id }: RunSubject): Place | undefined {
    if (id === 0) return undefined;
    return placesIn(this.benchFolder).find(({ subject, folder }) => {
      if (subject.kind !== kind || subject.id !== id) return false;
      const run = readRunSummary(folder);
      return run !== undefined && !isRunEnd(run.state);
    });
  }

  private summaryOf(folder: string): RunSummary {
    const summary = readRunSummary(folder);
    if (summary === undefined) throw queueErrors.noRun(folder);
    return summary;
  }
}

/** Makes the queue's folder, whose files are nothing for git. */
async function makeQueueFolder(path: string): Promise<void> {
  try {
    await makeFolders(path);
    await writeFile(join(path, '.gitignore'), '*\n', { flag: 'wx' }).catch((thrown: unknown) => {
      if (systemErrorCode(thrown) !== 'EEXIST') throw thrown;
    });
  } catch (thrown) {
    throw fileErrorOf(thrown, path, 'make the folder');
  }
}

/** Whether a promise settles in time; rejects when it does. */
async function settlesWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const waiting = new AbortController();
  try {
    return await Promise.race([promise.then(() => true), sleep(ms, false, { signal: waiting.signal })]);
  } finally {
    waiting.abort();
  }
}
