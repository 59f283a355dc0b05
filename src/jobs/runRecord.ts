// Writes what happens to a run into its run.jsonl.
import { join } from 'node:path';
import { appendLineDurably } from '../files/appendLog';
import { fileErrorOf } from '../files/fileErrors';
import type { JobOutcome } from '../protocol/jobs';
import { runLogName } from '../protocol/runs';
import type { RunEnd, RunLine } from '../protocol/runs';

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

/** The line that ends a run whose job has this outcome. A tuning that is stopped answers with the best it had found: cancelled. */
export function endLine(outcome: JobOutcome<unknown>): Extract<LineWithoutTime, { readonly state: RunEnd }> {
  if (outcome.state !== 'success') return outcome;
  const { result } = outcome;
  const isStopped =
    typeof result === 'object' && result !== null && 'stoppedBy' in result && result.stoppedBy === 'cancel';
  return { state: isStopped ? 'cancelled' : 'success' };
}
