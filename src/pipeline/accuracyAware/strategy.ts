// The tuning strategy `accuracy_aware`: the walk over the search space of a config.
import type { AccuracyAwareOptions } from '../../config/tuningConfig';
import { defaultEstimator } from '../../quantization/estimators/rangeEstimator';
import type { RangeEstimator } from '../../quantization/estimators/rangeEstimator';
import type { Strategy, StrategyContext, TrialConfig, TrialRequest } from '../../tuning/contracts';
import { wholeText } from '../../tuning/strategies/changes';
import { quantizedNodes, samplingSizesOf, startConfig, withFloat } from '../../tuning/strategies/choices';
import { Search } from '../../tuning/strategies/search';
import { biasStage, rangeStage } from './hyperparameters';
import { walkText } from './report';
import { AccuracyAwareWalk } from './walk';
import type { WalkParts } from './walk';

/**
 * The base algorithm is DefaultQuantization: channels aligned, its range estimators, fast bias correction unless the config
 * says otherwise.
 */
export const accuracyAware: Strategy = async function* (context) {
  const search = new Search(context);
  if (search.isEmpty) return;
  for (const samplingSize of samplingSizesOf(context.space)) {
    const walk = new AccuracyAwareWalk(partsOf(search, samplingSize));
    try {
      yield* walk.run();
    } finally {
      // Also when the time is up in the middle of it.
      context.note(walkText(walk.report));
    }
    if (walk.report.end === 'goal') return;
  }
};

function partsOf(search: Search, samplingSize: number): WalkParts<TrialConfig> {
  const { context } = search;
  const { space, figures, samples } = context;
  const options = optionsOf(context);
  const whole = baseConfig(search, samplingSize);
  const isStatic = Object.values(whole.ops).some(({ mode }) => mode === 'static');
  const withRanges = (mode: RangeEstimator['mode']): TrialConfig =>
    isStatic ? { ...whole, channelAlignment: true, rangeEstimator: defaultEstimator(mode) } : whole;
  const start = withRanges(options.preset === 'performance' ? 'symmetric' : 'asymmetric');
  const isMixedNew = isStatic && options.preset === 'performance';
  const free = new Set(search.choices.map(({ node }) => node));
  return {
    start: requested(context, start, options.preset),
    ...(isMixedNew ? { mixed: requested(context, withRanges('asymmetric'), 'mixed') } : {}),
    variants: isStatic ? variantsOf(context) : [],
    groups: space.linked.map((group) => group.filter((node) => free.has(node))).filter((group) => group.length > 0),
    nameOf: (layer) => space.modelNames.get(layer) ?? layer,
    isQuantized: (config, layer) => Object.hasOwn(config.ops, layer),
    reverted: (config, layers) => withFloat(space, config, layers),
    figures,
    samples,
    options,
  };
}

function optionsOf({ accuracyAware: options }: StrategyContext): AccuracyAwareOptions {
  if (options === undefined) throw new RangeError('the strategy accuracy_aware without its options');
  return options;
}

function baseConfig({ context, choices }: Search, samplingSize: number): TrialConfig {
  const config = startConfig(context, choices, samplingSize);
  return { ...config, fastBiasCorrection: context.recipes.fastBiasCorrection ?? true };
}

function requested({ space }: StrategyContext, config: TrialConfig, preset: string): TrialRequest {
  const isWhole = quantizedNodes(space, config).length === Object.keys(config.ops).length;
  return { config, change: `${isWhole ? wholeText(space, config) : 'quantized'}, preset ${preset}` };
}

/** Stages of hyperparameters: range estimators, then bias correction where the config leaves it open. */
function variantsOf({ recipes }: StrategyContext): WalkParts<TrialConfig>['variants'] {
  return recipes.fastBiasCorrection === undefined ? [rangeStage, biasStage] : [rangeStage];
}
