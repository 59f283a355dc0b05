// Small tuning configs for tests, and what the checker says about them.
import { checkTuningText } from '../../src/config/tuningFile';
import type { TuningConfig } from '../../src/config/tuningConfig';
import { problemText } from '../../src/config/configProblem';

/** A quantization section that needs nothing else. */
export const calibrated = 'quantization: {calibration: {dataloader: {dataset: {images: p}}}}';

/** The checked config; the file is /w/config.yaml. Throws where there are problems. */
export function checkedConfig(text: string): TuningConfig {
  const { config, problems } = checkTuningText(text, '/w/config.yaml');
  if (config === undefined) throw new Error(problems.map((problem) => problemText('config.yaml', problem)).join('\n'));
  return config;
}

/** Every problem as people read it. */
export function problemsOf(text: string): string[] {
  return checkTuningText(text, '/w/config.yaml').problems.map((problem) => problemText('config.yaml', problem));
}
