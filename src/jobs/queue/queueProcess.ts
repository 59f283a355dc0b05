// How the process that works a queue is started, and what it is told.
import { join } from 'node:path';
import { appendBounded } from '../../files/appendLog';
import type { DetachedCommand } from '../../processes/detachedProcess';
import { failureRecordOf } from '../../protocol/benchError';
import { queueFolderOf } from './places';

export interface QueueProcessSettings {
  /** Absolute path. */
  readonly benchFolder: string;
  /** Bundle of the job process; absent: `job.js` beside the queue's. */
  readonly jobEntryPath?: string;
  /** The Node that runs both; absent: the one that runs now. */
  readonly nodePath?: string;
}

/** Then it is begun anew: the last lines are what is asked for. */
const longestLogBytes = 2 ** 20;

/** The command that starts a process for a queue; `entryPath` is its bundle. */
export function queueCommand(entryPath: string, settings: QueueProcessSettings): DetachedCommand {
  const { nodePath } = settings;
  return { entryPath, arguments: [JSON.stringify(settings)], ...(nodePath === undefined ? {} : { nodePath }) };
}

/** The other end: what the process was told. */
export function parseQueueArguments([text = '{}']: readonly string[]): QueueProcessSettings {
  const { benchFolder, jobEntryPath, nodePath } = JSON.parse(text) as Partial<QueueProcessSettings>;
  if (benchFolder === undefined) throw new Error('The queue process is started by the program itself.');
  return {
    benchFolder,
    ...(jobEntryPath === undefined ? {} : { jobEntryPath }),
    ...(nodePath === undefined ? {} : { nodePath }),
  };
}

/** A line of queue.log: what went wrong in the process of the queue, to which nobody listens. */
export interface QueueLogLine {
  readonly time: string;
  /** A sentence. */
  readonly reason: string;
  readonly stack?: string;
}

export function queueLogPath(benchFolder: string): string {
  return join(queueFolderOf(benchFolder), 'queue.log');
}

/** Writes down what went wrong, as far as that is possible. */
export function logProblem(benchFolder: string, thrown: unknown): void {
  const { message: reason } = failureRecordOf(thrown);
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  const line: QueueLogLine = { time: new Date().toISOString(), reason, ...(stack === undefined ? {} : { stack }) };
  try {
    appendBounded(queueLogPath(benchFolder), line, longestLogBytes);
  } catch {
    // There is no other place for it.
  }
}

/** Runs the work of a queue's process; why it ended before its time is written down. */
export function serveQueue(benchFolder: string, work: () => Promise<void>): void {
  const fail = (thrown: unknown): void => {
    logProblem(benchFolder, thrown);
    process.exit(1);
  };
  process.once('uncaughtException', fail);
  work().catch(fail);
}
