// queue/news.jsonl names the runs to which something happened, in order: whoever watches the queue looks there.
//
// It is a hint and no record: who follows it reads the run's own files. It lets a watcher see also a run that came and went
// between two of its looks.
import { join, relative, resolve } from 'node:path';
import { appendBounded } from '../../files/appendLog';
import type { RunSubject } from '../runQueue';
import { pathInside, queueFolderOf } from './places';

/** A run to which something happened. */
export interface Hint {
  /** Absolute path of its folder. */
  readonly folder: string;
  readonly subject: RunSubject;
}

/** Then the file is begun anew. A watcher that had not read to its end finds what still waits or runs by itself. */
const longestBytes = 2 ** 20;

export function newsPath(benchFolder: string): string {
  return join(queueFolderOf(benchFolder), 'news.jsonl');
}

/** Makes those who watch look at a run. */
export function tellOfRun(benchFolder: string, { folder, subject }: Hint): void {
  try {
    appendBounded(newsPath(benchFolder), { folder: relative(benchFolder, folder), subject }, longestBytes);
  } catch {
    // Watchers look by themselves as well, only later.
  }
}

/** The run that a line of the file names; undefined for a line that is none of ours. */
export function hintOf(benchFolder: string, line: unknown): Hint | undefined {
  const { folder, subject } = (line ?? {}) as { folder?: unknown; subject?: { kind?: unknown; id?: unknown } };
  if (typeof folder !== 'string' || typeof subject?.kind !== 'string' || typeof subject.id !== 'number')
    return undefined;
  const absolute = resolve(benchFolder, folder);
  if (pathInside(benchFolder, absolute) === undefined) return undefined;
  return { folder: absolute, subject: { kind: subject.kind, id: subject.id } };
}
