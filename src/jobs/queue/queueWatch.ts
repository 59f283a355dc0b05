// Watches the files of a queue while somebody listens or waits, and keeps the queue going meanwhile.
import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { readRunSummary } from '../../files/runLog';
import { isRunEnd } from '../../protocol/runs';
import type { RunSummary } from '../../protocol/runs';
import { placesIn, queueFolderOf } from './places';
import { queueErrors } from './queueErrors';
import { QueueFollower } from './queueFollower';
import type { QueueStarter } from './queueStarter';
import type { RunNews } from '../runQueue';
import { trueState } from './trueState';

interface Waiter {
  readonly folder: string;
  readonly resolve: (run: RunSummary) => void;
  readonly reject: (reason: Error) => void;
}

/** A running job tells something up to ten times a second. */
const runningMs = 100;
/** Changes of the folder are told by the system; this is for changes that are not, and for processes that are gone. */
const quietMs = 1_000;
/** Where the system cannot watch folders. */
const unwatchedMs = 200;

export class QueueWatch {
  private readonly listeners = new Set<(news: RunNews) => void>();
  private readonly waiters = new Set<Waiter>();
  private follower: QueueFollower | undefined;
  private watcher: FSWatcher | undefined;
  private timer: NodeJS.Timeout | undefined;
  private lookedAroundMs = performance.now();
  private pauseMs = quietMs;
  private isClosed = false;

  constructor(
    private readonly benchFolder: string,
    private readonly starter: QueueStarter,
  ) {}

  watch(listener: (news: RunNews) => void): Disposable {
    // What happened before is for those who listened then.
    this.look();
    // The same function may be given twice, and is then called twice.
    const own = (news: RunNews): void => listener(news);
    if (!this.isClosed) this.listeners.add(own);
    this.begin();
    return {
      [Symbol.dispose]: () => {
        this.listeners.delete(own);
        this.endIfAlone();
      },
    };
  }

  async ended(folder: string, signal?: AbortSignal): Promise<RunSummary> {
    signal?.throwIfAborted();
    if (this.isClosed) throw queueErrors.closed();
    let onAbort: (() => void) | undefined;
    let waiter: Waiter | undefined;
    try {
      return await new Promise<RunSummary>((resolve, reject) => {
        waiter = { folder, resolve, reject };
        this.waiters.add(waiter);
        onAbort = () => reject(signal?.reason as Error);
        signal?.addEventListener('abort', onAbort);
        this.begin();
        this.answer(waiter);
      });
    } finally {
      if (waiter !== undefined) this.waiters.delete(waiter);
      if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
      this.endIfAlone();
    }
  }

  /** Looks at once, for whoever knows that something happened. */
  look(): void {
    this.follower?.look();
    for (const waiter of this.waiters) this.answer(waiter);
  }

  close(): void {
    this.isClosed = true;
    this.listeners.clear();
    for (const { reject } of this.waiters) reject(queueErrors.closed());
    this.waiters.clear();
    this.endIfAlone();
  }

  private begin(): void {
    if (this.isClosed || this.timer !== undefined) return;
    const follower = new QueueFollower(this.benchFolder, (news) => {
      // One that was left may have a last report up its sleeve.
      if (this.follower === follower) for (const listener of this.listeners) listener(news);
    });
    this.follower = follower;
    this.lookedAroundMs = performance.now();
    this.watchFolder();
    this.plan();
  }

  private endIfAlone(): void {
    if (this.listeners.size + this.waiters.size > 0) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.watcher?.close();
    this.watcher = undefined;
    this.follower = undefined;
  }

  private plan(): void {
    clearTimeout(this.timer);
    const isRunning = this.follower?.isSomethingRunning === true;
    this.pauseMs = isRunning ? runningMs : this.watcher === undefined ? unwatchedMs : quietMs;
    this.timer = setTimeout(() => {
      this.lookAgain();
      if (this.timer !== undefined) this.plan();
    }, this.pauseMs);
  }

  private lookAgain(): void {
    if (performance.now() - this.lookedAroundMs < quietMs) {
      this.look();
      return;
    }
    this.lookedAroundMs = performance.now();
    this.watchFolder();
    this.starter.startIfNeeded();
    this.follower?.lookAround();
    for (const waiter of this.waiters) this.answer(waiter, true);
  }

  /** The folder may be made later; then it is watched from the next look around. */
  private watchFolder(): void {
    if (this.watcher !== undefined) return;
    try {
      const watcher = watch(queueFolderOf(this.benchFolder), () => {
        this.look();
        // A job that has just begun is looked at more often from now on.
        if (this.timer !== undefined && this.follower?.isSomethingRunning === true && this.pauseMs > runningMs)
          this.plan();
      });
      watcher.on('error', () => {
        watcher.close();
        this.watcher = undefined;
      });
      this.watcher = watcher;
    } catch {
      // Looked at from time to time instead.
    }
  }

  /** Answers one that waits, if there is an answer; `isPatient` when it has waited long enough for a lost place to appear. */
  private answer({ folder, resolve, reject }: Waiter, isPatient = false): void {
    try {
      const run = readRunSummary(folder);
      if (run === undefined) {
        if (isPatient) reject(queueErrors.noRun(folder));
        return;
      }
      if (isRunEnd(run.state)) {
        // Whoever listens hears of the end before whoever waits goes on.
        this.follower?.lookAt(folder);
        resolve(run);
        return;
      }
      if (!isPatient) return;
      if (this.starter.problem !== undefined) reject(this.starter.problem);
      if (placesIn(this.benchFolder).some((place) => place.folder === folder)) return;
      const state = trueState(this.benchFolder, run);
      if (isRunEnd(state)) resolve({ ...run, state });
    } catch (thrown) {
      if (isPatient) reject(thrown as Error);
    }
  }
}
