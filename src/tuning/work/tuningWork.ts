// What is tuned: by quantization, or by converting the graph. The loop around both is the same.
import type { AccuracyGoal } from '../accuracy/accuracyGoal';
import type { AsyncTrialSteps, TrialSteps } from '../contracts';
import type { BaselineRecord } from '../history';
import type { BuiltModel } from '../trials/trialModels';

/** Makes the models of trials and knows which to try next. Whoever opened it closes it. */
export interface TuningWork<Config> {
  build(config: Config): Promise<BuiltModel>;
  /** Finds mistakes in what the config says of the model, before anything costly is measured. */
  check(): Promise<void>;
  strategy(
    baseline: BaselineRecord,
    goal: AccuracyGoal,
    looksAtSpeed: boolean,
  ): Promise<TrialSteps<void, Config> | AsyncTrialSteps<void, Config>>;
  /** What a person should know of what was done to the model, one sentence each. */
  readonly notes: readonly string[];
  close(): void;
}
