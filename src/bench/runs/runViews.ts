// What answers say about runs: their state in the words of the API, and the result of the newest that succeeded.
import { join } from 'node:path';
import { readJobFile } from '../../processes/jobFile';
import { readOutcome } from '../../processes/jobOutcome';
import { jobFiles } from '../../protocol/jobChannel';
import type { JobSpec } from '../../protocol/jobs';
import type { RunState, RunSummary } from '../../protocol/runs';
import type { RunnableKind } from '../../store/records';
import type { Bench } from '../bench';
import { isPlainObject } from '../requestReader';
import type { PlainObject } from '../requestReader';
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

/** Of a run that nobody works on any more, until the next process of the queue records how it ended. */
export const unrecordedFailure = 'The process that ran it is gone, and has not left word why.';

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
    failure: state === 'error' ? (run.failure?.message ?? unrecordedFailure) : null,
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

/** What the job of a run was asked to do; undefined for no run, and where the record of the job is damaged. */
export async function jobSpecOf(run: RunSummary | undefined): Promise<JobSpec | undefined> {
  try {
    return run && (await readJobFile(run.folder)).spec;
  } catch {
    return undefined;
  }
}

/** A run and what its job answered. */
export interface RunResult {
  readonly run: RunSummary;
  readonly result: PlainObject;
}

/**
 * The result of the newest successful run, so that a failed re-run keeps the old one; undefined for none, or when its
 * file cannot be read.
 *
 * @param newest the newest run; undefined for a thing that never ran
 */
export async function newestResult(
  bench: Bench,
  kind: RunnableKind,
  id: number,
  newest: RunSummary | undefined,
): Promise<RunResult | undefined> {
  if (newest === undefined) return undefined;
  const isSuccess = ({ state }: RunSummary): boolean => state === 'success';
  const run = isSuccess(newest) ? newest : (await bench.store.runs(kind, id)).find(isSuccess);
  const result = run && readResult(run.folder);
  return run && result && { run, result };
}

/** What the job in a folder answered; undefined when it did not succeed, or the file was damaged. */
export function readResult(folder: string): PlainObject | undefined {
  const outcome = readOutcome(folder);
  return outcome?.state === 'success' && isPlainObject(outcome.result) ? withLabels(outcome.result) : undefined;
}

/** Runs of older versions left layers without a label: tables called them by their nodes. */
function withLabels(result: PlainObject): PlainObject {
  const { layers } = result;
  if (!Array.isArray(layers)) return result;
  const labelled = layers.map((layer: unknown) =>
    isPlainObject(layer) && 'node' in layer ? { label: layer['node'], ...layer } : layer,
  );
  return { ...result, layers: labelled };
}
