// The strategy `mse`: ops fall back in the order of how far their quantized output is from their float one.
import type { Strategy, TrialRequest } from '../contracts';
import { quantizedNodes, samplingSizesOf } from './choices';
import { opTypeWise } from './opTypeWise';
import { Search } from './search';
import { bestWithSize, dynamicStage, fallbackStages, sortedDescending, startStage } from './stages';

/**
 * For each sampling size: the product over op types, static to dynamic, then single and accumulated fallback as `basic`,
 * but the single ones in descending order of their error (SYSTEMS §3.3). Unlike the originals, ops become dynamic only
 * where the approach is `auto`. Ends at the first acceptable configuration.
 */
export const mse: Strategy = async function* (context) {
  const search = new Search(context);
  if (search.isEmpty) return;
  for (const samplingSize of samplingSizesOf(context.space)) {
    if (yield* search.untilAcceptable(firstStages(search, samplingSize))) return;
    const base = bestWithSize(search, samplingSize);
    const errors = await context.probes.opErrors(base);
    const ordered = sortedDescending(quantizedNodes(context.space, base), (node) => sizeOf(errors.get(node)));
    if (yield* search.untilAcceptable(fallbackStages(search, base, ordered))) return;
  }
};

function* firstStages(search: Search, samplingSize: number): Generator<TrialRequest> {
  yield* startStage(search, samplingSize);
  yield* opTypeWise(search.context, search.choices, bestWithSize(search, samplingSize));
  yield* dynamicStage(search, bestWithSize(search, samplingSize));
}

/** An op whose output is not a number any more is worse than all others; one without a figure comes last. */
function sizeOf(error: number | undefined): number {
  if (error === undefined) return -Infinity;
  return Number.isNaN(error) ? Infinity : error;
}
