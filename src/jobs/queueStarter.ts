// Starts the process of a queue when something waits and nobody works; two that are started settle it between themselves.
import { existsSync } from 'node:fs';
import { startDetached } from '../processes/detachedProcess';
import type { DetachedCommand } from '../processes/detachedProcess';
import { failureRecordOf } from '../protocol/benchError';
import { firstPlace } from './places';
import { queueErrors } from './queueErrors';
import type { QueueError } from './queueErrors';
import { isWorkedOn } from './trueState';

const firstPauseMs = 500;
const mostFailures = 3;

export class QueueStarter {
  private isStarted = false;
  private failures = 0;
  private notBeforeMs = 0;
  private reason = 'it ended at once';

  constructor(
    private readonly benchFolder: string,
    private readonly command: DetachedCommand,
  ) {}

  /** Throws QueueError `queue-start` when there is nothing to start. */
  checkProgram(): void {
    const { entryPath } = this.command;
    if (!existsSync(entryPath)) throw queueErrors.cannotStart(entryPath, 'it does not exist');
  }

  /** Why nothing will go on; undefined while there is hope. */
  get problem(): QueueError | undefined {
    return this.failures < mostFailures ? undefined : queueErrors.cannotStart(this.command.entryPath, this.reason);
  }

  /** Starts a process if one is needed. A failure is tried again later, more and more seldom. */
  startIfNeeded(): void {
    if (this.isStarted || performance.now() < this.notBeforeMs || firstPlace(this.benchFolder) === undefined) return;
    if (isWorkedOn(this.benchFolder)) {
      this.failures = 0;
      return;
    }
    this.isStarted = true;
    startDetached(this.command).then(
      (exitCode) => this.ended(exitCode === 0 ? undefined : `it ended with ${exitCode ?? 'a signal'}`),
      (thrown: unknown) => this.ended(failureRecordOf(thrown).message),
    );
  }

  private ended(reason: string | undefined): void {
    this.isStarted = false;
    if (reason === undefined) {
      this.failures = 0;
      return;
    }
    this.reason = reason;
    this.notBeforeMs = performance.now() + firstPauseMs * 2 ** Math.min(this.failures++, 6);
  }
}
