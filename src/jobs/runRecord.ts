// Writes what happens to a run into its run.jsonl, and tells everybody who watches the queue to look there.
//
// queue/news.jsonl names runs to which something happened, in order. It is a hint and no record: whoever follows it reads
// the run's own files. It lets a watcher see also a run that came and went between two of its looks.
import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { appendLine, appendLineDurably } from '../files/appendLog';
import { fileErrorOf } from '../files/fileErrors';
import type { JobOutcome } from '../protocol/jobs';
import { runLogName } from '../protocol/runs';
import type { RunLine } from '../protocol/runs';
import { queueFolderOf } from './places';
import type { RunSubject } from './runQueue';

/** A line of queue/news.jsonl. */
export interface NewsLine {
  /** Relative to the bench folder. */
  readonly folder: string;
  readonly subject: RunSubject;
}

/** A file of this size is begun anew when the queue is empty. */
const longestNewsBytes = 2 ** 20;

type LineWithoutTime = RunLine extends infer Line ? (Line extends RunLine ? Omit<Line, 'time'> : never) : never;

/** Appends a line to a run's record; on the disk when it returns. Throws FileError. */
export function recordRun(folder: string, line: LineWithoutTime): void {
  const path = join(folder, runLogName);
  try {
    appendLineDurably(path, { time: new Date().toISOString(), ...line });
  } catch (thrown) {
    throw fileErrorOf(thrown, path);
  }
}

/** The line that ends a run with this outcome. */
export function endLine(outcome: JobOutcome<unknown>): LineWithoutTime {
  if (outcome.state === 'error') return { state: 'error', failure: outcome.failure };
  return { state: wasStopped(outcome) ? 'cancelled' : outcome.state };
}

/** A tuning that is stopped answers with the best it had found: its run was cancelled all the same. */
function wasStopped(outcome: JobOutcome<unknown>): boolean {
  if (outcome.state !== 'success') return false;
  const { result } = outcome;
  return typeof result === 'object' && result !== null && 'stoppedBy' in result && result.stoppedBy === 'cancel';
}

export function newsPath(benchFolder: string): string {
  return join(queueFolderOf(benchFolder), 'news.jsonl');
}

/** Makes those who watch look at a run. */
export function tellOfRun(benchFolder: string, run: { readonly folder: string; readonly subject: RunSubject }): void {
  const line: NewsLine = { folder: relative(benchFolder, run.folder), subject: run.subject };
  try {
    appendLine(newsPath(benchFolder), line);
  } catch {
    // Watchers look by themselves as well, only later.
  }
}

/** Begins the file anew when it has grown; called when the queue has been empty for a moment. */
export async function shortenNews(benchFolder: string): Promise<void> {
  try {
    if (statSync(newsPath(benchFolder)).size > longestNewsBytes) await rm(newsPath(benchFolder), { force: true });
  } catch {
    // There is none.
  }
}
