// The search behind the trials of an optimization: making a trial that a person took is a run of its own, and searches nothing.
import type { RunSummary } from '../../protocol/runs';
import { historyOf } from '../optimization/earlierHistory';
import { isTuneResult } from '../optimization/optimizationView';
import { jobSpecOf, readResult } from '../runs/runViews';

export interface EndedSearch {
  /** Of the newest session: of the whole run where it ended, else until its last trial. */
  readonly durationMs: number;
  /** What a run could go on with; null where the strategy was through. */
  readonly resume: { readonly trials: number } | null;
}

/** The newest run that searched and measured something, which the newest history is from; undefined for none. */
export async function searchOf(runs: readonly RunSummary[]): Promise<EndedSearch | undefined> {
  for (const run of runs) {
    const history = historyOf(run);
    if (history === undefined || (await chosenTrialOf(run)) !== null) continue;
    const answer = readResult(run.folder);
    const ended = answer !== undefined && isTuneResult(answer) ? answer : undefined;
    return {
      durationMs: ended?.ms ?? history.elapsedMs,
      resume: ended?.stoppedBy === 'strategy' ? null : { trials: history.trials },
    };
  }
  return undefined;
}

/** The trial that a run makes again; null for a run that searches. */
export async function chosenTrialOf(run: RunSummary | undefined): Promise<number | null> {
  const spec = await jobSpecOf(run);
  return spec?.verb === 'tune' ? (spec.chosenTrial ?? null) : null;
}
