// The strategy `hawq_v2`: ops fall back in the order of how much each alone disturbs the model's output.
import type { Strategy, StrategyContext, TrialConfig } from '../contracts';
import { formIn, quantizedNodes, samplingSizesOf, withForms } from './choices';
import { rankedByOutput } from './outputErrors';
import { Search } from './search';
import { accumulatedFallback, bestWithSize, sortedDescending, startStage } from './stages';

/**
 * For each sampling size: the start configuration, then ops falling back one after another, the most sensitive first
 * and none left out (SYSTEMS §3.3). The original orders them by the Hessian's trace, which takes gradients that an
 * inference engine has not; what the trace stands for is asked directly: the error of the output when one op alone is
 * quantized. Ends at the first acceptable configuration.
 */
export const hawqV2: Strategy = async function* (context) {
  const search = new Search(context);
  if (search.isEmpty) return;
  for (const samplingSize of samplingSizesOf(context.space)) {
    if (yield* search.untilAcceptable(startStage(search, samplingSize))) return;
    const base = bestWithSize(search, samplingSize);
    const ordered = await bySensitivity(context, base);
    if (yield* search.untilAcceptable(accumulatedFallback(search, base, ordered, 1))) return;
  }
};

/** Nodes quantized in `base`, the one whose quantization alone moves the output most first. */
async function bySensitivity({ space, probes }: StrategyContext, base: TrialConfig): Promise<readonly string[]> {
  const float: TrialConfig = { ...base, ops: {} };
  // Of equals the one nearer to the output falls back first, as everywhere.
  const ranked = await rankedByOutput(probes, [...quantizedNodes(space, base)].reverse(), (node) =>
    withForms(space, float, new Map([[node, formIn(base, node)]])),
  );
  return sortedDescending(ranked, ({ error }) => error).map(({ node }) => node);
}
