// The loop of a tuning: asks the strategy, measures, remembers, keeps the best. Owns budget, history and best-so-far.
import { rm } from 'node:fs/promises';
import { failureRecordOf } from '../protocol/benchError';
import type { JobContext } from '../protocol/jobContext';
import type { StoppedBy, TrialRow } from '../protocol/tuning';
import type { AccuracyGoal } from './accuracy/accuracyGoal';
import type { AsyncTrialSteps, TrialOutcome, TrialRequest } from './contracts';
import type { TrialMeasure, TrialRecord, TuningHistory } from './history';
import { keyOf } from './configKey';
import type { Ranked, Ranking } from './result/ranking';
import type { IsPromising, TrialFiles } from './trials/trialBench';
import { chosenVerdict, verdictOf } from './result/verdicts';

/** A model that was kept: on disk, and checked in a fresh process. */
export interface KeptModel extends TrialFiles {
  readonly measure: TrialMeasure;
}

export interface RunParts<Config> {
  readonly history: TuningHistory;
  readonly goal: AccuracyGoal;
  readonly ranking: Ranking;
  /** Take what the strategy makes first, without looking at its accuracy. */
  readonly performanceOnly: boolean;
  readonly maxTrials: number;
  /** Samples in one run. */
  readonly batchSize: number;
  /** Aborted when the time is up or the person stops the job. */
  readonly budget: { readonly signal: AbortSignal; stoppedBy(): StoppedBy };
  make(id: number, config: Config): Promise<TrialFiles>;
  measure(files: TrialFiles, isPromising: IsPromising): Promise<TrialMeasure>;
  /** Throws when the model does not load, run and give finite numbers in a fresh process. */
  verify(modelPath: string): Promise<void>;
  onTrial(row: TrialRow): void;
}

export class TuningRun<Config> {
  readonly rows: TrialRow[] = [];
  readonly records: TrialRecord[] = [];
  private best: KeptModel | undefined;
  private readonly configs = new Map<number, Config>();
  private readonly outcomes = new Map<string, TrialOutcome<Config>>();
  private readonly startedAt = performance.now();
  private readonly elapsedBefore: number;

  constructor(
    private readonly parts: RunParts<Config>,
    private readonly context: JobContext,
  ) {
    this.elapsedBefore = parts.history.elapsedMs;
  }

  /** The best acceptable model so far. */
  get kept(): KeptModel | undefined {
    return this.best;
  }

  /** Time spent so far, earlier sessions of the run included. */
  get elapsedMs(): number {
    return this.elapsedBefore + performance.now() - this.startedAt;
  }

  configOf(id: number): Config | undefined {
    return this.configs.get(id);
  }

  /** Runs the strategy to its end, or until the budget is used up. */
  async run(strategy: AsyncTrialSteps<void, Config>): Promise<StoppedBy> {
    const { budget } = this.parts;
    const { signal } = budget;
    try {
      let step = await strategy.next();
      while (step.done !== true) {
        if (signal.aborted) return budget.stoppedBy();
        const known = this.outcomes.get(keyOf(step.value.config));
        if (known === undefined && this.rows.length >= this.parts.maxTrials) return 'max_trials';
        const outcome = known === undefined ? await this.trial(step.value) : { ...known, isRepeated: true };
        if (this.parts.performanceOnly && outcome.error === undefined) return 'strategy';
        step = await strategy.next(outcome);
      }
      return 'strategy';
    } catch (thrown) {
      if (signal.aborted) return budget.stoppedBy();
      throw thrown;
    } finally {
      await strategy.return(undefined).catch(() => undefined);
    }
  }

  /** Takes trials of an earlier session as they are, for a person who chose one of them; no model is made, nothing told. */
  recount(records: readonly TrialRecord[], chosen: number): void {
    let best: TrialMeasure | undefined;
    for (const record of records) {
      const { id, key, config, measure } = record;
      this.records.push(record);
      // What stands in the history is the configuration itself: plain data under the key of its contents.
      if (keyOf(config) === key) this.configs.set(id, config as Config);
      const isKept = measure !== undefined && this.isAcceptable(measure) && this.isBetter(measure, best);
      if (isKept) best = measure;
      const row = this.rowOf(record, isKept);
      this.rows.push(id === chosen ? { ...row, ...chosenVerdict(row) } : row);
    }
  }

  /** Every trial that could be measured was too inaccurate. */
  get isGoalMissed(): boolean {
    const measured = this.records.flatMap(({ measure }) => measure ?? []);
    const isInaccurate = ({ meetsGoal, gain }: TrialMeasure): boolean =>
      !meetsGoal && !(gain >= -this.parts.goal.tolerance);
    return measured.length > 0 && measured.every(isInaccurate);
  }

  /** Acceptable models that were measured whole, best first. */
  acceptable(): { readonly id: number; readonly measure: TrialMeasure }[] {
    const models = this.records.flatMap(({ id, measure }) =>
      measure !== undefined && this.isAcceptable(measure) ? [{ id, measure, ...measure }] : [],
    );
    return this.parts.ranking.sorted(models).map(({ id, measure }) => ({ id, measure }));
  }

  /** Models that are better than the given one but for their accuracy, the most accurate first; of equals the best. */
  inaccurate(): { readonly id: number; readonly measure: TrialMeasure }[] {
    const models = this.records.flatMap(({ id, measure }) =>
      measure !== undefined && this.parts.ranking.beatsFloat(measure) ? [{ id, measure, ...measure }] : [],
    );
    const sorted = this.parts.ranking.sorted(models).map(({ id, measure }) => ({ id, measure }));
    return sorted.sort((one, other) => other.measure.gain - one.measure.gain);
  }

  /** Takes a model out of the running, and its files with it. */
  async dismiss(kept: KeptModel): Promise<void> {
    if (this.best?.id === kept.id) this.best = undefined;
    await rm(kept.folder, { recursive: true, force: true });
  }

  private async trial({ config, change }: TrialRequest<Config>): Promise<TrialOutcome<Config>> {
    const key = keyOf(config);
    const { history } = this.parts;
    const known = history.trial(key);
    const record = known === undefined ? await this.measured(key, config, change) : await this.recall(known, config);
    this.records.push(record);
    this.configs.set(record.id, config);
    this.report(record, this.best?.id === record.id);
    const outcome = outcomeOf(record, config, this.parts.goal, (measure) => this.isAcceptable(measure));
    this.outcomes.set(key, outcome);
    return outcome;
  }

  /** Runs the trial and writes down how it ended; a failure is an end like others. */
  private async measured(key: string, config: Config, change: string): Promise<TrialRecord> {
    const { history } = this.parts;
    const id = history.lastId + 1;
    history.recordStart(id, key, change, config);
    const record = await this.attempt({ id, key, change, config }, config, (files) =>
      this.parts.measure(files, (model) => this.isPromising(model)),
    );
    history.recordEnd(record);
    return record;
  }

  /** Makes and measures a model, and keeps it where it is the best so far. */
  private async attempt(
    trial: Pick<TrialRecord, 'id' | 'key' | 'change' | 'config'>,
    config: Config,
    measure: (files: TrialFiles) => Promise<TrialMeasure>,
  ): Promise<TrialRecord> {
    const { id } = trial;
    const { budget } = this.parts;
    let files: TrialFiles | undefined;
    try {
      files = await this.parts.make(id, config);
      const figures = await measure(files);
      budget.signal.throwIfAborted();
      await this.keepIfBest(figures, files);
      return { ...trial, measure: figures, elapsedMs: this.elapsedMs };
    } catch (thrown) {
      budget.signal.throwIfAborted();
      const { message } = failureRecordOf(thrown);
      this.context.log(`trial ${id} failed: ${thrown instanceof Error ? (thrown.stack ?? message) : message}`);
      return { ...trial, error: message, elapsedMs: this.elapsedMs };
    } finally {
      if (files !== undefined && this.best?.id !== id) await rm(files.folder, { recursive: true, force: true });
    }
  }

  /** Makes the model the best so far where it is; only what passes a check in a fresh process is kept. */
  private async keepIfBest(measure: TrialMeasure, files: TrialFiles): Promise<void> {
    if (!this.isAcceptable(measure) || !this.isBetter(measure)) return;
    await this.parts.verify(files.modelPath);
    if (this.best !== undefined) await rm(this.best.folder, { recursive: true, force: true });
    this.best = { ...files, measure };
  }

  /** A trial of an earlier session: its model is made again where it was the best, and is no longer one if that fails. */
  private async recall(record: TrialRecord, config: Config): Promise<TrialRecord> {
    const { measure, ...trial } = record;
    if (measure === undefined || !this.isAcceptable(measure) || !this.isBetter(measure)) return record;
    return this.attempt(trial, config, () => Promise.resolve(measure));
  }

  private report(record: TrialRecord, isKept: boolean): void {
    const row = this.rowOf(record, isKept);
    this.rows.push(row);
    this.parts.onTrial(row);
  }

  private rowOf(record: TrialRecord, isKept: boolean): TrialRow {
    const { goal } = this.parts;
    const { id, change, measure, error } = record;
    return {
      id,
      change,
      accuracy: measure === undefined ? null : goal.figure(measure.values),
      samples: measure?.samples ?? 0,
      latencyMs: measure?.latencyMs ?? null,
      sizeBytes: measure?.sizeBytes ?? null,
      throughput: measure === undefined ? null : (1000 * this.parts.batchSize) / measure.latencyMs,
      footprintBytes: measure?.footprintBytes ?? null,
      speedup: measure?.latency.ratio ?? null,
      meetsGoal: measure?.meetsGoal ?? false,
      isKept,
      ...verdictOf(record, isKept, this.parts),
      ...(error === undefined ? {} : { error }),
    };
  }

  private isAcceptable(measure: TrialMeasure): boolean {
    const meetsGoal = measure.meetsGoal || this.parts.performanceOnly;
    return meetsGoal && this.parts.ranking.beatsFloat(measure);
  }

  private isBetter(measure: Ranked, best: Ranked | undefined = this.best?.measure): boolean {
    if (best === undefined) return true;
    const rest = { id: 0, ...measure };
    return (
      this.parts.ranking.sorted([
        { ...rest, id: 1 },
        { id: 2, ...best },
      ])[0]?.id === 1
    );
  }

  /** Could it become the best, if it were more accurate than the float model and the best so far? */
  private isPromising(model: Omit<Ranked, 'gain'>): boolean {
    const hopeful = { ...model, gain: Math.max(0, this.best?.measure.gain ?? 0) + 1 };
    if (!this.parts.ranking.beatsFloat(hopeful)) return false;
    return this.isBetter(hopeful);
  }
}

function outcomeOf<Config>(
  { id, measure, error }: TrialRecord,
  config: Config,
  goal: AccuracyGoal,
  isAcceptable: (measure: TrialMeasure) => boolean,
): TrialOutcome<Config> {
  return {
    id,
    config,
    accuracy: measure === undefined ? NaN : goal.figure(measure.values),
    accuracyGain: measure?.gain ?? -Infinity,
    drops: measure === undefined ? goal.goals.map(() => Infinity) : goal.drops(measure.values),
    latencyMs: measure?.latencyMs ?? NaN,
    sizeBytes: measure?.sizeBytes ?? NaN,
    meetsGoal: measure?.meetsGoal ?? false,
    isAcceptable: measure !== undefined && isAcceptable(measure),
    isRepeated: false,
    ...(error === undefined ? {} : { error }),
  };
}
