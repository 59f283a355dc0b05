// What is known of a tuning while it runs: its trials so far, and the goal that its config sets.
import { join } from 'node:path';
import { readConfigText } from '../config/configText';
import { checkTuningText } from '../config/tuningFile';
import { isErrorMetric } from '../dictionary/metrics';
import { readLines } from '../files/appendLog';
import type { TrialRow } from '../protocol/tuning';
import type { HistoryGoal } from './tuningHistoryView';

/** Trials of a run up to one that has just ended, the given model first. */
export function trialsUpTo(runFolder: string, last: TrialRow): readonly TrialRow[] {
  const earlier = new Map<number, TrialRow>();
  for (const row of readLines(join(runFolder, 'trials.jsonl')) as TrialRow[]) {
    // A tuning that went on after a crash tells its trials again.
    if (row.id < last.id) earlier.set(row.id, row);
  }
  return [...[...earlier.values()].sort((a, b) => a.id - b.id), last];
}

/** The goal of a config as it stands now; undefined when it cannot be read. */
export function goalOfConfig(configPath: string): HistoryGoal | undefined {
  try {
    const { config } = checkTuningText(readConfigText(configPath), configPath);
    if (config === undefined) return undefined;
    const { kind, tolerance, higherIsBetter } = config.tuning.criterion;
    const metric = config.accuracy?.metrics[0];
    const isHigherBetter = metric === undefined || (metric.higherIsBetter ?? !isErrorMetric(metric.name));
    return { criterion: kind, tolerance, higherIsBetter: higherIsBetter ?? isHigherBetter };
  } catch {
    // A config that was taken away while its job runs is no reason to lose the message.
    return undefined;
  }
}
