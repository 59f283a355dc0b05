// Turns what the files of a queue say into news: for each run queued, started, what it tells, ended; each once, in order.
import { LineTail } from '../../files/lineTail';
import { readRunSummary } from '../../files/runLog';
import { coalesce } from '../../processes/coalesce';
import type { Coalescer } from '../../processes/coalesce';
import { isRunEnd } from '../../protocol/runs';
import type { RunState, RunSummary } from '../../protocol/runs';
import { JobReports } from './jobReports';
import { placesIn } from './places';
import type { Place } from './places';
import type { RunNews, RunSubject } from '../runQueue';
import { hintOf, newsPath } from './news';
import { trueState } from './trueState';

interface Followed {
  readonly subject: RunSubject;
  summary: RunSummary;
  /** The news that were told of it. */
  told: 'nothing' | 'queued' | 'started' | 'ended';
  reports?: RunReports;
  /** Looks at which it had lost its place without having ended. */
  timesLost: number;
}

interface RunReports {
  readonly job: JobReports;
  readonly progress: Coalescer<null>;
}

/** Runs that ended are remembered, so that a hint given twice tells nothing twice. */
const mostEnded = 1_000;
/** A place is put into a queue moments after its run was recorded. */
const looksUntilLost = 2;

/** All of it is synchronous: between two calls nothing is half told. */
export class QueueFollower {
  private readonly runs = new Map<string, Followed>();
  private readonly hints: LineTail;

  /** News are what happens after this. */
  constructor(
    private readonly benchFolder: string,
    private readonly tell: (news: RunNews) => void,
  ) {
    this.hints = new LineTail(newsPath(benchFolder));
    this.hints.skip();
    for (const { folder, subject } of readPlaces(benchFolder) ?? []) {
      const summary = readSummary(folder);
      if (summary === undefined) continue;
      const followed: Followed = { subject, summary, told: toldBy(summary), timesLost: 0 };
      this.runs.set(folder, followed);
      if (followed.told === 'started') this.followReports(followed).job.read();
    }
  }

  /** Whether a job may be telling something. */
  get isSomethingRunning(): boolean {
    return [...this.runs.values()].some(({ told }) => told === 'started');
  }

  /** Tells what is new. */
  look(): void {
    for (const line of this.hints.read()) {
      const hint = hintOf(this.benchFolder, line);
      if (hint !== undefined) this.advance(hint.folder, hint.subject);
    }
    for (const followed of this.runs.values()) this.tellReports(followed);
  }

  /** Tells what is new, of one run also what was not hinted at yet. */
  lookAt(folder: string): void {
    this.look();
    const followed = this.runs.get(folder);
    if (followed !== undefined) this.advance(folder, followed.subject);
  }

  /** Finds also what was not hinted at, and runs that will never end. Called about once a second. */
  lookAround(): void {
    this.look();
    const places = readPlaces(this.benchFolder);
    if (places === undefined) return;
    for (const { folder, subject } of places) this.advance(folder, subject);
    const placed = new Set(places.map(({ folder }) => folder));
    for (const [folder, followed] of this.runs) {
      if (followed.told === 'ended') continue;
      followed.timesLost = placed.has(folder) ? 0 : followed.timesLost + 1;
      this.advance(folder, followed.subject);
      if (followed.timesLost >= looksUntilLost) this.giveUp(followed);
    }
    this.forgetEnded();
  }

  /** Tells the end of a run that has no place any more, unless it ended by itself. */
  private giveUp(followed: Followed): void {
    if (followed.told === 'ended') return;
    followed.summary = { ...followed.summary, state: endOf(this.benchFolder, followed.summary) };
    this.tellUpTo(followed);
  }

  private advance(folder: string, subject: RunSubject): void {
    const summary = readSummary(folder);
    if (summary === undefined) return;
    let followed = this.runs.get(folder);
    if (followed === undefined) this.runs.set(folder, (followed = { subject, summary, told: 'nothing', timesLost: 0 }));
    followed.summary = summary;
    this.tellUpTo(followed);
  }

  private tellUpTo(followed: Followed): void {
    const { subject, summary } = followed;
    if (followed.told === 'nothing') {
      followed.told = 'queued';
      const run: RunSummary = { ...summary, state: 'queued', startedAt: null, endedAt: null, failure: null };
      this.tell({ type: 'queued', run, subject });
    }
    if (followed.told === 'queued' && summary.startedAt !== null) {
      followed.told = 'started';
      this.followReports(followed);
      this.tell({ type: 'started', run: underWay(summary), subject });
    }
    if (followed.told === 'ended' || !isRunEnd(summary.state)) return;
    this.tellReports(followed);
    followed.reports?.progress.flush();
    delete followed.reports;
    followed.told = 'ended';
    this.tell({ type: 'ended', run: summary, subject });
  }

  private followReports(followed: Followed): RunReports {
    const job = new JobReports(followed.summary.folder);
    const progress = coalesce<null>(() => {
      const report = job.progress;
      if (report === undefined || followed.told === 'ended') return;
      this.tell({ type: 'progress', run: underWay(followed.summary), subject: followed.subject, ...report });
    });
    followed.reports = { job, progress };
    return followed.reports;
  }

  private tellReports({ reports, summary, subject }: Followed): void {
    if (reports === undefined) return;
    const { hasProgress, trials } = reports.job.read();
    for (const trial of trials) this.tell({ type: 'trial', run: underWay(summary), subject, trial });
    if (hasProgress) reports.progress.push(null);
  }

  private forgetEnded(): void {
    const ended = [...this.runs].filter(([, { told }]) => told === 'ended');
    for (const [folder] of ended.slice(0, Math.max(0, ended.length - mostEnded))) this.runs.delete(folder);
  }
}

/** As it was while it ran. */
function underWay(summary: RunSummary): RunSummary {
  return { ...summary, state: 'running', endedAt: null, failure: null };
}

function toldBy({ state }: RunSummary): Followed['told'] {
  if (state === 'queued') return 'queued';
  return state === 'running' ? 'started' : 'ended';
}

/** A run that is neither waiting nor running and has no end of its own was given up. */
function endOf(benchFolder: string, summary: RunSummary): RunState {
  try {
    const state = trueState(benchFolder, summary);
    return isRunEnd(state) ? state : 'cancelled';
  } catch {
    return 'error';
  }
}

/** Undefined when they cannot be read now. */
function readPlaces(benchFolder: string): Place[] | undefined {
  try {
    return placesIn(benchFolder);
  } catch {
    return undefined;
  }
}

function readSummary(folder: string): RunSummary | undefined {
  try {
    return readRunSummary(folder);
  } catch {
    // Looked at again the next time.
    return undefined;
  }
}
