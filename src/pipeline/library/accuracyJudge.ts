// Measures models for AccuracyAwareQuantization with the engine and the metric of the script (SYSTEMS §7.7).
import { readModel } from '../../onnx/readModel';
import type { Tensor } from '../../onnx/tensor';
import type { ModelOutputs } from '../../metrics/contracts';
import { createMetric } from '../../metrics/registry';
import { cosineDistance } from '../../tuning/accuracy/hardSamples';
import type { GoalFigure } from '../../tuning/contracts';
import type { JobContext } from '../../protocol/jobContext';
import type { CompressedModel } from './compressedModel';
import type { Engine } from './engine';
import { prefixOf } from './partNames';
import { pipelineErrors } from './pipelineErrors';
import { createSampler } from './samplers';

/** A figure of the goal, and which way is better. */
export interface JudgedFigure extends GoalFigure {
  readonly isHigherBetter: boolean;
  /** The values of single samples say nothing: outputs are compared instead. */
  readonly comparesOutputs: boolean;
}

/** What was measured of a model. */
export interface Verdict {
  /** One for each figure. */
  readonly values: readonly number[];
  /** For each figure its value by sample; samples that do not count are absent. */
  readonly perSample: readonly ReadonlyMap<number, number>[];
}

export interface JudgeParts {
  readonly engine: Engine;
  readonly float: CompressedModel;
  readonly context: JobContext;
  /** Compare with the float model's answers instead of annotations, where it is this sure of them. */
  readonly confidence?: number;
}

/** Asks the engine; keeps the float model's outputs where they are compared with. */
export class AccuracyJudge {
  private floatOutputs: Promise<ReadonlyMap<number, ModelOutputs>> | undefined;

  constructor(private readonly parts: JudgeParts) {}

  /**
   * The figures of a model over some samples, all unless told.
   *
   * @throws `pipeline-no-annotations` where there is nothing to compare with, and what engine and metric throw
   */
  async verdict(
    model: CompressedModel,
    names: readonly string[],
    phase: string,
    samples?: readonly number[],
  ): Promise<Verdict> {
    if (this.parts.confidence !== undefined) return this.agreement(model, phase, samples);
    const { engine } = this.parts;
    const sampler = createSampler(engine.dataLoader, samples ?? null);
    await engine.setModel(model);
    const onProgress = this.progress(phase);
    const { metrics, perSample = [] } = await engine.predict({ sampler, metricPerSample: true, onProgress });
    if (metrics === null) throw pipelineErrors.noAnnotations();
    const ofFigure = (name: string): ReadonlyMap<number, number> =>
      new Map(
        perSample.filter(({ metricName }) => metricName === name).map(({ sampleId, result }) => [sampleId, result]),
      );
    return { values: names.map((name) => metrics[name] ?? NaN), perSample: names.map(ofFigure) };
  }

  /** How far a model's outputs turn away from the float model's, by sample. */
  async distances(model: CompressedModel, phase: string): Promise<ReadonlyMap<number, number>> {
    const expected = await this.expected();
    const found = await this.outputs(model, phase);
    return new Map([...found].map(([index, outputs]) => [index, cosineDistance(outputs, expected.get(index) ?? {})]));
  }

  /** Share of answers that equal the float model's. */
  private async agreement(model: CompressedModel, phase: string, samples?: readonly number[]): Promise<Verdict> {
    const expected = await this.expected();
    const metric = createMetric('agreement', { confidence: this.parts.confidence ?? 0 });
    const perSample = new Map<number, number>();
    for (const [index, outputs] of await this.outputs(model, phase, samples)) {
      metric.reset();
      metric.update(outputs, [undefined], expected.get(index) ?? {});
      const [value] = metric.value['agreement'] ?? [];
      if (value !== undefined) perSample.set(index, value);
    }
    const sum = [...perSample.values()].reduce((total, value) => total + value, 0);
    return { values: [sum / perSample.size], perSample: [perSample] };
  }

  private expected(): Promise<ReadonlyMap<number, ModelOutputs>> {
    this.floatOutputs ??= this.outputs(this.parts.float, 'asking the float model');
    return this.floatOutputs;
  }

  /** The outputs of the last part, by sample. */
  private async outputs(
    model: CompressedModel,
    phase: string,
    samples?: readonly number[],
  ): Promise<ReadonlyMap<number, ModelOutputs>> {
    const { engine } = this.parts;
    const last = model.models.length - 1;
    const names = outputNames(model.models[last]?.path ?? '');
    const keys = names.map((name) => `${prefixOf(model, last)}${name}`);
    const values = { values: (tensor: Tensor): Tensor => tensor };
    const sampler = createSampler(engine.dataLoader, samples ?? null);
    await engine.setModel(model);
    const { statistics } = await engine.predict({
      statisticsLayout: Object.fromEntries(keys.map((key) => [key, values])),
      sampler,
      onProgress: this.progress(phase),
    });
    const indexes = [...sampler.indexes].sort((a, b) => a - b);
    const outputsAt = (place: number): ModelOutputs =>
      Object.fromEntries(
        names.flatMap((name, output) => {
          const value = statistics[keys[output] ?? '']?.['values']?.[place];
          return typeof value === 'object' ? [[name, value] as const] : [];
        }),
      );
    return new Map(indexes.map((index, place) => [index, outputsAt(place)]));
  }

  private progress(phase: string): (done: number, total: number) => void {
    const { context } = this.parts;
    return (done, total) => {
      context.signal.throwIfAborted();
      context.onProgress({ phase, done, total, unit: 'samples' });
    };
  }
}

function outputNames(path: string): readonly string[] {
  const model = readModel(path);
  try {
    return model.graph.output.map(({ name }) => name);
  } finally {
    model.close();
  }
}
