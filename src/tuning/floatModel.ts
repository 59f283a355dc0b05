// The model that was given: what it is measured with, and the figures everything else is held against.
import { modelSizeBytes } from '../benchmark/runBenchmark';
import type { JobContext } from '../protocol/jobContext';
import type { AccuracyGoal } from './accuracy/accuracyGoal';
import type { BaselineFigures, Evaluator } from './accuracy/evaluator';
import type { BaselineRecord, TuningHistory } from './history';
import { Ranking } from './result/ranking';
import { FreshProcess } from './speed/freshProcess';
import type { LatencyMeter } from './speed/latencyMeter';
import { TrialBench } from './trials/trialBench';
import type { TuningSession } from './tuningSession';

/** Made by `measure`; the session it belongs to closes what it uses. */
export class FloatModel {
  private constructor(
    private readonly session: TuningSession,
    readonly goal: AccuracyGoal,
    readonly record: BaselineRecord,
    readonly ranking: Ranking,
    private readonly tools: {
      readonly evaluator: Evaluator;
      readonly figures: BaselineFigures;
      readonly meter: LatencyMeter;
      readonly datasetPath: string;
    },
  ) {}

  /** Measures accuracy, latency and size, or takes from cache and history what is known of them. */
  static async measure(session: TuningSession, history: TuningHistory, context: JobContext): Promise<FloatModel> {
    const { config } = session;
    const evaluator = await session.evaluator();
    const figures = await session.baseline(evaluator);
    const goal = session.goal(figures);
    const meter = await session.meter();
    const datasetPath = await session.performanceFile();
    const record = history.baseline ?? (await measuredRecord(session, figures, meter, datasetPath, context));
    if (history.baseline === undefined) history.recordBaseline(record);
    meter.recall(record.latencyMs);
    const unchanged = { ratio: 1, interval: null, verdict: 'within the noise' } as const;
    const float = { ...record, latency: unchanged, gain: 0 };
    // An optimized graph computes the same: its file is wanted, unless it costs time.
    const acceptsEqualSpeed = config.task.kind === 'graph_optimization';
    const ranking = new Ranking(config.tuning.objectives, float, acceptsEqualSpeed);
    return new FloatModel(session, goal, record, ranking, { evaluator, figures, meter, datasetPath });
  }

  /** What trials are measured with. */
  bench(context: JobContext): TrialBench {
    const { session, goal, ranking } = this;
    const { evaluator, meter, figures: baseline } = this.tools;
    const fresh = this.fresh(context);
    return new TrialBench(
      {
        evaluator,
        meter,
        goal,
        baseline,
        needsAllSamples: session.config.tuning.strategy !== 'auto',
        goesOnWhenHopeless: session.config.tuning.strategy === 'accuracy_aware',
        dimensions: session.spec.dimensions,
        threads: session.threads,
        ...(ranking.looksAtFootprint ? { footprintOf: (modelPath: string) => fresh.footprint(modelPath) } : {}),
      },
      context,
    );
  }

  fresh(context: JobContext): FreshProcess {
    return freshProcess(this.session, this.tools.datasetPath, context);
  }
}

async function measuredRecord(
  session: TuningSession,
  figures: BaselineFigures,
  meter: LatencyMeter,
  datasetPath: string,
  context: JobContext,
): Promise<BaselineRecord> {
  const { modelPath, config } = session;
  const looksAtFootprint = config.tuning.objectives.some(({ name }) => name === 'footprint');
  const fresh = freshProcess(session, datasetPath, context);
  return {
    values: figures.values,
    samples: figures.samples,
    latencyMs: await meter.baseline(context),
    sizeBytes: modelSizeBytes(modelPath),
    ...(looksAtFootprint ? { footprintBytes: await fresh.footprint(modelPath) } : {}),
  };
}

function freshProcess(session: TuningSession, datasetPath: string, context: JobContext): FreshProcess {
  const { modelPath, spec, config } = session;
  const inputs = { modelPath, datasetPath, performance: config.performance, dimensions: spec.dimensions };
  return new FreshProcess(inputs, context);
}
