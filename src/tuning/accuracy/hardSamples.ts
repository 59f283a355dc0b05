// Asks labelled samples one by one: which of them a model judges worse than the float model, and what another makes of those.
import type { MetricChoice } from '../../config/tuningConfig';
import type { Batch } from '../../data/contracts';
import type { Metric, ModelOutputs } from '../../metrics/contracts';
import { fixedBatchSize, outputsOf, rowOf } from '../../metrics/modelOutputs';
import { createMetric } from '../../metrics/registry';
import { numbersOf } from '../../metrics/values';
import { failureRecordOf } from '../../protocol/benchError';
import type { WorkContext } from '../../protocol/progress';
import type { EngineSession } from '../../runtime/session';
import { keyOf } from '../configKey';
import type { SampleProbes, TrialConfig } from '../contracts';
import type { TuningHistory } from '../history';
import type { AccuracyGoal } from './accuracyGoal';
import type { SampleBatches } from './sampleBatches';

export interface HardSampleParts {
  readonly data: SampleBatches;
  readonly choices: readonly MetricChoice[];
  readonly goal: AccuracyGoal;
  readonly float: EngineSession;
  readonly history: TuningHistory;
  /** Opens the model of a configuration; whoever asked closes it. */
  open(config: TrialConfig): Promise<EngineSession>;
}

/** Answers are kept in the history: a resumed run decides as it did before. */
export class HardSamples implements SampleProbes {
  /** The batches last picked, with what the float model makes of them: a ranking asks for the same ones again and again. */
  private picked: { readonly key: string; readonly batches: readonly JudgedBatch[] } | undefined;

  constructor(
    private readonly parts: HardSampleParts,
    private readonly context: WorkContext & { log(line: string): void },
  ) {}

  async hardest(config: TrialConfig, figure: number, count: number): Promise<readonly number[]> {
    const answer = await this.answer(`hardest ${figure} ${count} ${keyOf(config)}`, () =>
      this.withModel(config, async (session) => {
        const losses = await this.losses(session, figure);
        const order = losses.map((loss, position) => ({ loss, position }));
        order.sort((a, b) => b.loss - a.loss || a.position - b.position);
        return order.slice(0, count).map(({ position }) => position);
      }),
    );
    return answer ?? [];
  }

  async score(config: TrialConfig, figure: number, samples: readonly number[]): Promise<number> {
    const key = `score ${figure} ${samples.length} ${keyOf({ config, samples })}`;
    const answer = await this.answer(key, () =>
      this.withModel(config, async (session) => {
        const metrics = this.metrics();
        for (const { batch, expected } of await this.batchesOf(samples)) {
          this.context.signal.throwIfAborted();
          const outputs = await outputsOf(session, batch, fixedBatchSize(session));
          for (const metric of metrics) metric.update(outputs, batch.annotations, expected);
        }
        return this.parts.goal.signed(metrics.map(valueOf))[figure] ?? null;
      }),
    );
    return answer ?? -Infinity;
  }

  /** What each sample loses of the figure. */
  private async losses(session: EngineSession, figure: number): Promise<number[]> {
    const losses: number[] = [];
    for await (const { batch, expected } of this.judged(this.parts.data.batches(this.context.signal))) {
      const outputs = await outputsOf(session, batch, fixedBatchSize(session));
      for (let row = 0; row < batch.ids.length; row++) {
        const sample = {
          outputs: rowOf(outputs, row, batch.ids.length),
          expected: rowOf(expected, row, batch.ids.length),
          annotation: batch.annotations[row],
        };
        losses.push(this.lossOf(sample, figure));
      }
      const { length: total } = this.parts.data;
      const phase = 'looking for hard samples';
      const known = total === undefined ? {} : { total };
      this.context.onProgress({ phase, done: losses.length, ...known, unit: 'samples' });
    }
    return losses;
  }

  private lossOf({ outputs, expected, annotation }: JudgedSample, figure: number): number {
    const ofFloat = this.signedFigure(expected, expected, annotation, figure);
    const ofModel = this.signedFigure(outputs, expected, annotation, figure);
    return ofFloat === undefined || ofModel === undefined ? cosineDistance(outputs, expected) : ofFloat - ofModel;
  }

  /** Undefined for a metric that has no values for single samples. */
  private signedFigure(
    outputs: ModelOutputs,
    expected: ModelOutputs,
    annotation: unknown,
    figure: number,
  ): number | undefined {
    const metrics = this.metrics();
    for (const metric of metrics) metric.update(outputs, [annotation], expected);
    const values = metrics.map((metric) => metric.value[nameOf(metric)]?.[0]);
    const known = values.filter((value) => value !== undefined);
    return known.length < values.length ? undefined : this.parts.goal.signed(known)[figure];
  }

  private async batchesOf(samples: readonly number[]): Promise<readonly JudgedBatch[]> {
    const key = samples.join(' ');
    if (this.picked?.key === key) return this.picked.batches;
    this.picked = undefined;
    const batches: JudgedBatch[] = [];
    for await (const one of this.judged(picked(this.parts.data.batches(this.context.signal), new Set(samples)))) {
      batches.push(one);
    }
    this.picked = { key, batches };
    return batches;
  }

  private async *judged(batches: AsyncIterable<Batch>): AsyncGenerator<JudgedBatch, void, undefined> {
    const { float } = this.parts;
    for await (const batch of batches) {
      this.context.signal.throwIfAborted();
      yield { batch, expected: await outputsOf(float, batch, fixedBatchSize(float)) };
    }
  }

  private metrics(): Metric[] {
    return this.parts.choices.map(({ name, parameters }) => createMetric(name, parameters));
  }

  private async withModel<Value>(config: TrialConfig, use: (session: EngineSession) => Promise<Value>): Promise<Value> {
    const session = await this.parts.open(config);
    try {
      return await use(session);
    } finally {
      await session.close();
    }
  }

  /** The answer in the history, or a new one; null where the model cannot be made or run. */
  private answer<Value>(question: string, measure: () => Promise<Value>): Promise<Value | null> {
    return this.parts.history.probe<Value | null>(question, async () => {
      try {
        return await measure();
      } catch (thrown) {
        this.context.signal.throwIfAborted();
        this.context.log(`samples could not be judged: ${failureRecordOf(thrown).message}`);
        return null;
      }
    });
  }
}

/** A batch and what the float model makes of it. */
interface JudgedBatch {
  readonly batch: Batch;
  readonly expected: ModelOutputs;
}

interface JudgedSample {
  readonly outputs: ModelOutputs;
  readonly expected: ModelOutputs;
  readonly annotation: unknown;
}

/** The samples at these places, in batches that are as they come. */
async function* picked(
  batches: AsyncIterable<Batch>,
  wanted: ReadonlySet<number>,
): AsyncGenerator<Batch, void, undefined> {
  let seen = 0;
  let left = wanted.size;
  for await (const { ids, inputs, annotations } of batches) {
    for (let row = 0; row < ids.length && left > 0; row++) {
      if (!wanted.has(seen + row)) continue;
      left--;
      yield { ids: ids.slice(row, row + 1), inputs: rowOf(inputs, row, ids.length), annotations: [annotations[row]] };
    }
    seen += ids.length;
    if (left === 0) return;
  }
}

function nameOf(metric: Metric): string {
  return Object.keys(metric.attributes)[0] ?? '';
}

function valueOf(metric: Metric): number {
  return metric.avgValue[nameOf(metric)] ?? NaN;
}

/** 1 − cosine of the angle between all outputs, joined in their order; 0 where one of them is 0 throughout. */
export function cosineDistance(outputs: ModelOutputs, expected: ModelOutputs): number {
  let product = 0;
  let own = 0;
  let other = 0;
  for (const [name, tensor] of Object.entries(outputs)) {
    const reference = expected[name] === undefined ? undefined : numbersOf(expected[name]);
    numbersOf(tensor)?.forEach((value, index) => {
      const wanted = reference?.[index] ?? 0;
      product += value * wanted;
      own += value ** 2;
      other += wanted ** 2;
    });
  }
  return own === 0 || other === 0 ? 0 : 1 - product / Math.sqrt(own * other);
}
