// Tuning details of an optimization in the shape of the API.
import type { OptimizationRecord } from '../../store/records';
import type { TuningHistoryView } from './tuningHistoryView';
import { dateView } from '../views';

export interface TuningDetailsView {
  readonly id: number;
  readonly strategy: string;
  readonly accuracy_criterion_type: string;
  readonly accuracy_criterion_threshold: number;
  readonly multi_objectives: string;
  readonly exit_policy: { readonly timeout: number; readonly max_trials: number };
  readonly random_seed: number;
  readonly created_at: string;
  readonly modified_at: string | null;
}

/** How an optimization searches; null for types that do not. */
export function tuningDetailsView({ id, tuning }: OptimizationRecord): TuningDetailsView | null {
  if (tuning === null) return null;
  return {
    id,
    strategy: tuning.strategy,
    accuracy_criterion_type: tuning.accuracyCriterionType,
    accuracy_criterion_threshold: tuning.accuracyCriterionThreshold,
    multi_objectives: tuning.objective,
    exit_policy: { timeout: tuning.timeoutS, max_trials: tuning.maxTrials },
    random_seed: tuning.randomSeed,
    created_at: dateView(tuning.createdAt),
    modified_at: dateView(tuning.modifiedAt),
  };
}

/** The same with what was found; `history` undefined: nothing yet. */
export function tuningDetailsWithHistory(
  record: OptimizationRecord,
  history: TuningHistoryView | undefined,
): (TuningDetailsView & { readonly tuning_history: ({ readonly id: number } & TuningHistoryView) | null }) | null {
  const details = tuningDetailsView(record);
  if (details === null) return null;
  return { ...details, tuning_history: history === undefined ? null : { id: record.id, ...history } };
}
