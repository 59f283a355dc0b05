// What is known of a tuning while it runs: its trials so far, and the goal that its config sets.
import { join } from 'node:path';
import { readConfigText } from '../../config/configText';
import { checkTuningText } from '../../config/tuningFile';
import { isHigherBetter } from '../../dictionary/metrics';
import { readLines } from '../../files/appendLog';
import { jobFiles, parseTrial } from '../../protocol/jobChannel';
import type { TrialRow } from '../../protocol/tuning';
import type { HistoryGoal } from './tuningHistoryView';

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

/** The goal of a config as it stands now; undefined when it cannot be read. */
export function goalOfConfig(configPath: string): HistoryGoal | undefined {
  try {
    const { config } = checkTuningText(readConfigText(configPath), configPath);
    if (config === undefined) return undefined;
    const { kind, tolerance, higherIsBetter } = config.tuning.criterion;
    const metric = config.accuracy?.metrics[0];
    const ofMetric = metric === undefined || (metric.higherIsBetter ?? isHigherBetter(metric));
    return { criterion: kind, tolerance, higherIsBetter: higherIsBetter ?? ofMetric };
  } catch {
    // A config that was taken away while its job runs is no reason to lose the message.
    return undefined;
  }
}
