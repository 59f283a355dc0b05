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

/** Strategies of rooms above this one. */
type RegisteredName = 'accuracy_aware';

const strategies: Readonly<Record<Exclude<StrategyName, RegisteredName>, Strategy>> = {
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

const registered = new Map<RegisteredName, Strategy>();

/** Adds a strategy that is made of more than this room has; whoever starts a tuning sees to it. */
export function registerStrategy(name: RegisteredName, strategy: Strategy): void {
  registered.set(name, strategy);
}

/** The strategy of that name. */
export function strategyOf(name: StrategyName): Strategy {
  if (name !== 'accuracy_aware') return strategies[name];
  const strategy = registered.get(name);
  if (strategy === undefined) throw new RangeError(`the strategy ${name} was not registered`);
  return strategy;
}
