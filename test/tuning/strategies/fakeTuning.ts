// A model of four ops whose accuracy and latency are sums over its ops, and a runner that answers a strategy.
import type { QuantizedFormat } from '../../../src/config/recipe';
import type { AccuracyAwareOptions, RecipeSwitches, TuningApproach } from '../../../src/config/tuningConfig';
import type {
  Fusion,
  OpConfig,
  OpSpace,
  SearchSpace,
  Strategy,
  StrategyContext,
  TrialConfig,
  TrialOutcome,
  TrialRequest,
} from '../../../src/tuning/contracts';

export const perChannel = {
  mode: 'static',
  activationScheme: 'asym',
  activationAlgorithm: 'minmax',
  weightGranularity: 'per_channel',
} as const;
export const perTensor = { ...perChannel, weightGranularity: 'per_tensor' } as const;
export const percentile = { ...perChannel, activationAlgorithm: 'percentile' } as const;
export const dynamic = { mode: 'dynamic', weightGranularity: 'per_tensor' } as const;

/** An op with constant weights. */
export function opOf(
  node: string,
  opType: string,
  staticForms: OpSpace['staticForms'],
  dynamicForms: OpSpace['dynamicForms'] = [],
): OpSpace {
  return { node, opType, isConstantProduct: true, staticForms, dynamicForms };
}

/** conv1 → conv2 → matmul → pool; Conv has two forms, MatMul may be dynamic, the pool has one form. */
export const fourOps: readonly OpSpace[] = [
  opOf('conv1', 'Conv', [perChannel, perTensor]),
  opOf('conv2', 'Conv', [perChannel, perTensor]),
  opOf('matmul', 'MatMul', [perChannel], [dynamic]),
  { ...opOf('pool', 'MaxPool', [perChannel]), isConstantProduct: false },
];

export function spaceOf(ops: readonly OpSpace[], more: Partial<SearchSpace> = {}): SearchSpace {
  return {
    fusion: 'basic',
    format: 'qdq',
    ops,
    samplingSizes: [100],
    blocks: [],
    linked: ops.map(({ node }) => [node]),
    firstOp: undefined,
    lastOp: undefined,
    prePostOps: [],
    modelNames: new Map(),
    ...more,
  };
}

/** Accuracy lost and time saved by each op that is quantized; an op that is not named costs and saves nothing. */
export interface FakeModel {
  readonly damage?: (node: string, form: OpConfig) => number;
  readonly savedMs?: (node: string, form: OpConfig) => number;
  /** Part of the damage that is left with what a configuration has beside its ops: 1 where nothing helps. */
  readonly leftOver?: (config: TrialConfig) => number;
  /** Milliseconds saved beside those of the ops. */
  readonly savedByWholeMs?: (config: TrialConfig) => number;
  /** Milliseconds below which a model is faster than the float one beyond the noise; that of the float one by default. */
  readonly noiseMs?: number;
  readonly fails?: (config: TrialConfig) => boolean;
}

export const tolerance = 0.01;
const floatAccuracy = 0.8;
const floatLatencyMs = 10;

/** The space at one level of fusion and in one format; undefined where it is the one that was given. */
export type OtherSpaces = (fusion: Fusion, format: QuantizedFormat) => SearchSpace | undefined;

export interface ContextOptions {
  readonly approach?: TuningApproach;
  readonly recipes?: Partial<RecipeSwitches>;
  readonly seed?: number;
  readonly opErrors?: Readonly<Record<string, number>>;
  readonly model?: FakeModel;
  readonly spaces?: OtherSpaces;
  readonly fixed?: StrategyContext['fixed'];
  readonly looksAtSpeed?: boolean;
  /** Answers of the probe for nodes better left float, by level of fusion. */
  readonly placements?: (fusion: Fusion) => readonly (readonly string[])[];
  readonly equalizablePairs?: number;
  readonly accuracyAware?: AccuracyAwareOptions;
  /** What the strategy told. */
  readonly notes?: string[];
}

/** The probe of the output is the damage of the whole configuration, that of the ops is given. */
export function contextOf(space: SearchSpace, options: ContextOptions = {}): StrategyContext {
  const { model = {} } = options;
  return {
    space,
    spaceAt: (fusion, format) => Promise.resolve(options.spaces?.(fusion, format) ?? { ...space, fusion, format }),
    fixed: options.fixed ?? {},
    looksAtSpeed: options.looksAtSpeed ?? true,
    approach: options.approach ?? 'static',
    recipes: { smoothQuantAlphas: [], ...options.recipes },
    seed: options.seed ?? 1978,
    maxTrials: 100,
    baseline: { accuracy: floatAccuracy, latencyMs: floatLatencyMs },
    tolerance,
    accuracyWeight: 1,
    latencyWeight: 1,
    probes: {
      opErrors: () => Promise.resolve(new Map(Object.entries(options.opErrors ?? {}))),
      outputError: (config) => Promise.resolve(damageOf(config, model)),
      placements: ({ fusion }) => Promise.resolve(options.placements?.(fusion) ?? []),
      equalizablePairs: () => Promise.resolve(options.equalizablePairs ?? 0),
    },
    figures: [{ name: 'accuracy', baseline: floatAccuracy, limit: tolerance }],
    samples: {
      hardest: (_config, _figure, count) => Promise.resolve(Array.from({ length: count }, (_, index) => index)),
      score: (config) => Promise.resolve(floatAccuracy - damageOf(config, model)),
    },
    ...(options.accuracyAware === undefined ? {} : { accuracyAware: options.accuracyAware }),
    note: (sentence) => options.notes?.push(sentence),
  };
}

export interface FakeRun {
  readonly requests: readonly TrialRequest[];
  readonly outcomes: readonly TrialOutcome[];
  readonly changes: readonly string[];
  /** What is quantized in each trial, as `node` or `node:form` where it is not the first. */
  readonly quantized: readonly string[];
  /** True when the strategy ended by itself. */
  readonly isEnded: boolean;
}

/** Answers a strategy until it ends or has asked for `limit` trials. */
export async function run(
  strategy: Strategy,
  context: StrategyContext,
  model: FakeModel = {},
  limit = 1000,
): Promise<FakeRun> {
  const search = strategy(context);
  const requests: TrialRequest[] = [];
  const outcomes: TrialOutcome[] = [];
  let step = await search.next();
  while (step.done !== true && requests.length < limit) {
    requests.push(step.value);
    const outcome = outcomeOf(outcomes.length + 1, step.value.config, model);
    outcomes.push(outcome);
    step = await search.next(outcome);
  }
  const isEnded = step.done === true;
  await search.return();
  return {
    requests,
    outcomes,
    changes: requests.map(({ change }) => change),
    quantized: requests.map(({ config }) => summaryOf(config)),
    isEnded,
  };
}

function outcomeOf(id: number, config: TrialConfig, model: FakeModel): TrialOutcome {
  if (model.fails?.(config) === true) {
    const failed = {
      accuracy: NaN,
      accuracyGain: -Infinity,
      drops: [Infinity],
      latencyMs: NaN,
      sizeBytes: NaN,
      error: 'refused',
    };
    return { id, config, ...failed, meetsGoal: false, isAcceptable: false, isRepeated: false };
  }
  const accuracyGain = -damageOf(config, model);
  const latencyMs = floatLatencyMs - sumOver(config, model.savedMs) - (model.savedByWholeMs?.(config) ?? 0);
  // Sums of decimal fractions: the goal is not meant to depend on their last bit.
  const meetsGoal = accuracyGain >= -tolerance - 1e-9;
  return {
    id,
    config,
    accuracy: floatAccuracy + accuracyGain,
    accuracyGain,
    drops: [-accuracyGain],
    latencyMs,
    sizeBytes: 1000,
    meetsGoal,
    isAcceptable: meetsGoal && latencyMs < (model.noiseMs ?? floatLatencyMs),
    isRepeated: false,
  };
}

function damageOf(config: TrialConfig, model: FakeModel): number {
  return sumOver(config, model.damage) * (model.leftOver?.(config) ?? 1);
}

function sumOver(config: TrialConfig, figureOf: FakeModel['damage']): number {
  return Object.entries(config.ops).reduce((sum, [node, form]) => sum + (figureOf?.(node, form) ?? 0), 0);
}

function summaryOf({ ops, samplingSize, smoothQuantAlpha }: TrialConfig): string {
  const names = Object.entries(ops).map(([node, form]) => {
    if (form.mode === 'static' && form.weightGranularity === 'per_channel') {
      return form.activationAlgorithm === 'minmax' ? node : `${node}:${form.activationAlgorithm}`;
    }
    return form.mode === 'static' ? `${node}:tensor` : `${node}:${form.mode}`;
  });
  return [
    names.join(' '),
    ...(samplingSize === 100 ? [] : [`@${samplingSize}`]),
    ...(smoothQuantAlpha === null ? [] : [`smooth ${smoothQuantAlpha}`]),
  ].join(' ');
}
