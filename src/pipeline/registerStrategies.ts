// Gives the tuner the strategies that belong to the pipeline.
import { registerStrategy } from '../tuning/strategies/registry';
import { accuracyAware } from './accuracyAware/strategy';

/** To be called before a tuning begins. */
export function registerPipelineStrategies(): void {
  registerStrategy('accuracy_aware', accuracyAware);
}
