// What every strategy keeps in mind while it searches: what was tried, what came of it, what is best so far.
import type { StrategyContext, TrialConfig, TrialOutcome, TrialRequest, TrialSteps } from '../contracts';
import { keyOf } from '../configKey';
import type { OpChoices } from './choices';
import { opChoicesOf, quantizedNodes, samplingSizesOf } from './choices';

/** The memory of one search; makes no configuration be run twice. */
export class Search {
  readonly choices: readonly OpChoices[];
  private readonly known = new Map<string, TrialOutcome>();
  private mostAccurate: { readonly config: TrialConfig; readonly gain: number } | undefined;

  constructor(readonly context: StrategyContext) {
    this.choices = opChoicesOf(context);
  }

  /** True when the space has nothing to quantize: there is nothing to try. */
  get isEmpty(): boolean {
    return this.choices.length === 0;
  }

  /** The most accurate configuration so far, of equals the latest (SYSTEMS §3.2); undefined while every trial failed. */
  get best(): TrialConfig | undefined {
    return this.mostAccurate?.config;
  }

  /** The best acceptable model so far: the fastest, or where speed does not count the smallest. */
  get bestAcceptable(): TrialOutcome | undefined {
    const cost = this.context.looksAtSpeed
      ? ({ latencyMs }: TrialOutcome): number => latencyMs
      : ({ sizeBytes }: TrialOutcome): number => sizeBytes;
    const acceptable = [...this.known.values()].filter(({ isAcceptable }) => isAcceptable);
    return acceptable.sort((a, b) => cost(a) - cost(b))[0];
  }

  /** What came of a configuration; undefined when it was never tried. */
  outcomeOf(config: TrialConfig): TrialOutcome | undefined {
    return this.known.get(keyOf(config));
  }

  /** Accuracy gained by a configuration; −Infinity when it failed or was never tried. */
  gainOf(config: TrialConfig): number {
    const outcome = this.outcomeOf(config);
    return outcome === undefined ? -Infinity : finiteGain(outcome);
  }

  /** Whether the goal is met, or seems to be: a model that was given up for its speed was not measured to the end. */
  keepsAccuracy({ meetsGoal, accuracyGain }: TrialOutcome): boolean {
    return meetsGoal || accuracyGain >= -this.context.tolerance;
  }

  /**
   * Tries a configuration, or answers from memory when it was tried before.
   *
   * @returns its outcome; undefined for one in which every op is float, which is the model that was given.
   */
  *attempt(request: TrialRequest): TrialSteps<TrialOutcome | undefined> {
    const { space } = this.context;
    if (quantizedNodes(space, request.config).length === 0) return undefined;
    const known = this.outcomeOf(request.config);
    if (known !== undefined) return known;
    const outcome = yield { config: request.config, change: this.withSamples(request) };
    this.known.set(keyOf(request.config), outcome);
    const gain = finiteGain(outcome);
    if (gain > -Infinity && gain >= (this.mostAccurate?.gain ?? -Infinity)) {
      this.mostAccurate = { config: request.config, gain };
    }
    return outcome;
  }

  /**
   * Tries one after another until one is acceptable. `requests` may be a generator that looks at what came of the ones
   * before: it is asked for the next one only then.
   *
   * @returns whether an acceptable one was found.
   */
  *untilAcceptable(requests: Iterable<TrialRequest>): TrialSteps<boolean> {
    for (const request of requests) {
      const outcome = yield* this.attempt(request);
      if (outcome?.isAcceptable === true) return true;
    }
    return false;
  }

  private withSamples({ config, change }: TrialRequest): string {
    if (samplingSizesOf(this.context.space).length === 1) return change;
    return `${change}, ${config.samplingSize} calibration samples`;
  }
}

/** A metric that gave NaN is worth no more than a trial that failed. */
function finiteGain({ accuracyGain }: TrialOutcome): number {
  return Number.isNaN(accuracyGain) ? -Infinity : accuracyGain;
}
