// Runs that wait or are under way, and what they forbid.
import type { RunSummary } from '../../protocol/runs';
import type { RunnableKind } from '../../store/records';
import type { Bench } from '../bench';
import { requestErrors } from '../requestErrors';

/** Whether a run waits or is under way. */
export async function isActive(bench: Bench, run: RunSummary): Promise<boolean> {
  const state = await bench.queue.stateOf(run);
  return state === 'queued' || state === 'running';
}

/** Refuses a second run of a thing while one waits or is under way. */
export async function refuseActive(bench: Bench, kind: RunnableKind, id: number): Promise<void> {
  const [newest] = await bench.store.runs(kind, id);
  if (newest === undefined || !(await isActive(bench, newest))) return;
  throw requestErrors.refused(
    'already-running',
    `The ${kind} ${id} waits in the queue or runs already.`,
    'Wait until it has ended, or cancel it.',
  );
}

/**
 * Refuses to change a thing unless its status is null (SYSTEMS §1.3): it was never run, or its newest run was cancelled.
 * A result of an earlier run stays as it is until the next one.
 */
export async function refuseAfterRun(bench: Bench, kind: RunnableKind, id: number): Promise<void> {
  const [newest] = await bench.store.runs(kind, id);
  if (newest === undefined || (await bench.queue.stateOf(newest)) === 'cancelled') return;
  const noun = kind === 'sensitivity' ? 'sensitivity analysis' : kind;
  throw requestErrors.refused('has-run', `Can not modify ${noun} that has been run.`, `Add another ${noun} instead.`);
}

/** Takes all runs of a thing out of the queue and stops the one under way. */
export async function cancelRuns(bench: Bench, kind: RunnableKind, id: number): Promise<void> {
  for (const run of await bench.store.runs(kind, id)) {
    if (await isActive(bench, run)) await bench.queue.cancel(run.folder);
  }
}
