// The strategy `basic`: all options of the op types, then recipes, then ops falling back to float.
import type { Strategy, TrialRequest } from '../contracts';
import { quantizedNodes, samplingSizesOf } from './choices';
import { opTypeWise } from './opTypeWise';
import { Search } from './search';
import {
  allRecipesStage,
  bestWithSize,
  blockStage,
  dynamicStage,
  fallbackStages,
  singleRecipesStage,
  startStage,
} from './stages';

/**
 * For each sampling size: the start configuration, alphas of SmoothQuant, all recipes (once), the product over op types,
 * static to dynamic, single recipes, blocks, single ops from the output up, and ops accumulated (SYSTEMS §3.3: the order
 * of 1.x with the stages of 2.x). Ends at the first acceptable configuration, as the originals without a timeout.
 */
export const basic: Strategy = function* (context) {
  const search = new Search(context);
  if (search.isEmpty) return;
  for (const [index, samplingSize] of samplingSizesOf(context.space).entries()) {
    if (yield* search.untilAcceptable(stagesFor(search, samplingSize, index === 0))) return;
  }
};

function* stagesFor(search: Search, samplingSize: number, isFirstSize: boolean): Generator<TrialRequest> {
  const { context, choices } = search;
  yield* startStage(search, samplingSize);
  const started = bestWithSize(search, samplingSize);
  if (isFirstSize) yield* allRecipesStage(search, started);
  yield* opTypeWise(context, choices, started);
  yield* dynamicStage(search, bestWithSize(search, samplingSize));
  yield* singleRecipesStage(search, bestWithSize(search, samplingSize));
  const base = bestWithSize(search, samplingSize);
  yield* blockStage(search, base);
  yield* fallbackStages(search, base, [...quantizedNodes(context.space, base)].reverse());
}
