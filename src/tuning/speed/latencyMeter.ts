// Measures a trial's latency beside the float model's, in turns in this process: a first verdict within a second.
import { compareLatencies } from '../../benchmark/compareLatencies';
import type { LatencyRatio } from '../../benchmark/compareLatencies';
import type { MeasuringLimits } from '../../benchmark/rounds';
import { measureRounds } from '../../benchmark/rounds';
import { median } from '../../benchmark/statistics';
import type { Clock, Feeds } from '../../benchmark/subject';
import { Subject } from '../../benchmark/subject';
import { warmUp } from '../../benchmark/warmUp';
import type { WorkContext } from '../../protocol/progress';
import type { EngineSession } from '../../runtime/session';

/** Latency of a model, and how it compares with the float model's; a ratio above 1 says that it is faster. */
export interface LatencyFigure extends LatencyRatio {
  /** Milliseconds a run, scaled to the speed the machine had when the float model was measured first. */
  readonly latencyMs: number;
}

/** Shorter than a benchmark: what is decided here is measured again before a model is offered. */
const limits: MeasuringLimits = {
  blockMs: 12,
  minMs: 250,
  minRuns: 24,
  intervalWidth: 0.03,
  maxMs: 1_500,
  minRounds: 8,
  maxRuns: 20_000,
};

/** Fewer runs than this say nothing about which of two models is faster, whatever the config asks for. */
const fewestRuns = 40;

const clock: Clock = () => performance.now();

export class LatencyMeter {
  private baselineMs: number | undefined;
  private readonly iterations: number | undefined;

  /**
   * @param float the session of the float model; its owner closes it
   * @param feedsOf the inputs of a session, at least one
   * @param iterations timed runs of each model, raised to what a verdict needs; undefined: as many as are needed
   */
  constructor(
    private readonly float: EngineSession,
    private readonly feedsOf: (session: EngineSession) => readonly Feeds[],
    private readonly warmupIterations: number,
    iterations: number | undefined,
  ) {
    this.iterations = iterations === undefined ? undefined : Math.max(iterations, fewestRuns);
  }

  /** Median latency of the float model, measured at the first call. */
  async baseline(context: WorkContext): Promise<number> {
    if (this.baselineMs !== undefined) return this.baselineMs;
    const subject = new Subject('the float model', this.float, this.feedsOf(this.float), clock);
    const { latencyMs } = await warmUp(subject, this.warmupIterations, clock, context);
    await measureRounds([subject], latencyMs, this.iterations, clock, context, limits);
    this.baselineMs = median(subject.log.latenciesMs);
    return this.baselineMs;
  }

  /** A baseline that was measured before, when a run is resumed. */
  recall(baselineMs: number): void {
    this.baselineMs = baselineMs;
  }

  async measure(session: EngineSession, label: string, context: WorkContext): Promise<LatencyFigure> {
    const baselineMs = await this.baseline(context);
    const float = new Subject('the float model', this.float, this.feedsOf(this.float), clock);
    const subject = new Subject(label, session, this.feedsOf(session), clock);
    let slowestMs = 0;
    for (const one of [float, subject]) {
      const { latencyMs } = await warmUp(one, this.warmupIterations, clock, context);
      slowestMs = Math.max(slowestMs, latencyMs);
    }
    const roundSize = await measureRounds([float, subject], slowestMs, this.iterations, clock, context, limits);
    const runs = { firstMs: float.log.latenciesMs, otherMs: subject.log.latenciesMs, roundSize };
    const comparison = compareLatencies([runs]);
    return { ...comparison, latencyMs: baselineMs / comparison.ratio };
  }
}
