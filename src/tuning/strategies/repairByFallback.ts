// Gives a model its accuracy back by leaving single ops float: those first whose 8-bit form harms the outputs most.
import type { AsyncTrialSteps, SearchSpace, TrialConfig, TrialOutcome, TrialSteps } from '../contracts';
import { floatText } from './changes';
import { quantizedNodes, withFloat } from './choices';
import type { Search } from './search';
import { sortedDescending } from './stages';

/** So many ops at most are asked about one by one; of more, those with the largest errors of their own. */
const mostProbes = 96;

/**
 * Ranks the ops by how much error of the outputs goes away when each alone is float, then finds the smallest number of
 * them, in that order, that reaches the goal: doubling, then halving the step (the goal is taken to be reached for good
 * once it is).
 */
export async function* repairedByFallback(search: Search, space: SearchSpace, config: TrialConfig): AsyncTrialSteps {
  const base = search.outcomeOf(config)?.id ?? 0;
  const ranked = await rankedOps(search, space, config);
  let missed = 0;
  let met: number | undefined;
  for (let count = 1; met === undefined && missed < ranked.length; count = Math.min(2 * count, ranked.length)) {
    const outcome = yield* attempt(count);
    if (outcome === undefined || search.keepsAccuracy(outcome)) {
      met = count;
      continue;
    }
    missed = count;
    if (isTooSlow(outcome)) return;
  }
  while (met !== undefined && met - missed > 1) {
    const count = Math.floor((missed + met) / 2);
    const outcome = yield* attempt(count);
    if (outcome !== undefined && search.keepsAccuracy(outcome)) met = count;
    else missed = count;
  }

  function attempt(count: number): TrialSteps<TrialOutcome | undefined> {
    const nodes = ranked.slice(0, count);
    return search.attempt({
      config: withFloat(space, config, nodes),
      change: `trial ${base} where ${floatText(nodes)}`,
    });
  }

  /** More float ops only make it slower. */
  function isTooSlow({ latencyMs }: TrialOutcome): boolean {
    const { looksAtSpeed, baseline } = search.context;
    return looksAtSpeed && latencyMs > Math.min(baseline.latencyMs, search.bestAcceptable?.latencyMs ?? Infinity);
  }
}

async function rankedOps(search: Search, space: SearchSpace, config: TrialConfig): Promise<readonly string[]> {
  const { probes } = search.context;
  const nodes = await mostSuspicious(search, space, config);
  const whole = await probes.outputError(config);
  const relief = new Map<string, number>();
  for (const node of nodes) {
    const reverted = withFloat(space, config, [node]);
    const isLast = quantizedNodes(space, reverted).length === 0;
    relief.set(node, isLast ? whole : whole - (await probes.outputError(reverted)));
  }
  return sortedDescending(nodes, (node) => relief.get(node) ?? -Infinity);
}

async function mostSuspicious(
  { context }: Search,
  space: SearchSpace,
  config: TrialConfig,
): Promise<readonly string[]> {
  const nodes = quantizedNodes(space, config);
  if (nodes.length <= mostProbes) return nodes;
  const errors = await context.probes.opErrors(config);
  return sortedDescending(nodes, (node) => errors.get(node) ?? 0).slice(0, mostProbes);
}
