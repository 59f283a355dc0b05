// The trials of a tuning as its job tells them while it runs.
import { join } from 'node:path';
import { readLines } from '../../files/appendLog';
import { jobFiles, parseTrial } from '../../protocol/jobChannel';
import type { TrialRow } from '../../protocol/tuning';

/** Trials of a run so far as its job told them, the given model first; some twice where it went on after a crash. */
export function toldTrials(runFolder: string): readonly TrialRow[] {
  return readLines(join(runFolder, jobFiles.events)).flatMap((event) => {
    const { type, trial } = (event ?? {}) as { type?: unknown; trial?: unknown };
    return type === 'trial' ? [parseTrial(trial)] : [];
  });
}

/** Each trial once, in order. */
export function trialsSoFar(told: readonly TrialRow[]): readonly TrialRow[] {
  return [...new Map(told.map((row) => [row.id, row])).values()].sort((a, b) => a.id - b.id);
}
