// What is tuned: by quantization, or by converting the graph. The loop around both is the same.
import type { JobContext } from '../protocol/jobContext';
import type { AccuracyGoal } from './accuracyGoal';
import type { TrialOutcome, TrialRequest } from './contracts';
import type { BaselineRecord, TuningHistory } from './history';
import { QuantizationTuning } from './quantizationTuning';
import { ConversionTuning } from './conversionTuning';
import type { BuiltModel } from './trialModels';
import type { TuningSession } from './tuningSession';

/** Makes the models of trials and knows which to try next. Whoever opened it closes it. */
export interface TuningWork<Config> {
  build(config: Config): Promise<BuiltModel>;
  strategy(
    baseline: BaselineRecord,
    goal: AccuracyGoal,
    looksAtSpeed: boolean,
  ): Promise<AsyncGenerator<TrialRequest<Config>, void, TrialOutcome<Config>>>;
  /** What a person should know of what was done to the model, one sentence each. */
  readonly notes: readonly string[];
  close(): void;
}

/** Opens what the config's task needs, and lets `use` work with it until it is done. */
export async function withTuningWork<Result>(
  session: TuningSession,
  history: TuningHistory,
  context: JobContext,
  use: <Config>(work: TuningWork<Config>) => Promise<Result>,
): Promise<Result> {
  const { task } = session.config;
  if (task.kind !== 'quantization') {
    return closing(new ConversionTuning(session, task.kind, task.conversion, context), use);
  }
  return closing(await QuantizationTuning.open(session, task.quantization, history, context), use);
}

async function closing<Config, Result>(
  work: TuningWork<Config>,
  use: (work: TuningWork<Config>) => Promise<Result>,
): Promise<Result> {
  try {
    return await use(work);
  } finally {
    work.close();
  }
}
