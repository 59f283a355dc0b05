// The job `tune`: reads a config.yaml, searches, and offers the best model that keeps its accuracy and pays.
import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { modelSizeBytes } from '../benchmark/runBenchmark';
import type { TuningConfig } from '../config/tuningConfig';
import { readTuningConfig } from '../config/tuningFile';
import { sha256OfFile } from '../files/fileHash';
import { FolderClaim } from '../files/folderClaim';
import type { ReportingContext } from '../protocol/jobContext';
import type { StoppedBy, TuneResult, TuneSpec } from '../protocol/tuning';
import { environmentOf } from '../runtime/environment';
import type { AccuracyGoal } from './accuracy/accuracyGoal';
import type { BaselineFigures, Evaluator } from './accuracy/evaluator';
import type { TrialOutcome, TrialRequest } from './contracts';
import { FreshProcess } from './speed/freshProcess';
import { TuningHistory } from './history';
import type { BaselineRecord } from './history';
import type { LatencyMeter } from './speed/latencyMeter';
import { Ranking } from './result/ranking';
import { TrialBench } from './trials/trialBench';
import { TuningBudget } from './tuningBudget';
import { floatRow, tuneResult } from './result/tuningResult';
import { TuningRun } from './tuningRun';
import { TuningSession } from './tuningSession';
import { withTuningWork } from './work/openTuningWork';
import type { TuningWork } from './work/tuningWork';
import { tuningErrors } from './tuningErrors';
import { chooseWinner, mostAccurate, withdraw } from './result/winner';
import type { Choice, Winner, WinnerParts } from './result/winner';
import { diagnoseWinner, whyNotFaster } from './result/trialDiagnosis';

/** Runs a whole tuning; resumed, it goes on from the history in its folder. */
export async function runTune(spec: TuneSpec, context: ReportingContext): Promise<TuneResult> {
  const startedAt = performance.now();
  const config = readTuningConfig(spec.configPath, { isModelNamedElsewhere: spec.modelPath !== undefined });
  const path = spec.modelPath ?? config.model.path;
  if (path === undefined) throw tuningErrors.noModel(spec.configPath);
  const model = { path, sha256: await sha256OfFile(path) };
  await using work = await claimedWork(context.folder);
  const session = await TuningSession.open(config, model, spec, context);
  try {
    return await new Tuning(session, context, { ...context, folder: work.folder }, startedAt).run();
  } finally {
    await session.close();
  }
}

/**
 * Claims the run's folder, and makes one in it for what is of no use after the run: models of trials, graphs on the way,
 * checks in fresh processes. Throws `file-in-use` while another process works on the run.
 */
async function claimedWork(runFolder: string): Promise<{ readonly folder: string } & AsyncDisposable> {
  const claim = await FolderClaim.take(runFolder);
  const folder = join(runFolder, 'work');
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  // A process that was killed in the middle of the run left its own there.
  await remove();
  await mkdir(folder);
  return { folder, [Symbol.asyncDispose]: () => remove().finally(() => claim.release()) };
}

/** What was measured of the float model, and with what. */
interface FloatModel {
  readonly evaluator: Evaluator;
  readonly figures: BaselineFigures;
  readonly meter: LatencyMeter;
  readonly goal: AccuracyGoal;
  readonly record: BaselineRecord;
  readonly ranking: Ranking;
}

/** Sentences of a diagnosis: why nothing pays, and where the whole of it is. */
interface Explanation {
  readonly findings: readonly string[];
  readonly notes: readonly string[];
}

const unexplained: Explanation = { findings: [], notes: [] };

/** A strategy that is opened when its first trial is asked for: the time may be up while it is. */
async function* begun<Config>(
  open: () => Promise<AsyncGenerator<TrialRequest<Config>, void, TrialOutcome<Config>>>,
): AsyncGenerator<TrialRequest<Config>, void, TrialOutcome<Config>> {
  yield* await open();
}

/** One tuning from the float model's figures to the result. */
class Tuning {
  private readonly config: TuningConfig;

  constructor(
    private readonly session: TuningSession,
    private readonly context: ReportingContext,
    /** The same, for whatever makes files that nobody needs afterwards. */
    private readonly working: ReportingContext,
    private readonly startedAt: number,
  ) {
    this.config = session.config;
  }

  async run(): Promise<TuneResult> {
    const { session, context } = this;
    const configSha256 = identityOf(this.config);
    const history = TuningHistory.open(
      join(context.folder, 'history.jsonl'),
      context.folder,
      {
        modelSha256: session.modelSha256,
        configSha256,
        engineVersion: environmentOf(1).engineVersion,
      },
      session.spec.isResumed,
    );
    this.recordCrash(history);
    const budget = this.budget(history);
    const searching: ReportingContext = {
      ...this.working,
      get signal() {
        return budget.signal;
      },
    };
    try {
      return await withTuningWork(session, history, searching, async (work) => {
        const float = await this.measureFloat(history);
        return this.search(work, history, float, budget, searching, configSha256);
      });
    } finally {
      budget.close();
    }
  }

  private async search<Config>(
    work: TuningWork<Config>,
    history: TuningHistory,
    float: FloatModel,
    budget: TuningBudget,
    searching: ReportingContext,
    configSha256: string,
  ): Promise<TuneResult> {
    const { session, context, config } = this;
    const { goal, ranking, record } = float;
    const bench = await this.bench(float, searching);
    const run = new TuningRun<Config>(
      {
        history,
        goal,
        ranking,
        performanceOnly: config.tuning.performanceOnly,
        maxTrials: session.spec.maxTrials ?? config.tuning.maxTrials,
        batchSize: config.performance.batchSize,
        budget,
        make: (id, trial) => bench.make(id, () => work.build(trial)),
        measure: (files, isPromising) => bench.measure(files, isPromising),
        verify: async (modelPath) => (await this.fresh(searching)).verify(modelPath),
        onTrial: (row) => context.onTrial(row),
      },
      searching,
    );
    const first = floatRow(record, goal, config.performance.batchSize);
    context.onTrial(first);
    const searchEnd = await run.run(begun(() => work.strategy(record, goal, ranking.looksAtSpeed)));
    budget.close();
    const { choice, stoppedBy } = await this.settled(work, run, float, searchEnd);
    const { winner } = choice;
    if (winner === undefined) await withdraw(context.folder);
    const { findings, notes } = stoppedBy === 'cancel' ? unexplained : await this.explained(work, run, winner);
    return tuneResult({
      session,
      goal,
      float: record,
      trials: [first, ...run.rows],
      winner,
      isGoalMissed: run.isGoalMissed,
      others: choice.reasons,
      stoppedBy,
      findings,
      notes: [...(await session.samples()).notes, ...work.notes, ...notes],
      configSha256,
      ms: performance.now() - this.startedAt,
    });
  }

  /** The winner, and how the tuning ended: who stops the last checks gets the best model so far as it is. */
  private async settled<Config>(
    work: TuningWork<Config>,
    run: TuningRun<Config>,
    float: FloatModel,
    stoppedBy: StoppedBy,
  ): Promise<{ readonly choice: Choice; readonly stoppedBy: StoppedBy }> {
    try {
      return { choice: await this.choose(work, run, float, stoppedBy), stoppedBy };
    } catch (thrown) {
      if (!this.context.signal.aborted || stoppedBy === 'cancel') throw thrown;
      return { choice: await this.choose(work, run, float, 'cancel'), stoppedBy: 'cancel' };
    }
  }

  /** What a diagnosis adds to the result; nothing when the person does not wait for it. */
  private async explained<Config>(
    work: TuningWork<Config>,
    run: TuningRun<Config>,
    winner: Winner | undefined,
  ): Promise<Explanation> {
    const { session, context, config } = this;
    const isAboutSpeed = config.tuning.objectives.some(({ name }) => name === 'performance');
    try {
      if (winner === undefined && isAboutSpeed) {
        return { findings: await whyNotFaster(work, run, session, this.working), notes: [] };
      }
      if (winner === undefined) return unexplained;
      if (!config.tuning.diagnosisAfterTuning) return unexplained;
      return { findings: [], notes: await diagnoseWinner(winner, session, context) };
    } catch (thrown) {
      if (!context.signal.aborted) throw thrown;
      return unexplained;
    }
  }

  /** The best model that proves itself in a fresh process; the most accurate one where the goal was missed. */
  private async choose<Config>(
    work: TuningWork<Config>,
    run: TuningRun<Config>,
    float: FloatModel,
    stoppedBy: StoppedBy,
  ): Promise<Choice> {
    const { context } = this;
    const bench = await this.bench(float, this.working);
    const fresh = await this.fresh(this.working);
    const isStopped = stoppedBy === 'cancel';
    const parts: WinnerParts<Config> = {
      run,
      make: (id, trial) => bench.make(id, () => work.build(trial)),
      verify: (modelPath) => fresh.verify(modelPath),
      isFastEnough: (latency) => float.ranking.isFastEnough({ latency }),
      compare:
        float.ranking.looksAtSpeed && !isStopped
          ? (modelPaths) => fresh.compare(modelPaths, float.record.latencyMs)
          : undefined,
      keptOnly: isStopped,
    };
    const choice = await chooseWinner(parts, context);
    if (choice.winner !== undefined || isStopped || !run.isGoalMissed) return choice;
    const missed = await mostAccurate(parts, context, (files) => bench.measure(files));
    return { winner: missed.winner, reasons: [...choice.reasons, ...missed.reasons] };
  }

  private async measureFloat(history: TuningHistory): Promise<FloatModel> {
    const { session, config } = this;
    const evaluator = await session.evaluator();
    const figures = await session.baseline(evaluator);
    const goal = session.goal(figures);
    const meter = await session.meter();
    const record = history.baseline ?? (await this.measuredBaseline(figures, meter));
    if (history.baseline === undefined) history.recordBaseline(record);
    meter.recall(record.latencyMs);
    const unchanged = { ratio: 1, interval: null, verdict: 'within the noise' } as const;
    const float = { ...record, latency: unchanged, gain: 0 };
    // An optimized graph computes the same: its file is wanted, unless it costs time.
    const acceptsEqualSpeed = config.task.kind === 'graph_optimization';
    const ranking = new Ranking(config.tuning.objectives, float, acceptsEqualSpeed);
    return { evaluator, figures, meter, goal, record, ranking };
  }

  private async measuredBaseline(figures: BaselineFigures, meter: LatencyMeter): Promise<BaselineRecord> {
    const { modelPath } = this.session;
    const looksAtFootprint = this.config.tuning.objectives.some(({ name }) => name === 'footprint');
    return {
      values: figures.values,
      samples: figures.samples,
      latencyMs: await meter.baseline(this.context),
      sizeBytes: modelSizeBytes(modelPath),
      ...(looksAtFootprint ? { footprintBytes: await (await this.fresh(this.working)).footprint(modelPath) } : {}),
    };
  }

  private async bench(float: FloatModel, context: ReportingContext): Promise<TrialBench> {
    const { session } = this;
    const { evaluator, meter, goal, figures: baseline, ranking } = float;
    const fresh = await this.fresh(context);
    return new TrialBench(
      {
        evaluator,
        meter,
        goal,
        baseline,
        needsAllSamples: this.config.tuning.strategy !== 'auto',
        dimensions: session.spec.dimensions,
        threads: session.threads,
        ...(ranking.looksAtFootprint ? { footprintOf: (modelPath: string) => fresh.footprint(modelPath) } : {}),
      },
      context,
    );
  }

  private async fresh(context: ReportingContext): Promise<FreshProcess> {
    const { session, config } = this;
    const datasetPath = await session.performanceFile();
    const { modelPath, spec } = session;
    const inputs = { modelPath, datasetPath, performance: config.performance, dimensions: spec.dimensions };
    return new FreshProcess(inputs, context);
  }

  /** A trial that took the whole process with it is a trial that failed, a probe one without an answer. */
  private recordCrash(history: TuningHistory): void {
    const { crash } = this.session.spec;
    const { unfinished, unanswered } = history;
    if (crash === undefined) return;
    if (unanswered !== undefined) history.recordProbe(unanswered, null);
    if (unfinished === undefined) return;
    const { id, key, change, config } = unfinished;
    history.recordEnd({ id, key, change, config, error: crash, elapsedMs: history.elapsedMs });
  }

  private budget(history: TuningHistory): TuningBudget {
    const timeoutS = this.session.spec.timeoutS ?? this.config.tuning.timeoutS;
    const spentMs = history.elapsedMs + performance.now() - this.startedAt;
    return new TuningBudget(this.context.signal, timeoutS === 0 ? undefined : timeoutS * 1000 - spentMs);
  }
}

/** Digest of what decides the trials: more time, another workspace, or a comment in the file leave a history valid. */
function identityOf({ task, model, accuracy, performance, tuning }: TuningConfig): string {
  const unimportant: ReadonlySet<string> = new Set(['timeoutS', 'maxTrials', 'workspacePath']);
  const search = Object.fromEntries(Object.entries(tuning).filter(([key]) => !unimportant.has(key)));
  const text = JSON.stringify({ task, model, accuracy, performance, search }, (_key, value: unknown) =>
    withoutPlace(value),
  );
  return createHash('sha256').update(text).digest('hex');
}

/** Where something is written decides nothing: the line of an entry, and the file a data set is described in. */
function withoutPlace(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const isEntry = 'line' in value && 'column' in value;
  const isData = 'dataset' in value && 'batchSize' in value;
  if (!isEntry && !isData) return value;
  const place: ReadonlySet<string> = new Set(isEntry ? ['line', 'column'] : ['path']);
  return Object.fromEntries(Object.entries(value).filter(([key]) => !place.has(key)));
}
