// When a tuning has to end: the time is up, or the person stops it.
import type { StoppedBy } from '../protocol/tuning';

/** Made when work begins; whoever made it closes it. */
export class TuningBudget {
  private readonly timeUp = new AbortController();
  private readonly timer: NodeJS.Timeout | undefined;
  private readonly either: AbortSignal;
  private isClosed = false;

  /**
   * @param cancel the person's wish to stop
   * @param leftMs time left; undefined: no limit
   */
  constructor(
    private readonly cancel: AbortSignal,
    leftMs: number | undefined,
  ) {
    this.either = AbortSignal.any([cancel, this.timeUp.signal]);
    if (leftMs === undefined) return;
    // The longest delay a timer takes; nobody waits for more than three weeks.
    this.timer = setTimeout(() => this.timeUp.abort(), Math.min(Math.max(0, leftMs), 2 ** 31 - 1));
  }

  /** Aborted when the time is up or the person stops the job; after `close` only by the person. */
  get signal(): AbortSignal {
    return this.isClosed ? this.cancel : this.either;
  }

  stoppedBy(): StoppedBy {
    return this.cancel.aborted ? 'cancel' : 'timeout';
  }

  /** The search is over; what is done with its trials afterwards has no limit. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }
}
