// Measures accuracy on growing nested subsets of the data, so that a hopeless model is given up early.
import type { MetricChoice } from '../../config/tuningConfig';
import type { ChosenEntry } from '../../dictionary/entry';
import type { Annotation, Batch } from '../../data/contracts';
import type { Metric, ModelOutputs } from '../../metrics/contracts';
import { fixedBatchSize, outputsOf, rowOf } from '../../metrics/modelOutputs';
import { createMetric } from '../../metrics/registry';
import { numbersOf } from '../../data/numbersOf';
import { BenchError } from '../../protocol/benchError';
import type { WorkContext } from '../../protocol/progress';
import type { EngineSession } from '../../runtime/session';
import type { AccuracyGoal } from './accuracyGoal';
import { estimatePairedMean } from './pairedEstimate';
import type { SampleBatches } from './sampleBatches';
import { tuningErrors } from '../tuningErrors';

/** The figures of the float model. */
export interface BaselineFigures {
  /** One for each metric. */
  readonly values: readonly number[];
  readonly samples: number;
  /** For each metric its value for each sample, in the order of evaluation; empty where it has none. */
  readonly perSample: readonly (readonly number[])[];
}

/** What is known of a model after part of the samples, or all. */
export interface EvaluationStep {
  readonly values: readonly number[];
  readonly samples: number;
  readonly isComplete: boolean;
  /** Gain over the float model on the same samples; the largest loss of accuracy is −tolerance. */
  readonly gain: number;
  /** So sure to miss the goal on all samples that going on is a waste. */
  readonly isHopeless: boolean;
}

/** Samples of the first subset; each is this many times larger than the one before. */
const firstSubset = 128;
const growth = 4;

/** Outputs of the float model are kept up to this size, for metrics that compare with them. */
const largestKeptBytes = 256 * 2 ** 20;

/** A batch as metrics see it. */
interface Judged {
  readonly outputs: ModelOutputs;
  readonly annotations: readonly Annotation[];
  readonly expected: ModelOutputs | undefined;
}

/** A sample as people find it: its place in the data set, and its name. */
interface SamplePlace {
  readonly index: number;
  readonly id: string;
}

export class Evaluator {
  private readonly referenceOutputs: ModelOutputs[] = [];
  private referenceBytes = 0;

  constructor(
    private readonly data: SampleBatches,
    private readonly choices: readonly MetricChoice[],
    private readonly reference: EngineSession,
    /** What is done to outputs before the metrics see them. */
    private readonly postprocess: readonly ChosenEntry[] = [],
  ) {}

  /** The float model over all samples. */
  async baseline(context: WorkContext): Promise<BaselineFigures> {
    const metrics = this.createMetrics();
    let samples = 0;
    for await (const seen of this.outputs(
      this.reference,
      'the float model',
      metrics,
      'evaluating the float model',
      context,
    ))
      samples = seen;
    return { values: metrics.map(valueOf), samples, perSample: metrics.map((metric) => perSampleOf(metric, samples)) };
  }

  /**
   * Evaluates a model step by step; the caller may stop after any. Reports `phase` with counts.
   *
   * @throws TuningError naming the sample where outputs are NaN or a metric cannot judge it
   */
  async *steps(
    session: EngineSession,
    label: string,
    baseline: BaselineFigures,
    goal: AccuracyGoal,
    context: WorkContext,
  ): AsyncGenerator<EvaluationStep, void, undefined> {
    const metrics = this.createMetrics();
    const isPaired = baseline.perSample.every((values) => values.length === baseline.samples);
    let next = firstSubset;
    let seen = 0;
    for await (seen of this.outputs(session, label, metrics, `evaluating ${label}`, context)) {
      if (!isPaired || seen < next || seen >= baseline.samples) continue;
      next = seen * growth;
      yield partialStep(metrics, seen, baseline, goal);
    }
    const values = metrics.map(valueOf);
    const gain = goal.gain(values, baseline.values);
    yield { values, samples: seen, isComplete: true, gain, isHopeless: !goal.meets(values) };
  }

  private createMetrics(): Metric[] {
    return this.choices.map(({ name, parameters }) => createMetric(name, parameters, this.postprocess));
  }

  /** Runs all batches through the metrics; gives the number of samples so far after each. */
  private async *outputs(
    session: EngineSession,
    label: string,
    metrics: readonly Metric[],
    phase: string,
    { signal, onProgress }: WorkContext,
  ): AsyncGenerator<number, void, undefined> {
    const fixed = fixedBatchSize(session);
    const needsReference = metrics.some((metric) => metric.needsReference === true);
    const total = this.data.length === undefined ? {} : { total: this.data.length };
    let done = 0;
    let index = 0;
    for await (const batch of this.data.batches(signal)) {
      signal.throwIfAborted();
      const outputs = await outputsOf(session, batch, fixed);
      const place = (row: number): SamplePlace => ({
        index: this.data.indexOf(done + row),
        id: batch.ids[row] ?? '',
      });
      refuseNaN(outputs, batch.ids.length, place, label);
      const expected = needsReference ? await this.expected(index, batch) : undefined;
      this.update(metrics, { outputs, annotations: batch.annotations, expected }, place);
      done += batch.ids.length;
      index++;
      onProgress({ phase, done, ...total, unit: 'samples' });
      yield done;
    }
  }

  /** Gives a batch to the metrics; a refusal names the sample. */
  private update(metrics: readonly Metric[], judged: Judged, place: (row: number) => SamplePlace): void {
    try {
      for (const metric of metrics) metric.update(judged.outputs, judged.annotations, judged.expected);
    } catch (thrown) {
      if (!(thrown instanceof BenchError)) throw thrown;
      const { index, id } = place(this.refusedRow(judged));
      throw tuningErrors.sample(index, id, thrown.message, thrown.nextStep);
    }
  }

  /** The first sample of a batch that a metric refuses when it is given alone. */
  private refusedRow({ outputs, annotations, expected }: Judged): number {
    const row = annotations.findIndex((annotation, index) => {
      try {
        const alone = rowOf(outputs, index, annotations.length);
        const reference = expected === undefined ? undefined : rowOf(expected, index, annotations.length);
        for (const metric of this.createMetrics()) metric.update(alone, [annotation], reference);
        return false;
      } catch {
        return true;
      }
    });
    return Math.max(0, row);
  }

  /** What the float model makes of a batch. */
  private async expected(index: number, batch: Batch): Promise<ModelOutputs> {
    const known = this.referenceOutputs[index];
    if (known !== undefined) return known;
    const outputs = await outputsOf(this.reference, batch, fixedBatchSize(this.reference));
    const bytes = Object.values(outputs).reduce((sum, { data }) => sum + 8 * data.length, 0);
    if (this.referenceOutputs.length === index && this.referenceBytes + bytes <= largestKeptBytes) {
      this.referenceBytes += bytes;
      this.referenceOutputs.push(outputs);
    }
    return outputs;
  }
}

function partialStep(
  metrics: readonly Metric[],
  samples: number,
  baseline: BaselineFigures,
  goal: AccuracyGoal,
): EvaluationStep {
  const values = metrics.map(valueOf);
  const perSample = metrics.map((metric) => perSampleOf(metric, samples));
  const reference = baseline.perSample.map((all) => mean(all.slice(0, samples)));
  const optimistic = perSample.map((own, index) => {
    const unit = 1 / Math.max(1, baseline.samples);
    const { mean: difference, margin } = estimatePairedMean(
      own,
      baseline.perSample[index] ?? [],
      baseline.samples,
      unit,
    );
    return (baseline.values[index] ?? NaN) + difference + (isHigherBetter(goal, index) ? margin : -margin);
  });
  return {
    values,
    samples,
    isComplete: false,
    gain: goal.gain(values, reference),
    isHopeless: perSample.every((own) => own.length === samples) && !goal.meets(optimistic),
  };
}

function isHigherBetter(goal: AccuracyGoal, index: number): boolean {
  const { weight, higherIsBetter = true } = goal.metrics[index] ?? {};
  // The mean of weighted values has one direction, that of the goal.
  return index === 0 || weight !== undefined ? goal.higherIsBetter : higherIsBetter;
}

function refuseNaN(outputs: ModelOutputs, count: number, place: (row: number) => SamplePlace, label: string): void {
  for (const [name, tensor] of Object.entries(outputs)) {
    if (!tensor.type.startsWith('float')) continue;
    const position = numbersOf(tensor)?.findIndex(Number.isNaN) ?? -1;
    if (position < 0) continue;
    const { index, id } = place(Math.floor((position / tensor.data.length) * count));
    throw tuningErrors.notFinite(label, name, id, index);
  }
}

function nameOf(metric: Metric): string {
  return Object.keys(metric.attributes)[0] ?? '';
}

function valueOf(metric: Metric): number {
  return metric.avgValue[nameOf(metric)] ?? NaN;
}

/** The values of single samples where the figure is their mean; else none. */
function perSampleOf(metric: Metric, samples: number): readonly number[] {
  const values = metric.value[nameOf(metric)] ?? [];
  return values.length === samples && Math.abs(mean(values) - valueOf(metric)) < 1e-9 ? values : [];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
