// The goal that the config of a tuning sets, also while it runs.
import { readConfigText } from '../../config/configText';
import { checkTuningText } from '../../config/tuningFile';
import { isHigherBetter } from '../../dictionary/metrics';
import type { HistoryGoal } from './tuningHistoryView';

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
