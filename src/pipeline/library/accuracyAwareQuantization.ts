// AccuracyAwareQuantization (SYSTEMS §7.7): DefaultQuantization, then layers back to float until the accuracy goal is met.
import { nearestName } from '../../config/nearestName';
import { shuffledOrder } from '../../data/loaders/shuffled';
import type { TrialConfig } from '../../tuning/contracts';
import { biasStage, rangeStage } from '../accuracyAware/hyperparameters';
import { walkText } from '../accuracyAware/report';
import { AccuracyAwareWalk } from '../accuracyAware/walk';
import type { WalkOutcome, WalkParts } from '../accuracyAware/walk';
import { accuracyAwareSettings } from './accuracyAwareSettings';
import type { AccuracyAwareSettings, MetricGoal } from './accuracyAwareSettings';
import { AccuracyJudge } from './accuracyJudge';
import type { JudgedFigure, Verdict } from './accuracyJudge';
import type { Algorithm, AlgorithmWork } from './algorithm';
import type { AccuracyAwareParameters } from './algorithmParameters';
import type { CompressedModel } from './compressedModel';
import { openQuantizer } from './defaultQuantization';
import type { Engine } from './engine';
import type { ModelConfiguration, ModelQuantizer } from './modelQuantizer';
import { pipelineErrors } from './pipelineErrors';
import { BatchSampler } from './samplers';
import { SampleScores } from './sampleScores';

export class AccuracyAwareQuantization implements Algorithm {
  readonly name = 'AccuracyAwareQuantization';
  readonly changesOriginalModel = true;
  private readonly settings: AccuracyAwareSettings;

  /** Throws PipelineError for a parameter that is unknown, or not what it should be. */
  constructor(parameters: AccuracyAwareParameters = {}) {
    this.settings = accuracyAwareSettings(parameters, this.name);
  }

  /**
   * The best model found: one that meets the goal, or the one that comes nearest; the notes say which, and what was reverted.
   * Where the engine has none of the metrics, the model as it is, and a note says so.
   *
   * @throws `pipeline-no-metric` for some metrics that the engine has not, `pipeline-no-sample-values`, both before any work,
   *   and what DefaultQuantization throws
   */
  async run(model: CompressedModel, work: AlgorithmWork): Promise<CompressedModel> {
    const { base } = this.settings;
    const goals = await this.goals(work.engine);
    if (goals.length === 0) {
      work.note(noMetricText(this.settings.metrics, work.engine));
      return model;
    }
    const quantizer = await openQuantizer(model, base, work);
    try {
      const judge = this.judge(model, work);
      const { figures, baseline } = await this.figures(model, goals, judge, work.engine);
      const scores = new SampleScores({ quantizer, judge, figures, baseline });
      const walk = new AccuracyAwareWalk(this.walkParts(quantizer, figures, scores));
      const best = await driven(walk, scores);
      for (const note of [...quantizer.notes, walkText(walk.report)]) work.note(note);
      return await quantizer.build(best);
    } finally {
      await quantizer.close();
    }
  }

  /** The metrics that the goal is about, none without any; checks on one sample that they have values for single samples. */
  private async goals(engine: Engine): Promise<readonly MetricGoal[]> {
    if (this.settings.options.annotationFree !== undefined) return [{ name: 'agreement' }];
    const known = Object.entries(engine.getMetricsAttributes());
    const { metrics } = this.settings;
    const goals: readonly MetricGoal[] = metrics.length > 0 ? metrics : known.map(([name]) => ({ name }));
    const missing = goals.filter(({ name, type }) => {
      const attributes = known.find(([one]) => one === name)?.[1];
      return attributes === undefined || (type !== undefined && attributes.type !== type);
    });
    if (missing.length === goals.length) return [];
    if (missing.length > 0) {
      throw pipelineErrors.noMetric(
        missing.map(({ name }) => name),
        known.map(([name]) => name),
      );
    }
    const sampler = new BatchSampler(engine.dataLoader, { subsetIndices: [0] });
    const { metrics: values, perSample = [] } = await engine.predict({ sampler, metricPerSample: true });
    if (values === null) throw pipelineErrors.noAnnotations();
    const blind = goals.find(({ name }) => !perSample.some(({ metricName }) => metricName === name));
    if (blind !== undefined) throw pipelineErrors.noPerSampleValues(blind.name, 0, 1);
    return goals;
  }

  private judge(float: CompressedModel, { engine, context }: AlgorithmWork): AccuracyJudge {
    const confidence = this.settings.options.annotationFree?.confidence;
    return new AccuracyJudge({ engine, float, context, ...(confidence === undefined ? {} : { confidence }) });
  }

  /** Goals with their baselines: measured, unless all are given; single samples are then those of a part of the data. */
  private async figures(
    model: CompressedModel,
    goals: readonly MetricGoal[],
    judge: AccuracyJudge,
    engine: Engine,
  ): Promise<{ readonly figures: readonly JudgedFigure[]; readonly baseline: Verdict }> {
    const isKnown = goals.every(({ baselineValue }) => baselineValue !== undefined);
    const subset = isKnown ? this.partOfData(engine) : undefined;
    const names = goals.map(({ name }) => name);
    const baseline = await judge.verdict(model, names, 'measuring the float model', subset);
    const { maximalDrop, isRelative } = this.settings;
    const attributes = engine.getMetricsAttributes();
    const figures = goals.map(({ name, baselineValue }, index): JudgedFigure => {
      const value = baselineValue ?? baseline.values[index] ?? NaN;
      const attribute = attributes[name];
      return {
        name,
        baseline: value,
        limit: isRelative ? Math.abs(value) * maximalDrop : maximalDrop,
        isHigherBetter: attribute?.direction !== 'higher-worse',
        comparesOutputs: outputTypes.has(attribute?.type ?? ''),
      };
    });
    if (this.settings.options.annotationFree === undefined) refuseUnknownFigures(figures, baseline);
    return { figures, baseline };
  }

  /** A random part of the samples, in order. */
  private partOfData(engine: Engine): readonly number[] {
    const { length } = engine.dataLoader;
    const count = Math.max(1, Math.ceil(length * this.settings.metricSubsetRatio));
    return [...shuffledOrder(length, this.settings.base.seed).subarray(0, count)].sort((a, b) => a - b);
  }

  private walkParts(
    quantizer: ModelQuantizer,
    figures: readonly JudgedFigure[],
    samples: SampleScores,
  ): WalkParts<ModelConfiguration> {
    const { base, options } = this.settings;
    const { preset } = base;
    return {
      start: { config: quantizer.start(preset), change: `quantized, preset ${preset}` },
      ...(preset === 'performance'
        ? { mixed: { config: quantizer.start('mixed'), change: 'quantized, preset mixed' } }
        : {}),
      variants: [rangeStage, ...(base.useFastBias === undefined ? [biasStage] : [])].map(ofParts),
      groups: quantizer.groups,
      nameOf: (layer) => quantizer.nameOf(layer),
      isQuantized: (config, layer) => quantizer.isQuantized(config, layer),
      reverted: (config, layers) => quantizer.reverted(config, layers),
      figures,
      samples,
      options,
    };
  }
}

/** Says why nothing was done. */
function noMetricText(wanted: readonly MetricGoal[], engine: Engine): string {
  const known = Object.keys(engine.getMetricsAttributes());
  const names = wanted.map(({ name, type }) => (type === undefined ? name : `${name} (${type})`));
  const near = wanted.flatMap(({ name }) => nearestName(name, known) ?? []);
  return [
    'AccuracyAwareQuantization could not find the required metrics',
    names.length > 0 ? ` ${names.join(', ')}` : '',
    known.length > 0 ? ` in the engine, which has ${known.join(', ')}` : ': the engine has none',
    '. The model is returned as it is.',
    near.length > 0 ? ` Did you mean ${near.map((name) => `"${name}"`).join(', ')}?` : '',
  ].join('');
}

/** A drop from what is not a number is none, and would revert layer after layer. */
function refuseUnknownFigures(figures: readonly JudgedFigure[], { perSample }: Verdict): void {
  figures.forEach(({ name, baseline, comparesOutputs }, index) => {
    if (Number.isNaN(baseline)) {
      throw pipelineErrors.metricShape(`The avgValue of "${name}"`, 'NaN for the float model', 'a number');
    }
    const values = [...(perSample[index] ?? [])];
    const [sample] = values.find(([, value]) => Number.isNaN(value)) ?? [];
    if (sample === undefined || comparesOutputs) return;
    const what = `The value of "${name}" for sample ${sample}`;
    throw pipelineErrors.metricShape(what, 'NaN for the float model', 'a number for each sample');
  });
}

/** Kinds of metrics that compare samples with each other, or judge many things in one (SYSTEMS §7.7, step 6). */
const outputTypes: ReadonlySet<string> = new Set([
  ...['cmc', 'reid_map', 'pairwise_accuracy', 'pairwise_accuracy_subsets', 'normalized_embedding_accuracy'],
  ...['face_recognition_tafa_pair_metric', 'localization_recall', 'coco_orig_keypoints_precision'],
  ...['coco_orig_segm_precision', 'coco_keypoints_precision', 'coco_segm_precision', 'spearman_correlation_coef'],
  ...['pearson_correlation_coef'],
]);

/** A stage over all parts of a model at once. */
function ofParts(
  stage: (part: TrialConfig) => readonly TrialConfig[],
): (config: ModelConfiguration) => readonly ModelConfiguration[] {
  return (config) => {
    const variants = config.map(stage);
    const count = Math.max(...variants.map(({ length }) => length));
    return Array.from({ length: count }, (_, index) => config.map((part, at) => variants[at]?.[index] ?? part));
  };
}

/** Walks to the end; the best configuration. */
async function driven(
  walk: AccuracyAwareWalk<ModelConfiguration>,
  scores: { outcome(config: ModelConfiguration, change: string): Promise<WalkOutcome> },
): Promise<ModelConfiguration> {
  const steps = walk.run();
  let step = await steps.next();
  while (step.done !== true) {
    const { config, change } = step.value;
    step = await steps.next(await scores.outcome(config, change));
  }
  const { best } = walk.report;
  if (best === undefined) throw new RangeError('a walk without a step');
  return best;
}
