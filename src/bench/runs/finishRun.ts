// What has to be done in the bench when a run has ended, before it is told that it has: the process of the queue asks.
import type { RunSubject } from '../../jobs/runQueue';
import type { JobOutcome } from '../../protocol/jobs';
import type { RunSummary } from '../../protocol/runs';
import { openStore } from '../../store/openStore';
import { finishOptimization } from '../optimization/optimizationFinish';

/**
 * Takes the outcome of a run into the records of its subject; other kinds leave nothing but their run folder. Safe to
 * repeat, so that a queue process that was ended half way is followed by one that does it again.
 */
export async function finishRun(
  workspace: string,
  run: RunSummary,
  { kind, id }: RunSubject,
  outcome: JobOutcome<unknown>,
): Promise<void> {
  if (kind !== 'optimization') return;
  await using store = await openStore(workspace);
  await finishOptimization(store, run, id, outcome);
}
