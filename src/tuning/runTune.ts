// The job `tune`: reads a config.yaml, searches, and offers the best model that keeps its accuracy and pays.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readTuningConfig } from '../config/tuningFile';
import { sha256OfFile } from '../files/fileHash';
import { FolderClaim } from '../files/folderClaim';
import { neighbours, neighbourWarnings } from '../processes/neighbours';
import type { ReportingContext } from '../protocol/jobContext';
import type { StoppedBy, TuneResult, TuneSpec } from '../protocol/tuning';
import { environmentOf } from '../runtime/environment';
import { identityOf } from './configIdentity';
import type { AsyncTrialSteps } from './contracts';
import { FloatModel } from './floatModel';
import { TuningHistory } from './history';
import { conclude } from './result/conclusion';
import { floatRow, tuneResult } from './result/tuningResult';
import { TuningBudget } from './tuningBudget';
import { tuningErrors } from './tuningErrors';
import { TuningRun } from './tuningRun';
import { TuningSession } from './tuningSession';
import { withTuningWork } from './work/openTuningWork';
import type { TuningWork } from './work/tuningWork';

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

/** A strategy that is opened when its first trial is asked for: the time may be up while it is. */
async function* begun<Config>(open: () => ReturnType<TuningWork<Config>['strategy']>): AsyncTrialSteps<void, Config> {
  yield* await open();
}

/** One tuning from the float model's figures to the result. */
class Tuning {
  private readonly history: TuningHistory;
  private readonly budget: TuningBudget;
  private readonly configSha256: string;
  /** The context of what ends when the budget does. */
  private readonly searching: ReportingContext;
  /** Other jobs of the product, as they were found while this one measured. */
  private readonly looks = [neighbours()];

  constructor(
    private readonly session: TuningSession,
    private readonly context: ReportingContext,
    /** The same, for whatever makes files that nobody needs afterwards. */
    private readonly working: ReportingContext,
    private readonly startedAt: number,
  ) {
    const { modelSha256, spec, config } = session;
    this.configSha256 = identityOf(config);
    const identity = { modelSha256, configSha256: this.configSha256, engineVersion: environmentOf(1).engineVersion };
    const path = join(context.folder, 'history.jsonl');
    this.history = TuningHistory.open(path, context.folder, identity, spec.isResumed);
    this.recordCrash();
    const timeoutS = spec.timeoutS ?? config.tuning.timeoutS;
    const spentMs = this.history.elapsedMs + performance.now() - startedAt;
    const budget = new TuningBudget(context.signal, timeoutS === 0 ? undefined : timeoutS * 1000 - spentMs);
    this.budget = budget;
    this.searching = {
      ...working,
      get signal() {
        return budget.signal;
      },
    };
  }

  async run(): Promise<TuneResult> {
    const { session, history, budget } = this;
    try {
      return await withTuningWork(session, history, this.searching, async (work) =>
        this.search(work, await FloatModel.measure(session, history, this.working)),
      );
    } finally {
      budget.close();
    }
  }

  private async search<Config>(work: TuningWork<Config>, float: FloatModel): Promise<TuneResult> {
    const { session, context, working, budget } = this;
    const { goal, record, ranking } = float;
    const run = this.trials(work, float);
    const first = floatRow(record, goal, session.config.performance.batchSize);
    const search = (): Promise<StoppedBy> => run.run(begun(() => work.strategy(record, goal, ranking.looksAtSpeed)));
    const chosen = session.spec.chosenTrial;
    // What was told when it was measured is no news.
    if (chosen === undefined) context.onTrial(first);
    else run.recount(this.history.ended, chosen);
    const stoppedBy = chosen === undefined ? await search() : 'choice';
    budget.close();
    const { notes, isRandom: isRandomData } = await session.samples();
    const conclusion = await conclude({ session, float, work, run, stoppedBy }, context, working);
    return tuneResult({
      session,
      goal,
      float: record,
      trials: [first, ...run.rows],
      isGoalMissed: run.isGoalMissed,
      conclusion: {
        ...conclusion,
        notes: [...neighbourWarnings(this.looks), ...notes, ...work.notes, ...conclusion.notes],
      },
      isRandomData,
      configSha256: this.configSha256,
      ms: performance.now() - this.startedAt,
    });
  }

  private trials<Config>(work: TuningWork<Config>, float: FloatModel): TuningRun<Config> {
    const { session, context, history, budget, searching } = this;
    const { tuning, performance: measured } = session.config;
    const bench = float.bench(searching);
    const fresh = float.fresh(searching);
    return new TuningRun<Config>(
      {
        history,
        goal: float.goal,
        ranking: float.ranking,
        performanceOnly: tuning.performanceOnly,
        maxTrials: session.spec.maxTrials ?? tuning.maxTrials,
        batchSize: measured.batchSize,
        budget,
        make: (id, trial) => bench.make(id, () => work.build(trial)),
        measure: async (files, isPromising) => {
          const figures = await bench.measure(files, isPromising);
          this.looks.push(neighbours());
          return figures;
        },
        verify: (modelPath) => fresh.verify(modelPath),
        onTrial: (row) => context.onTrial(row),
      },
      searching,
    );
  }

  /** A trial that took the whole process with it is a trial that failed, a probe one without an answer. */
  private recordCrash(): void {
    const { history, session } = this;
    const { crash } = session.spec;
    const { unfinished, unanswered } = history;
    if (crash === undefined) return;
    if (unanswered !== undefined) history.recordProbe(unanswered, null);
    if (unfinished === undefined) return;
    const { id, key, change, config } = unfinished;
    history.recordEnd({ id, key, change, config, error: crash, elapsedMs: history.elapsedMs });
  }
}
