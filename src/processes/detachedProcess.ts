// Starts a process that outlives this one: the queue's, from a door or from the last job of a queue that lost its own.
import { spawn } from 'node:child_process';
import { parse, resolve } from 'node:path';
import { plainEnvironment } from './jobEnvironment';

/** A program of the product to be run by Node. Handed from process to process, never read from a file of a workspace. */
export interface DetachedCommand {
  /** The bundle. */
  readonly entryPath: string;
  readonly arguments: readonly string[];
  /** Absent: the Node that runs now. */
  readonly nodePath?: string;
}

/**
 * Starts it with a minimal environment, a session of its own and no outputs. Resolves with its exit code when it ends
 * while this process is still there, null for a signal; rejects when it cannot be started. Holds nothing open.
 */
export function startDetached({ entryPath, arguments: args, nodePath }: DetachedCommand): Promise<number | null> {
  return new Promise((resolveExit, reject) => {
    const child = spawn(nodePath ?? process.execPath, [entryPath, ...args], {
      // Of no folder that somebody may want to remove.
      cwd: parse(resolve(entryPath)).root,
      env: plainEnvironment(process.env),
      stdio: 'ignore',
      detached: true,
      windowsHide: true,
    });
    child.once('exit', resolveExit);
    child.once('error', reject);
    child.unref();
  });
}
