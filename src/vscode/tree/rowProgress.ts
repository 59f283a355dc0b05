// How often rows show how far their runs are. The editor closes the tooltip of a row that is drawn again: rows of running
// jobs are drawn seldom enough to rest on them, while their state, which comes another way, is shown at once.
import type { BenchConnection } from '../bench/benchConnection';
import type { Disposes } from '../disposing';
import type { JobsChange } from './liveJobs';

/** Time for a tooltip to come and to be begun to be read. */
export const rowProgressMs = 2_000;

/** Collects progress of jobs and shows the latest of each every two seconds. */
export class RowProgress implements Disposes {
  /** By bench and folder of the run. */
  private readonly latest = new Map<BenchConnection, Map<string, JobsChange['jobs'][number]>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly show: (change: JobsChange) => void) {}

  take({ bench, jobs }: JobsChange): void {
    const latest = this.latest.get(bench) ?? new Map<string, JobsChange['jobs'][number]>();
    this.latest.set(bench, latest);
    for (const job of jobs) latest.set(job.run.folder, job);
    this.timer ??= setTimeout(() => this.tell(), rowProgressMs);
  }

  dispose(): void {
    clearTimeout(this.timer);
  }

  private tell(): void {
    this.timer = undefined;
    const told = [...this.latest];
    this.latest.clear();
    for (const [bench, jobs] of told) this.show({ bench, isList: false, jobs: [...jobs.values()] });
  }
}
