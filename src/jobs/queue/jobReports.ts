// What a running job has told in its events.jsonl: how far it is, how long it will take, its trials.
import { join } from 'node:path';
import { LineTail } from '../../files/lineTail';
import { jobFiles, parseTrial } from '../../protocol/jobChannel';
import type { Progress } from '../../protocol/progress';
import { parseProgress } from '../../protocol/rpcMessages';
import type { TrialRow } from '../../protocol/tuning';

export interface ProgressReport {
  readonly progress: Progress;
  readonly timeLeftMs: number | null;
}

/** The last part of the log is enough to see how fast it goes. */
const recentBytes = 64 * 1024;

/** Follows the log of one job. */
export class JobReports {
  private readonly tail: LineTail;
  private readonly seenTrials = new Set<number>();
  private first: { readonly atMs: number; readonly progress: Progress } | undefined;
  private last: { readonly atMs: number; readonly progress: Progress } | undefined;

  constructor(folder: string) {
    this.tail = new LineTail(join(folder, jobFiles.events));
  }

  /** The last progress that was told, if any was. */
  get progress(): ProgressReport | undefined {
    if (this.last === undefined) return undefined;
    return { progress: this.last.progress, timeLeftMs: this.timeLeftMs() };
  }

  /** Takes what is new: whether there is other progress, and the trials that ended, each once. */
  read(): { readonly hasProgress: boolean; readonly trials: readonly TrialRow[] } {
    let hasProgress = false;
    const trials: TrialRow[] = [];
    for (const line of this.tail.read()) {
      const { type, time, trial } = (line ?? {}) as { type?: unknown; time?: unknown; trial?: unknown };
      if (type === 'progress' && typeof time === 'string') hasProgress = this.takeProgress(line, time) || hasProgress;
      if (type === 'trial') trials.push(...this.newTrial(trial));
    }
    return { hasProgress, trials };
  }

  /** The same for somebody who only wants to know how far the job is now. */
  readRecent(): ProgressReport | undefined {
    this.tail.skipAllBut(recentBytes);
    this.read();
    return this.progress;
  }

  private takeProgress(line: unknown, time: string): boolean {
    const atMs = Date.parse(time);
    const progress = progressOf(line);
    if (progress === undefined || Number.isNaN(atMs)) return false;
    const before = this.last?.progress;
    const goesOn = before?.phase === progress.phase && before.total === progress.total && before.done <= progress.done;
    this.last = { atMs, progress };
    if (!goesOn || this.first === undefined) this.first = this.last;
    return true;
  }

  /** A tuning that is gone on with tells its earlier trials again. */
  private newTrial(value: unknown): TrialRow[] {
    try {
      const trial = parseTrial(value);
      if (this.seenTrials.has(trial.id)) return [];
      this.seenTrials.add(trial.id);
      return [trial];
    } catch {
      return [];
    }
  }

  /** At the pace of this phase so far; counted from now, so that it falls also between two reports. */
  private timeLeftMs(): number | null {
    const { first, last } = this;
    if (first === undefined || last?.progress.total === undefined) return null;
    const done = last.progress.done - first.progress.done;
    const left = last.progress.total - last.progress.done;
    if (done <= 0 || left < 0) return null;
    const neededMs = ((last.atMs - first.atMs) / done) * left;
    return Math.max(0, Math.round(last.atMs + neededMs - Date.now()));
  }
}

function progressOf(line: unknown): Progress | undefined {
  try {
    return parseProgress(line);
  } catch {
    return undefined;
  }
}
