// The strategy `mse_v2`: the output's error says which op to leave float next, and which one to quantize again.
import type { AsyncTrialSteps, Strategy, TrialConfig } from '../contracts';
import { floatText, requantizedText } from './changes';
import { formIn, quantizedNodes, samplingSizesOf, withFloat, withForms } from './choices';
import { rankedByOutput } from './outputErrors';
import { Search } from './search';
import { bestWithSize, dynamicStage, startStage } from './stages';

/**
 * For each sampling size: the start configuration, static to dynamic, then op after op back to float until the accuracy
 * goal is met, then op after op quantized again as long as it still is (SYSTEMS §3.3). One evaluation of the metric a
 * step; what is asked of the output for every op costs a few batches each. Ends when a size led to an acceptable
 * configuration.
 */
export const mseV2: Strategy = async function* (context) {
  const search = new Search(context);
  if (search.isEmpty) return;
  for (const samplingSize of samplingSizesOf(context.space)) {
    if (yield* stepsFor(search, samplingSize)) return;
  }
};

/** Where the walk stands: ops that were quantized at its start and are float now, in the order they became so. */
interface Position {
  readonly config: TrialConfig;
  readonly float: readonly string[];
}

/** @returns whether it led to an acceptable configuration. */
async function* stepsFor(search: Search, samplingSize: number): AsyncTrialSteps<boolean> {
  if (yield* search.untilAcceptable(startStage(search, samplingSize))) return true;
  if (yield* search.untilAcceptable(dynamicStage(search, bestWithSize(search, samplingSize)))) return true;
  const start = bestWithSize(search, samplingSize);
  // Fewer quantized ops are a way to the goal, not to speed: nothing is left to do where it is met.
  if (search.outcomeOf(start)?.meetsGoal === true) return false;
  const reached = yield* revertUntilGoal(search, start);
  if (reached === undefined) return false;
  const settled = yield* quantizeAgain(search, start, reached);
  return settled || search.outcomeOf(reached.config)?.isAcceptable === true;
}

/** @returns where the goal was met; undefined where it never was. */
async function* revertUntilGoal(search: Search, start: TrialConfig): AsyncTrialSteps<Position | undefined> {
  const { space, probes } = search.context;
  let position: Position = { config: start, float: [] };
  for (;;) {
    const { config } = position;
    const quantized = quantizedNodes(space, config);
    // The last one is never reverted: that is the model that was given.
    if (quantized.length <= 1) return undefined;
    const [next] = await rankedByOutput(probes, quantized, (node) => withFloat(space, config, [node]));
    if (next === undefined) return undefined;
    position = { config: next.config, float: [...position.float, next.node] };
    const outcome = yield* search.attempt({ config: next.config, change: floatText(position.float) });
    if (outcome?.meetsGoal === true) return position;
  }
}

/**
 * Goes on while the goal is met, more than one op is float, and there is a set of float ops that was not tried yet.
 *
 * @returns whether one of these configurations was acceptable.
 */
async function* quantizeAgain(search: Search, start: TrialConfig, reached: Position): AsyncTrialSteps<boolean> {
  const { space, probes } = search.context;
  let position = reached;
  let isSettled = false;
  while (position.float.length > 1) {
    const { config, float } = position;
    const quantizedAgain = (node: string): TrialConfig =>
      withForms(space, config, new Map([[node, formIn(start, node)]]));
    const untried = float.filter((node) => search.outcomeOf(quantizedAgain(node)) === undefined);
    const [next] = await rankedByOutput(probes, untried, quantizedAgain);
    if (next === undefined) break;
    position = { config: next.config, float: float.filter((node) => node !== next.node) };
    const outcome = yield* search.attempt({ config: next.config, change: requantizedText(next.node) });
    isSettled ||= outcome?.isAcceptable === true;
    if (outcome?.meetsGoal !== true) break;
  }
  return isSettled;
}
