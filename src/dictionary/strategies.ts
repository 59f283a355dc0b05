// The search strategies of the tuner (SYSTEMS §3.3), with help; data only.

/** A strategy as completion, hover and the schema show it. */
export interface StrategyEntry {
  readonly name: string;
  readonly title: string;
  readonly help: string;
}

/** Every strategy that can be chosen, the default first. */
export const strategyEntries = [
  {
    name: 'auto',
    title: 'Automatic',
    help: 'Measures which 8-bit forms are fast on this machine, then finds the cheapest way to keep their accuracy.',
  },
  {
    name: 'basic',
    title: 'Basic',
    help: 'Tries the options of each op type, then leaves ops float one by one and together, in order of what that gains.',
  },
  {
    name: 'mse',
    title: 'Mean squared error',
    help: 'As basic, but leaves ops float in the order of the error between their float and their 8-bit output.',
  },
  {
    name: 'mse_v2',
    title: 'Mean squared error, second version',
    help: 'Leaves the op float whose return helps the output of the model most, until the goal is met; then tries to take back what was not needed.',
  },
  {
    name: 'conservative',
    title: 'Conservative',
    help: 'Starts with the float model and quantizes one family of ops after the other, keeping what meets the goal.',
  },
  {
    name: 'random',
    title: 'Random',
    help: 'Draws a form for each op at random; the seed makes two runs equal.',
  },
  {
    name: 'exhaustive',
    title: 'Exhaustive',
    help: 'Tries every combination of the forms of every op, in order; only for very small models.',
  },
  {
    name: 'bayesian',
    title: 'Bayesian',
    help: 'Learns from the trials where accuracy is to be expected (Gaussian process) and tries there.',
  },
  {
    name: 'tpe',
    title: 'Tree-structured Parzen estimator',
    help: 'Learns which forms good trials have in common, weighing accuracy against latency.',
  },
  {
    name: 'hawq_v2',
    title: 'Hessian-aware',
    help: 'Leaves ops float in the order of how strongly quantizing each alone disturbs the output of the model.',
  },
  {
    name: 'accuracy_aware',
    title: 'Accuracy-aware',
    help: 'Quantizes everything, then reverts layers to float that harm the hardest samples most, those with shared inputs together, until the goal is met.',
  },
] as const satisfies readonly StrategyEntry[];

/** Strategies of Neural Compressor that do not exist here, each with the reason. */
export const refusedStrategies: Readonly<Record<string, string>> = {
  sigopt:
    'The strategy sigopt asks an external service for each trial; nothing here uses the network. Take bayesian or tpe.',
  automixedprecision:
    'graph_optimization and mixed_precision fall back op by op by themselves; they need no strategy automixedprecision.',
};
