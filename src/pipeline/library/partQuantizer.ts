// Quantizes one part of a model: DefaultQuantization's stages (SYSTEMS §7.6) with the calibrators, recipes and rewriting of
// the tuner.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { OpOptions } from '../../config/tuningConfig';
import { defaultRecipe } from '../../config/recipe';
import type { NodeProto } from '../../onnx/messages';
import { writeModel } from '../../onnx/writeModel';
import type { JobContext } from '../../protocol/jobContext';
import { excludedAfterOptimizing } from '../../quantization/excludedNodes';
import type { OpenModelGraph } from '../../quantization/calibration/tensorFetcher';
import type { SampleSequence } from '../../tuning/accuracy/keptBatches';
import type { OpConfig, OpSpace, SearchSpace, TrialConfig } from '../../tuning/contracts';
import { searchSpaceOf } from '../../tuning/space/searchSpace';
import { ModelBases } from '../../tuning/trials/modelBases';
import { RangeCache } from '../../tuning/trials/rangeCache';
import { RecipeSteps } from '../../tuning/trials/recipeSteps';
import { TrialModels } from '../../tuning/trials/trialModels';
import type { FixedRecipe } from '../../tuning/trials/trialModels';
import { ignoredNodes } from './ignoredScope';
import type { Preset, QuantizationSettings } from './quantizationSettings';

export interface PartRequest {
  readonly path: string;
  readonly name: string | undefined;
  readonly prefix: string;
  readonly samples: SampleSequence;
  readonly settings: QuantizationSettings;
  readonly threads: number;
  readonly open: OpenModelGraph;
  readonly context: JobContext;
}

const float: OpOptions = { weight: { dtype: ['fp32'] }, activation: { dtype: ['fp32'] } };
const free: OpOptions = { weight: {}, activation: {} };

/** Made by `open`; whoever opened it closes it. */
export class PartQuantizer {
  private readonly baseNotes = new Set<string>();

  private constructor(
    private readonly request: PartRequest,
    private readonly bases: ModelBases,
    private readonly ranges: RangeCache,
    private readonly models: TrialModels,
    /** What can be quantized; empty where the script leaves the part out. */
    readonly space: SearchSpace,
  ) {}

  /** Throws what preparing the model throws, and `pipeline-unknown-node` for an ignored node it does not have. */
  static async open(request: PartRequest): Promise<PartQuantizer> {
    const { path, samples, settings, threads, open, context } = request;
    const engine = { threads, dimensions: {} };
    const { threshold, applyForAllNodes: givesBiases } = settings;
    const limits = { ...(threshold === undefined ? {} : { threshold }), givesBiases };
    /** Known before the first graph is reshaped. */
    const free = new Set<string>();
    const steps = new RecipeSteps(samples, samplesOf(request), engine, context, open, limits);
    const bases = new ModelBases(
      path,
      (model, choice) => steps.reshape(model, choice, (node) => free.has(node)),
      context,
      open,
    );
    try {
      const space = await spaceOf(bases, request);
      for (const { node } of space.ops) free.add(node);
      const ranges = new RangeCache(samples, engine, context, open);
      const models = new TrialModels(bases, ranges, fixedRecipe(settings, space), (...given) =>
        steps.correct(...given),
      );
      return new PartQuantizer(request, bases, ranges, models, space);
    } catch (thrown) {
      bases.close();
      throw thrown;
    }
  }

  /** What was remarkable about preparing and aligning the model, and about its ranges. */
  get notes(): readonly string[] {
    return [...this.bases.notes, ...this.baseNotes, ...this.ranges.notes];
  }

  /** Everything quantized with a preset. */
  start(preset: Preset): TrialConfig {
    const { settings } = this.request;
    return {
      fusion: this.space.fusion,
      format: this.space.format,
      equalization: false,
      smoothQuantAlpha: null,
      fastBiasCorrection: settings.useFastBias ?? true,
      ...(settings.useFastBias === false ? { fullBiasCorrection: true } : {}),
      ...(settings.channelAlignment ? { channelAlignment: true } : {}),
      weightCorrection: false,
      samplingSize: samplesOf(this.request),
      percentile: defaultRecipe.calibration.percentile,
      rangeEstimator: settings.estimator(preset),
      ops: Object.fromEntries(this.space.ops.map((op) => [op.node, formOf(op, settings)])),
    };
  }

  /** Writes the model of a configuration into the folder of the work and gives its path. */
  async build(config: TrialConfig): Promise<string> {
    const { folder, signal } = this.request.context;
    const { proto, source, base } = await this.models.build(config);
    for (const note of base.notes) this.baseNotes.add(note);
    const path = join(folder, `model-${randomUUID()}.onnx`);
    await writeModel(path, proto, { tensors: source.tensors, signal, isScratch: true });
    return path;
  }

  close(): void {
    this.bases.close();
  }
}

function samplesOf({ samples, settings }: PartRequest): number {
  return Math.min(settings.statSubsetSize ?? Infinity, samples.length ?? Infinity);
}

function formOf({ staticForms }: OpSpace, { weights }: QuantizationSettings): OpConfig {
  const granularity = weights.isPerChannel ? 'per_channel' : 'per_tensor';
  const form = staticForms.find(({ weightGranularity }) => weightGranularity === granularity) ?? staticForms[0];
  return form ?? { mode: 'float' };
}

/** The space of the nodes that the script leaves to quantization. */
async function spaceOf(bases: ModelBases, { settings, name, prefix }: PartRequest): Promise<SearchSpace> {
  const { model } = await bases.plain('basic');
  const ignored = ignoredNodes(settings.ignored, { name, prefix, nodes: bases.prepared.graph.node });
  const floats = new Set(ignored === undefined ? [] : excludedAfterOptimizing(bases.prepared, model, ignored));
  const section = {
    approach: 'static',
    samplingSizes: [],
    recipes: { smoothQuantAlphas: [] },
    modelWise: free,
    optypeWise: {},
    opWise: [],
  } as const;
  const optionsOf = (node: NodeProto): OpOptions => (ignored === undefined || floats.has(node.name) ? float : free);
  const space = searchSpaceOf(model, 'basic', 'qdq', section, optionsOf, bases.prepared);
  if (!settings.isTransformer) return space;
  // Sums of residual paths, embeddings and the products within attention lose most and save least in 8 bits.
  return { ...space, ops: space.ops.filter(({ isConstantProduct }) => isConstantProduct) };
}

function fixedRecipe({ weights, saturationFix }: QuantizationSettings, { firstOp }: SearchSpace): FixedRecipe {
  const isFirst = saturationFix === 'first_layer' && firstOp !== undefined;
  return {
    reduceRange: saturationFix === 'all',
    weightSymmetric: weights.isSymmetric,
    ...(weights.range === undefined ? {} : { weightRange: weights.range }),
    ...(isFirst ? { nodes: { [firstOp]: { reduceRange: true } } } : {}),
  };
}
