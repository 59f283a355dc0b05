// Makes the model of a trial from its configuration.
import { defaultRecipe } from '../../config/recipe';
import type { CalibrationMethod, NodeRecipe, QuantizationRecipe, Ranges, TensorRange } from '../../config/recipe';
import { followingOpTypes, staticOpTypes } from '../../dictionary/quantizableOps';
import { GraphView } from '../../onnx/graphView';
import type { ModelProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';
import { rewriteDynamically } from '../../quantization/dynamic';
import { planQuantization } from '../../quantization/plan';
import { quantizeModel } from '../../quantization/quantizeModel';
import { withProto } from '../../quantization/withProto';
import type { OpConfig, TrialConfig } from '../contracts';
import type { ModelBase, ModelBases } from './modelBases';
import type { RangeCache } from './rangeCache';

/** A rewritten model, and the one its tensors are read from, which whoever made it keeps open. */
export interface BuiltModel {
  readonly proto: ModelProto;
  readonly source: OnnxModel;
}

export interface TrialModel extends BuiltModel {
  /** The float graph it was made from: its tensors have the same names. */
  readonly base: ModelBase;
}

/** Corrects biases or weights of the float graph for what quantizing will do to them. */
export type Correction = (
  base: ModelBase,
  config: TrialConfig,
  recipe: QuantizationRecipe,
  ranges: Ranges,
) => Promise<ModelBase>;

/** What of a recipe is the same for all trials. */
export type FixedRecipe = Pick<QuantizationRecipe, 'reduceRange' | 'nodes'> &
  Partial<Pick<QuantizationRecipe, 'perChannel' | 'weightSymmetric' | 'weightRange'>>;

export class TrialModels {
  constructor(
    private readonly bases: ModelBases,
    private readonly ranges: RangeCache | undefined,
    private readonly fixed: FixedRecipe,
    private readonly correct: Correction,
  ) {}

  /**
   * Throws what quantizing throws; a configuration that quantizes nothing gives the float graph itself.
   */
  async build(config: TrialConfig): Promise<TrialModel> {
    const base = await this.bases.base(config);
    const modes = Object.values(config.ops).map(({ mode }) => mode);
    let { model } = base;
    if (modes.includes('static')) model = await this.quantizedStatically(base, config);
    if (modes.includes('dynamic'))
      model = withProto(model, quantizedDynamically(model, config, this.fixed.reduceRange));
    return { proto: model.proto, source: model, base };
  }

  /** The recipe of the statically quantized part of a configuration. */
  recipe(base: ModelBase, config: TrialConfig): QuantizationRecipe {
    const nodes = base.model.graph.node;
    return {
      ...defaultRecipe,
      format: config.format,
      ...this.fixed,
      opTypes: staticOpTypes,
      excludedNodes: nodes.filter((node) => !isStatic(config, node.name, node.opType)).map(({ name }) => name),
      nodes: joined(nodeRecipes(config), this.fixed.nodes ?? {}),
    };
  }

  private async quantizedStatically(base: ModelBase, config: TrialConfig): Promise<OnnxModel> {
    if (this.ranges === undefined) throw new RangeError('a static configuration without calibration data');
    const recipe = this.recipe(base, config);
    const ranges = await this.rangesFor(base, config, recipe, this.ranges);
    const needsCorrection = config.fastBiasCorrection || config.fullBiasCorrection === true || config.weightCorrection;
    const corrected = needsCorrection ? await this.correct(base, config, recipe, ranges) : base;
    return withProto(
      corrected.model,
      quantizeModel(corrected.model, recipe, ranges, { weightCorrection: config.weightCorrection }).proto,
    );
  }

  /** Each tensor's range as the first quantized node that reads it wants it measured, else as the one that makes it. */
  private async rangesFor(
    base: ModelBase,
    config: TrialConfig,
    recipe: QuantizationRecipe,
    cache: RangeCache,
  ): Promise<Ranges> {
    const { measuredTensors } = planQuantization(base.model, recipe);
    const { rangeEstimator, samplingSize } = config;
    if (rangeEstimator !== undefined) return cache.estimated(base, rangeEstimator, samplingSize, measuredTensors);
    const view = new GraphView(base.model.graph);
    const algorithms = new Map<CalibrationMethod, string[]>();
    for (const tensor of measuredTensors) {
      const readers = view.consumers(tensor).map(({ node }) => node.name);
      const makers = view.producer(tensor)?.name ?? '';
      const algorithm = [...readers, makers]
        .map((name) => algorithmOf(config.ops[name]))
        .find((one) => one !== undefined);
      const list = algorithms.get(algorithm ?? 'minmax');
      if (list === undefined) algorithms.set(algorithm ?? 'minmax', [tensor]);
      else list.push(tensor);
    }
    const ranges = new Map<string, TensorRange>();
    for (const [method, tensors] of algorithms) {
      const how = { method, percentile: config.percentile, samples: config.samplingSize };
      for (const [tensor, range] of await cache.ranges(base, how, tensors)) ranges.set(tensor, range);
    }
    return ranges;
  }
}

function algorithmOf(op: OpConfig | undefined): CalibrationMethod | undefined {
  return op?.mode === 'static' ? op.activationAlgorithm : undefined;
}

/** Ops that only pass values on follow their neighbours and are in no configuration. */
function isStatic(config: TrialConfig, name: string, opType: string): boolean {
  const mode = config.ops[name]?.mode;
  return mode === undefined ? followingOpTypes.has(opType) : mode === 'static';
}

/** Where nodes differ from the recipe's defaults: per-channel weights, zero points within the range. */
function nodeRecipes({ ops }: TrialConfig): Record<string, NodeRecipe> {
  const recipes: Record<string, NodeRecipe> = {};
  for (const [name, op] of Object.entries(ops)) {
    if (op.mode === 'float') continue;
    const recipe: NodeRecipe = {
      ...(op.weightGranularity === 'per_tensor' ? { perChannel: false } : {}),
      ...(op.mode === 'static' && op.activationScheme === 'sym' ? { activationSymmetric: true } : {}),
    };
    if (Object.keys(recipe).length > 0) Object.defineProperty(recipes, name, { value: recipe, enumerable: true });
  }
  return recipes;
}

/** What both say of a node holds for it. */
function joined(
  own: Readonly<Record<string, NodeRecipe>>,
  fixed: Readonly<Record<string, NodeRecipe>>,
): Record<string, NodeRecipe> {
  const names = new Set([...Object.keys(own), ...Object.keys(fixed)]);
  return Object.fromEntries([...names].map((name) => [name, { ...own[name], ...fixed[name] }]));
}

function quantizedDynamically(model: OnnxModel, config: TrialConfig, reduceRange: boolean): ModelProto {
  const isDynamic = (name: string): boolean => config.ops[name]?.mode === 'dynamic';
  const nodes = model.graph.node;
  const recipe: QuantizationRecipe = {
    ...defaultRecipe,
    approach: 'dynamic',
    reduceRange,
    excludedNodes: nodes.filter(({ name }) => !isDynamic(name)).map(({ name }) => name),
    nodes: nodeRecipes(config),
  };
  return rewriteDynamically(model, recipe).proto;
}
