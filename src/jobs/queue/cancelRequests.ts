// Requests to cancel a run, as files in the queue's folder: `queue/cancel-<uuid>.json`, removed when the run has left the queue.
import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { replaceFile } from '../../files/atomicWrite';
import { readPlainText } from '../../files/plainFile';
import { queueFolderOf } from './places';

/** What is longer is no request. */
const longestRequestBytes = 2 ** 16;

export interface CancelRequest {
  readonly path: string;
  /** Absolute path of the run folder; null when it cannot be told. */
  readonly folder: string | null;
}

/** Asks the process that works the queue to cancel a run. Throws FileError. */
export async function requestCancel(benchFolder: string, folder: string): Promise<void> {
  const path = join(queueFolderOf(benchFolder), `cancel-${randomUUID()}.json`);
  await replaceFile(path, `${JSON.stringify({ folder: relative(benchFolder, folder) })}\n`);
}

export function cancelRequestsIn(benchFolder: string): CancelRequest[] {
  const queueFolder = queueFolderOf(benchFolder);
  try {
    return readdirSync(queueFolder)
      .filter((name) => /^cancel-[0-9a-f-]{36}\.json$/.test(name))
      .map((name) => ({ path: join(queueFolder, name), folder: folderIn(benchFolder, join(queueFolder, name)) }));
  } catch {
    // The folder is gone, and with it everything that could be cancelled.
    return [];
  }
}

export function removeCancelRequest({ path }: CancelRequest): void {
  try {
    rmSync(path, { force: true, recursive: true });
  } catch {
    // Something holds it for a moment; without its run it counts for nothing.
  }
}

function folderIn(benchFolder: string, path: string): string | null {
  try {
    const { folder } = JSON.parse(readPlainText(path, longestRequestBytes) ?? '') as { folder?: unknown };
    return typeof folder === 'string' ? resolve(benchFolder, folder) : null;
  } catch {
    return null;
  }
}
