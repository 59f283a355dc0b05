// A loaded model under measurement, and the timed loop itself.
import type { Tensor } from '../onnx/tensor';
import type { EngineSession } from '../runtime/session';
import { LatencyLog } from './latencyLog';
import { median } from './statistics';

/** What a model is fed in one run. */
export type Feeds = Readonly<Record<string, Tensor>>;

/** Milliseconds since some moment; replaced in tests. */
export type Clock = () => number;

/** A model and its inputs, which take turns. Whoever opened the session closes it. */
export class Subject {
  readonly log = new LatencyLog();
  private nextFeed = 0;

  /**
   * @param name for people: the file's name
   * @param feeds at least one
   */
  constructor(
    readonly name: string,
    private readonly session: Pick<EngineSession, 'run'>,
    private readonly feeds: readonly Feeds[],
    private readonly clock: Clock,
  ) {}

  /** Runs without keeping the times; gives their median in milliseconds. */
  async warm(runs: number, signal: AbortSignal): Promise<number> {
    const scratch = new LatencyLog();
    await this.time(runs, scratch, signal);
    return median(scratch.latenciesMs);
  }

  /** Timed runs, appended to the log. */
  async measure(runs: number, signal: AbortSignal): Promise<void> {
    await this.time(runs, this.log, signal);
  }

  /** Between two readings of the clock there is nothing but the run. */
  private async time(runs: number, log: LatencyLog, signal: AbortSignal): Promise<void> {
    const { session, feeds, clock } = this;
    log.reserve(runs);
    for (let run = 0; run < runs; run++) {
      signal.throwIfAborted();
      const feed = feeds[this.nextFeed] ?? {};
      this.nextFeed = (this.nextFeed + 1) % feeds.length;
      const began = clock();
      await session.run(feed);
      log.add(clock() - began);
    }
  }
}
