// What answers say about runs: their state in the words of the API, and the result of the newest that succeeded.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jobFiles } from '../../protocol/jobChannel';
import type { RunState, RunSummary } from '../../protocol/runs';
import type { RunnableKind } from '../../store/records';
import type { Bench } from '../bench';
import { requestErrors } from '../requestErrors';
import { dateView } from '../views';

/** Fields about the newest run; all null for a thing that never ran. */
export interface RunView {
  /** As clients of the originals know it: both waiting and running are `wip`, cancelled is null. */
  readonly status: 'wip' | 'success' | 'error' | null;
  /** The true state. */
  readonly state: RunState | null;
  readonly last_run_at: string | null;
  /** Seconds. */
  readonly duration: number | null;
  readonly log_path: string | null;
  /** Why it failed, in a sentence; null when it did not. */
  readonly failure: string | null;
}

/** The view of a run, or of none. */
export async function runView(bench: Bench, run: RunSummary | undefined): Promise<RunView> {
  if (run === undefined) {
    return { status: null, state: null, last_run_at: null, duration: null, log_path: null, failure: null };
  }
  const state = await bench.queue.stateOf(run);
  return {
    status: statusOf(state),
    state,
    last_run_at: dateView(run.startedAt ?? run.queuedAt),
    duration: secondsOf(run),
    log_path: join(run.folder, jobFiles.output),
    failure: run.failure?.message ?? null,
  };
}

function statusOf(state: RunState): RunView['status'] {
  switch (state) {
    case 'queued':
    case 'running':
      return 'wip';
    case 'success':
    case 'error':
      return state;
    case 'cancelled':
      return null;
  }
}

/** How long a run took, in seconds to the tenth; null before it ended. */
export function secondsOf({ startedAt, endedAt }: RunSummary): number | null {
  if (startedAt === null || endedAt === null) return null;
  return Math.max(0, Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 100) / 10);
}

/** A run and what its job answered. */
export interface RunResult {
  readonly run: RunSummary;
  readonly result: Readonly<Record<string, unknown>>;
}

/**
 * The result of the newest successful run, so that a failed re-run keeps the old one; undefined for none, or when its
 * file cannot be read.
 *
 * @param newest the newest run, if it is known already: mostly it is the one
 */
export async function newestResult(
  bench: Bench,
  kind: RunnableKind,
  id: number,
  newest?: RunSummary,
): Promise<RunResult | undefined> {
  if (newest?.state === 'success') return resultOf(newest);
  const run = (await bench.store.runs(kind, id)).find(({ state }) => state === 'success');
  return run === undefined ? undefined : resultOf(run);
}

async function resultOf(run: RunSummary): Promise<RunResult | undefined> {
  const result = await readResult(run.folder);
  return result === undefined ? undefined : { run, result };
}

/** What the job in a folder answered; undefined when it did not, or the file was damaged. */
export async function readResult(folder: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const outcome = JSON.parse(await readFile(join(folder, jobFiles.result), 'utf8')) as unknown;
    if (typeof outcome !== 'object' || outcome === null || !('state' in outcome) || !('result' in outcome)) return;
    const { state, result } = outcome;
    if (state !== 'success' || typeof result !== 'object' || result === null) return;
    return result as Readonly<Record<string, unknown>>;
  } catch {
    // A run folder is kept as it is found: one without a readable result has none.
    return undefined;
  }
}

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

/** Refuses to change a thing that a result, or a run under way, belongs to; cancelled runs leave nothing behind. */
export async function refuseAfterRun(bench: Bench, kind: RunnableKind, id: number): Promise<void> {
  for (const run of await bench.store.runs(kind, id)) {
    if ((await bench.queue.stateOf(run)) === 'cancelled') continue;
    throw requestErrors.refused('has-run', `Can not modify ${kind} that has been run.`, `Add another ${kind} instead.`);
  }
}

/** Takes all runs of a thing out of the queue and stops the one under way. */
export async function cancelRuns(bench: Bench, kind: RunnableKind, id: number): Promise<void> {
  for (const run of await bench.store.runs(kind, id)) {
    if (await isActive(bench, run)) await bench.queue.cancel(run.folder);
  }
}
