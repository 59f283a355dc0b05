// The runs that ended lately in a bench, whatever they were for, without a look at its records.
import { LineTail } from '../files/lineTail';
import { readRunSummary } from '../files/runLog';
import { isRunEnd } from '../protocol/runs';
import type { RunSummary } from '../protocol/runs';
import { hintOf, newsPath } from './queue/news';
import type { Hint } from './queue/news';
import type { RunSubject } from './runQueue';

/** A run that is over. */
export interface EndedRun {
  readonly run: RunSummary;
  readonly subject: RunSubject;
}

/** News of the queue that are looked at: some thousand lines. */
const recentBytes = 256 * 1024;

/**
 * The runs that ended last, the newest first. News are of this machine (git does not keep them) and bounded, so that
 * runs of long ago are not in it.
 */
export function recentRuns(benchFolder: string, most: number): readonly EndedRun[] {
  const tail = new LineTail(newsPath(benchFolder));
  tail.skipAllBut(recentBytes);
  const hints = new Map<string, Hint>();
  for (const line of tail.read()) {
    const hint = hintOf(benchFolder, line);
    if (hint === undefined) continue;
    // Once, at the place of its latest news.
    hints.delete(hint.folder);
    hints.set(hint.folder, hint);
  }
  const ended: EndedRun[] = [];
  for (const { folder, subject } of [...hints.values()].reverse()) {
    if (ended.length === most) break;
    const run = summaryOf(folder);
    if (run !== undefined && isRunEnd(run.state)) ended.push({ run, subject });
  }
  return ended.sort((a, b) => endOf(b) - endOf(a));
}

function endOf({ run }: EndedRun): number {
  return Date.parse(run.endedAt ?? run.queuedAt);
}

/** Undefined also for one that was deleted, or cannot be read now. */
function summaryOf(folder: string): RunSummary | undefined {
  try {
    return readRunSummary(folder);
  } catch {
    return undefined;
  }
}
