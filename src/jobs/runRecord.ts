// Writes what happens to a run into its run.jsonl.
import { join } from 'node:path';
import { appendLineDurably } from '../files/appendLog';
import { fileErrorOf } from '../files/fileErrors';
import type { FailureRecord } from '../protocol/benchError';
import type { JobOutcome } from '../protocol/jobs';
import { runLogName } from '../protocol/runs';
import type { RunEnd, RunLine } from '../protocol/runs';
import { queueFailures } from './queue/queueErrors';

type LineWithoutTime = RunLine extends infer Line ? (Line extends RunLine ? Omit<Line, 'time'> : never) : never;

/** Appends a line to a run's record; on the disk when it returns. Throws FileError. */
export function recordRun(folder: string, line: LineWithoutTime): void {
  const path = join(folder, runLogName);
  try {
    appendLineDurably(path, { time: new Date().toISOString(), ...line });
  } catch (thrown) {
    throw fileErrorOf(thrown, path);
  }
}

/**
 * The line that ends a run whose job has this outcome. A tuning that is stopped answers with the best it had found: cancelled.
 * A script that ends with another exit code than 0 has failed.
 */
export function endLine(outcome: JobOutcome<unknown>): Extract<LineWithoutTime, { readonly state: RunEnd }> {
  if (outcome.state !== 'success') return outcome;
  const failure = scriptFailure(outcome);
  if (failure !== undefined) return { state: 'error', failure };
  return { state: partOf(outcome.result, 'stoppedBy') === 'cancel' ? 'cancelled' : 'success' };
}

/** Why a script that ran to its end has failed all the same: by its exit code. */
export function scriptFailure(outcome: JobOutcome<unknown>): FailureRecord | undefined {
  const exitCode = outcome.state === 'success' ? partOf(outcome.result, 'exitCode') : undefined;
  return typeof exitCode === 'number' && exitCode !== 0 ? queueFailures.scriptFailed(exitCode) : undefined;
}

function partOf(result: unknown, key: string): unknown {
  return typeof result === 'object' && result !== null ? Reflect.get(result, key) : undefined;
}
