// The goal that the config of a tuning sets, also while it runs.
import { readConfigText } from '../../config/configText';
import { checkTuningText } from '../../config/tuningFile';
import { isMadeUp } from '../../dictionary/madeUpData';
import { isHigherBetter } from '../../dictionary/metrics';
import type { HistoryGoal } from './tuningHistoryView';

/** What a config wants to reach. */
export interface ConfigGoal extends HistoryGoal {
  /** Names. */
  readonly metrics: readonly string[];
  readonly objectives: readonly string[];
  /** Whether the samples are made up, so that accuracy says how often two models agree on noise. */
  readonly isRandomData: boolean;
}

/** The goal of a config as it stands now; undefined when it cannot be read. */
export function goalOfConfig(configPath: string): ConfigGoal | undefined {
  try {
    const { config } = checkTuningText(readConfigText(configPath), configPath);
    if (config === undefined) return undefined;
    const { criterion, objectives } = config.tuning;
    const metrics = config.accuracy?.metrics ?? [];
    const [first] = metrics;
    const ofMetric = first === undefined || (first.higherIsBetter ?? isHigherBetter(first));
    const { accuracy, task } = config;
    const data = accuracy?.dataset ?? (task.kind === 'quantization' ? task.quantization.calibration : undefined);
    return {
      criterion: criterion.kind,
      tolerance: criterion.tolerance,
      higherIsBetter: criterion.higherIsBetter ?? ofMetric,
      metrics: metrics.map(({ name }) => name),
      objectives: objectives.map(({ name }) => name),
      isRandomData: data !== undefined && isMadeUp(data.dataset.name),
    };
  } catch {
    // A config that was taken away while its job runs is no reason to lose the message, or the page.
    return undefined;
  }
}
