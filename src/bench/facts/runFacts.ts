// A run as facts: what its log says, with the state that really holds.
import type { RunFacts } from '../../protocol/facts';
import type { RunSummary } from '../../protocol/runs';
import { isRunEnd } from '../../protocol/runs';
import type { Bench } from '../bench';
import { unrecordedFailure } from '../runs/runViews';

/** The facts of a run. Only of one that is said to go on are the queue's files looked at. */
export async function runFacts(bench: Bench, run: RunSummary): Promise<RunFacts> {
  const state = isRunEnd(run.state) ? run.state : await bench.queue.stateOf(run);
  const { name, folder, queuedAt, startedAt, endedAt } = run;
  const lost = state === 'error' ? { code: 'run-lost', message: unrecordedFailure } : null;
  return { name, folder, state, queuedAt, startedAt, endedAt, failure: run.failure ?? lost };
}

/** The same for the newest run of a thing; null for one that never ran. */
export async function newestRunFacts(bench: Bench, run: RunSummary | undefined): Promise<RunFacts | null> {
  return run === undefined ? null : await runFacts(bench, run);
}
