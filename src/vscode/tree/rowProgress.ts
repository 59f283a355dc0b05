// How often rows show how far their runs are. The editor closes the tooltip of a row that is drawn again: rows of running
// jobs are drawn seldom enough that it comes, and one on which somebody rests is left alone until it can have been read.
// Their state, which comes another way, is shown at once.
import type { JobFacts } from '../../protocol/facts';
import type { BenchConnection } from '../bench/benchConnection';
import type { Disposes } from '../disposing';
import type { JobsChange } from './liveJobs';

/** Longer than a tooltip takes to come. */
export const rowProgressMs = 2_000;

/** Enough to read one. */
export const restingMs = 10_000;

/** Collects progress of jobs and shows the latest of each every two seconds. */
export class RowProgress implements Disposes {
  /** By folder of the run. */
  private readonly latest = new Map<string, { readonly bench: BenchConnection; readonly job: JobFacts }>();
  /** Until when runs are not shown. */
  private readonly rests = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly show: (change: JobsChange) => void) {}

  take({ bench, jobs }: JobsChange): void {
    for (const job of jobs) this.latest.set(job.run.folder, { bench, job });
    this.timer ??= setTimeout(() => this.tell(), rowProgressMs);
  }

  /** Somebody rests on a row of a run, by its folder. */
  rest(runFolder: string): void {
    this.rests.set(runFolder, Date.now() + restingMs);
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private tell(): void {
    const now = Date.now();
    for (const [folder, until] of this.rests) if (until <= now) this.rests.delete(folder);
    const told = [...this.latest].filter(([folder]) => !this.rests.has(folder));
    for (const [folder] of told) this.latest.delete(folder);
    this.timer = this.latest.size === 0 ? undefined : setTimeout(() => this.tell(), rowProgressMs);
    for (const bench of new Set(told.map(([, one]) => one.bench))) {
      const jobs = told.flatMap(([, one]) => (one.bench === bench ? [one.job] : []));
      this.show({ bench, isList: false, jobs });
    }
  }
}
