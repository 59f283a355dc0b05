// The strategies by the names they have in a config.
import type { StrategyName } from '../../config/tuningConfig';
import type { Strategy } from '../contracts';
import { auto } from './auto';
import { basic } from './basic';
import { bayesian } from './bayesian';
import { conservative } from './conservative';
import { exhaustive } from './exhaustive';
import { hawqV2 } from './hawqV2';
import { mse } from './mse';
import { mseV2 } from './mseV2';
import { random } from './random';
import { tpe } from './tpe';

const strategies: Readonly<Record<StrategyName, Strategy>> = {
  auto,
  basic,
  mse,
  mse_v2: mseV2,
  conservative,
  random,
  exhaustive,
  bayesian,
  tpe,
  hawq_v2: hawqV2,
};

/** The strategy of that name. */
export function strategyOf(name: StrategyName): Strategy {
  return strategies[name];
}
