// How the process that works a queue is started, and what it is told.
import type { DetachedCommand } from '../processes/detachedProcess';

export interface QueueProcessSettings {
  /** Absolute path. */
  readonly benchFolder: string;
  /** Bundle of the job process; absent: `job.js` beside the queue's. */
  readonly jobEntryPath?: string;
  /** The Node that runs both; absent: the one that runs now. */
  readonly nodePath?: string;
}

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
