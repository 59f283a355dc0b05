// What has to be done in the bench when a run has ended, before it is told that it has: the process of the queue asks.
import type { RunSubject } from '../../jobs/runQueue';
import type { JobOutcome } from '../../protocol/jobs';
import type { RunSummary } from '../../protocol/runs';
import { openStore } from '../../store/openStore';
import type { Store } from '../../store/store';
import { finishOptimization } from '../optimization/optimizationFinish';

/** Puts what a run of one kind brought about into the store; safe to repeat. */
export type Finisher = (
  store: Store,
  run: RunSummary,
  subjectId: number,
  outcome: JobOutcome<unknown>,
) => Promise<void>;

/** By kind of `RunSubject`; what is not listed leaves nothing but its run folder. */
const finishers: ReadonlyMap<string, Finisher> = new Map([['optimization', finishOptimization]]);

/**
 * Takes the outcome of a run into the records of its subject. Safe to repeat, so that a queue process that was ended
 * half way is followed by one that does it again.
 */
export async function finishRun(
  workspace: string,
  run: RunSummary,
  subject: RunSubject,
  outcome: JobOutcome<unknown>,
): Promise<void> {
  const finish = finishers.get(subject.kind);
  if (finish === undefined) return;
  await using store = await openStore(workspace);
  await finish(store, run, subject.id, outcome);
}
