// Tuning by quantization: search space, trial models and probes for the strategies.
import type { QuantizationSection, RecipeSwitches } from '../../config/tuningConfig';
import type { QuantizedFormat } from '../../config/recipe';
import { fixedBatchSize } from '../../metrics/modelOutputs';
import type { JobContext } from '../../protocol/jobContext';
import { openGraph } from '../../quantization/calibration/openGraph';
import { lacksVnni } from '../speed/cpuTraits';
import type { Fusion, SearchSpace, Strategy, StrategyContext, TrialConfig } from '../contracts';
import type { AccuracyGoal } from '../accuracy/accuracyGoal';
import type { BaselineRecord, TuningHistory } from '../history';
import { ModelBases } from '../trials/modelBases';
import { ModelProbes } from '../trials/modelProbes';
import { nodeOptionsOf } from '../space/nodeOptions';
import { RangeCache } from '../trials/rangeCache';
import { RecipeSteps } from '../trials/recipeSteps';
import type { SampleBatches } from '../accuracy/sampleBatches';
import { unsupportedOptions } from '../space/unsupportedOptions';
import { searchSpaceOf } from '../space/searchSpace';
import { TrialModels } from '../trials/trialModels';
import type { TrialModel } from '../trials/trialModels';
import type { TuningSession } from '../tuningSession';
import { strategyOf } from '../strategies/registry';
import { tuningErrors } from '../tuningErrors';
import type { TuningWork } from './tuningWork';

/** Made by `open`; whoever opened it closes it. */
export class QuantizationTuning implements TuningWork<TrialConfig> {
  private readonly searchNotes = new Set<string>();

  private constructor(
    private readonly session: TuningSession,
    private readonly section: QuantizationSection,
    private readonly bases: ModelBases,
    private readonly models: TrialModels,
    private readonly probes: ModelProbes,
    private readonly ranges: RangeCache,
    private readonly history: TuningHistory,
    private readonly context: JobContext,
  ) {}

  static async open(
    session: TuningSession,
    section: QuantizationSection,
    history: TuningHistory,
    context: JobContext,
  ): Promise<QuantizationTuning> {
    const { threads, modelPath } = session;
    const { dimensions } = session.spec;
    const data = await calibrationData(session, section);
    const settings = { dimensions, threads };
    const steps = new RecipeSteps(data, section.samplingSizes[0] ?? 1, settings, context, openGraph);
    const bases = new ModelBases(modelPath, (model, choice) => steps.reshape(model, choice), context, openGraph);
    const ranges = new RangeCache(data, settings, context, openGraph);
    const models = new TrialModels(bases, ranges, { reduceRange: section.reduceRange ?? lacksVnni() }, (...given) =>
      steps.correct(...given),
    );
    const { confidenceBatches, strategy } = session.config.tuning;
    const batches = strategy === 'auto' ? {} : { batches: confidenceBatches };
    const probes = new ModelProbes({ bases, models, data, history, dimensions, threads, ...batches }, context);
    return new QuantizationTuning(session, section, bases, models, probes, ranges, history, context);
  }

  build(config: TrialConfig): Promise<TrialModel> {
    return this.models.build(config);
  }

  get notes(): readonly string[] {
    return [...unsupportedOptions(this.section), ...this.bases.notes, ...this.ranges.notes, ...this.searchNotes];
  }

  /** Throws `tuning-nothing`, `tuning-unknown-node` and `tuning-unknown-op-type`. */
  async check(): Promise<void> {
    const space = await this.ownSpace();
    if (space.ops.length === 0) throw tuningErrors.nothingToTune(this.session.modelPath, reasonOf(this.section));
  }

  async strategy(baseline: BaselineRecord, goal: AccuracyGoal, looksAtSpeed: boolean): Promise<ReturnType<Strategy>> {
    const context = await this.strategyContext(baseline, goal, looksAtSpeed);
    return strategyOf(this.session.config.tuning.strategy)(context);
  }

  close(): void {
    this.bases.close();
  }

  private async strategyContext(
    baseline: BaselineRecord,
    goal: AccuracyGoal,
    looksAtSpeed: boolean,
  ): Promise<StrategyContext> {
    const { tuning } = this.session.config;
    const { recipes, approach, format } = this.section;
    const fusion = fusionOf(recipes.graphOptimizationLevel);
    const space = await this.ownSpace();
    return {
      space,
      spaceAt: (otherFusion, otherFormat) => this.spaceAt(otherFusion, otherFormat),
      fixed: { ...(format === undefined ? {} : { format }), ...(fusion === undefined ? {} : { fusion }) },
      looksAtSpeed,
      approach,
      recipes,
      seed: tuning.randomSeed,
      maxTrials: tuning.maxTrials,
      baseline: { accuracy: goal.figure(baseline.values), latencyMs: baseline.latencyMs },
      tolerance: goal.tolerance,
      accuracyWeight: tuning.accuracyWeight,
      latencyWeight: tuning.latencyWeight,
      probes: this.probes,
      figures: goal.goals,
      samples: await this.session.hardSamples(
        goal,
        this.history,
        (config) => this.probes.openTrial(config),
        this.context,
      ),
      ...(tuning.accuracyAware === undefined ? {} : { accuracyAware: tuning.accuracyAware }),
      note: (sentence) => this.searchNotes.add(sentence),
    };
  }

  /** The space that strategies start from. */
  private async ownSpace(): Promise<SearchSpace> {
    const { recipes, format } = this.section;
    const fusion = fusionOf(recipes.graphOptimizationLevel) ?? (await this.usualFusion());
    return this.spaceAt(fusion, format ?? 'qdq');
  }

  private async spaceAt(fusion: Fusion, format: QuantizedFormat): Promise<SearchSpace> {
    const { model } = await this.bases.plain(fusion);
    const { prepared } = this.bases;
    const options = nodeOptionsOf(this.section, prepared, model, this.session.config.path);
    return searchSpaceOf(model, fusion, format, this.section, options, prepared);
  }

  /** The originals merge transformers further than other models (SYSTEMS §4.1); `auto` measures both. */
  private async usualFusion(): Promise<Fusion> {
    if (this.session.config.tuning.strategy === 'auto') return 'basic';
    const space = await this.spaceAt('basic', 'qdq');
    return space.blocks.length > 0 ? 'extended' : 'basic';
  }
}

async function calibrationData(session: TuningSession, section: QuantizationSection): Promise<SampleBatches> {
  const fixedBatch = fixedBatchSize(session.float);
  // Dynamic quantization needs no data; probes and latency then look at that of the evaluation.
  const dataset = section.calibration ?? session.accuracy.dataset;
  const limit = Math.max(...section.samplingSizes, 1);
  const data = await session.openData(dataset, { fixedBatch, limit, isShuffled: false, dropsShortBatch: true });
  // The first batch is read again from memory; without one, every trial would fail.
  for await (const _batch of data.batches(session.context.signal, 1)) return data;
  throw tuningErrors.noCalibration(dataset.path);
}

function fusionOf(level: RecipeSwitches['graphOptimizationLevel']): Fusion | undefined {
  switch (level) {
    case undefined:
      return undefined;
    case 'DISABLE_ALL':
      return 'disabled';
    case 'ENABLE_BASIC':
      return 'basic';
    case 'ENABLE_EXTENDED':
      return 'extended';
  }
}

function reasonOf({ approach }: QuantizationSection): string {
  const kinds = { static: 'a static', dynamic: 'a dynamic', auto: 'any' } as const;
  return `it has no node with ${kinds[approach]} 8-bit form that model_wise, optype_wise and op_wise leave free`;
}
