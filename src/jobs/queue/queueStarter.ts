// Starts the process of a queue when something waits and nobody works; two that are started settle it between themselves.
import { existsSync } from 'node:fs';
import { readLines } from '../../files/appendLog';
import { startDetached } from '../../processes/detachedProcess';
import type { DetachedCommand } from '../../processes/detachedProcess';
import { failureRecordOf } from '../../protocol/benchError';
import { firstPlace } from './places';
import { queueErrors } from './queueErrors';
import type { QueueError } from './queueErrors';
import { queueLogPath } from './queueProcess';
import type { QueueLogLine } from './queueProcess';
import { isWorkedOn } from './trueState';

const firstPauseMs = 500;
const mostPauseDoublings = 6;
const mostFailures = 3;

export class QueueStarter {
  private isStarted = false;
  /** Ends in a row that were not meant, and those of them that were no kill from outside. */
  private ends = 0;
  private failures = 0;
  private notBeforeMs = 0;
  private reason = 'it ended at once';

  constructor(
    private readonly benchFolder: string,
    private readonly command: DetachedCommand,
    /** Nothing is ever started: what waits goes on waiting. */
    private readonly isLookingOnly = false,
  ) {}

  /** Throws QueueError `queue-start` when there is nothing to start, `queue-looking-only` when nothing may be. */
  checkProgram(): void {
    if (this.isLookingOnly) throw queueErrors.lookingOnly();
    const { entryPath } = this.command;
    if (!existsSync(entryPath)) throw queueErrors.cannotStart(entryPath, 'it does not exist');
  }

  /** Why nothing will go on; undefined while there is hope. */
  get problem(): QueueError | undefined {
    return this.failures < mostFailures ? undefined : queueErrors.cannotStart(this.command.entryPath, this.reason);
  }

  /** Starts a process if one is needed. A failure is tried again later, more and more seldom. */
  startIfNeeded(): void {
    if (this.isLookingOnly || this.isStarted || performance.now() < this.notBeforeMs) return;
    try {
      if (firstPlace(this.benchFolder) === undefined) return;
      if (isWorkedOn(this.benchFolder)) {
        this.isWell();
        return;
      }
    } catch {
      // A queue that cannot be read now is looked at again.
      return;
    }
    this.start();
  }

  private start(): void {
    this.isStarted = true;
    const begunMs = Date.now();
    startDetached(this.command).then(
      (exitCode) => {
        if (exitCode === 0) this.isWell();
        else if (exitCode === null) this.isUnwell(undefined);
        else this.isUnwell(lastReason(this.benchFolder, begunMs) ?? `it ended with ${exitCode}`);
      },
      (thrown: unknown) => this.isUnwell(failureRecordOf(thrown).message),
    );
  }

  private isWell(): void {
    this.isStarted = false;
    this.ends = 0;
    this.failures = 0;
  }

  /** Without a reason it was ended from outside, and may be well the next time. */
  private isUnwell(reason: string | undefined): void {
    this.isStarted = false;
    this.notBeforeMs = performance.now() + firstPauseMs * 2 ** Math.min(this.ends++, mostPauseDoublings);
    if (reason === undefined) return;
    this.failures++;
    this.reason = reason;
  }
}

/** What the process wrote down before it ended. */
function lastReason(benchFolder: string, sinceMs: number): string | undefined {
  try {
    const line = readLines(queueLogPath(benchFolder)).at(-1) as Partial<QueueLogLine> | null | undefined;
    const { time, reason } = line ?? {};
    if (typeof time !== 'string' || typeof reason !== 'string' || Date.parse(time) < sinceMs) return undefined;
    return reason.replace(/\.$/, '');
  } catch {
    return undefined;
  }
}
