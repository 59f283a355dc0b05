// The engine of this product: batches go to a process with ONNX Runtime; loader and metric stay with the script.
import type { Tensor } from '../../onnx/tensor';
import { stackedBatch } from '../../data/batches';
import { bindInputs } from '../../runtime/feeds';
import type { EngineSession } from '../../runtime/session';
import type { CompressedModel } from './compressedModel';
import type { DataLoader, Metric, Sample } from './contracts';
import { Engine } from './engine';
import type { EngineConfig, PredictOptions, Prediction, SampleMetric } from './engine';
import { EngineProcess } from './engineProcess';
import type { EngineProcessOptions } from './engineProcess';
import { isTensor } from './items';
import { pipelineErrors } from './pipelineErrors';
import { BatchSampler } from './samplers';

/** Whoever makes one closes it. */
export class OrtEngine extends Engine {
  private readonly process: EngineProcess;
  private sessions: readonly EngineSession[] = [];

  constructor(config: EngineConfig = {}, loader?: DataLoader, metric?: Metric, options: EngineProcessOptions = {}) {
    super(config, loader, metric);
    this.process = new EngineProcess(options);
  }

  async setModel(model: CompressedModel): Promise<void> {
    for (const session of this.sessions) await session.close();
    this.sessions = [];
    const opened: EngineSession[] = [];
    for (const { path } of model.models) opened.push(await this.process.open(path, this.config));
    this.sessions = opened;
  }

  async predict({ sampler, metricPerSample = false, onProgress }: PredictOptions = {}): Promise<Prediction> {
    if (this.sessions.length === 0) throw pipelineErrors.noModelSet();
    const samples = sampler ?? new BatchSampler(this.dataLoader);
    const perSample: SampleMetric[] = [];
    const { metric } = this;
    metric?.reset();
    let isLabelled = true;
    let done = 0;
    for await (const { batch, outputs } of this.inferred(samples)) {
      isLabelled &&= batch.every(({ annotation }) => annotation !== undefined);
      if (metric !== undefined && isLabelled) perSample.push(...judged(metric, batch, outputs, metricPerSample));
      done += batch.length;
      onProgress?.(done, samples.length);
    }
    const metrics = metric === undefined || !isLabelled ? null : { ...metric.avgValue };
    metric?.reset();
    const ordered = perSample.sort((a, b) => a.sampleId - b.sampleId);
    return { metrics, statistics: {}, ...(metricPerSample ? { perSample: ordered } : {}) };
  }

  /** Reshapes what the model gives before the metric sees it; to be overridden. */
  protected postprocessOutput(outputs: readonly Tensor[], _metadata: readonly unknown[]): readonly Tensor[] {
    return outputs;
  }

  close(): void {
    this.process.close();
    this.sessions = [];
  }

  /** Batches with their outputs, in order; as many under way at once as the config says. */
  private async *inferred(
    samples: AsyncIterable<readonly Sample[]>,
  ): AsyncGenerator<{ batch: readonly Sample[]; outputs: readonly Tensor[] }, void, undefined> {
    const waiting: Promise<{ batch: readonly Sample[]; outputs: readonly Tensor[] }>[] = [];
    const most = Math.max(1, this.config.evalRequestsNumber ?? 1);
    for await (const batch of samples) {
      const one = this.outputsOf(batch).then((outputs) => ({ batch, outputs }));
      // Seen when its turn comes; until then a failure must not count as unhandled.
      one.catch(() => undefined);
      waiting.push(one);
      const first = waiting.length >= most ? waiting.shift() : undefined;
      if (first !== undefined) yield await first;
    }
    for (const one of waiting) yield await one;
  }

  /** Parts run in order; each takes the outputs of those before it, and the inputs of the data set, by name. */
  private async outputsOf(batch: readonly Sample[]): Promise<readonly Tensor[]> {
    let known = stackedInputs(batch, this.sessions[0]);
    let last: readonly Tensor[] = [];
    for (const session of this.sessions) {
      const given = await session.run(bindInputs(known, session.inputs));
      known = { ...known, ...given };
      last = session.outputs.flatMap(({ name }) => given[name] ?? []);
    }
    return this.postprocessOutput(
      last,
      batch.map(({ metadata }) => metadata),
    );
  }
}

function stackedInputs(batch: readonly Sample[], session: EngineSession | undefined): Record<string, Tensor> {
  const [port] = session?.inputs ?? [];
  const items = batch.map(({ id, data, annotation }) => ({
    id,
    inputs: isTensor(data) ? { [port?.name ?? '']: data } : data,
    annotation,
  }));
  return { ...stackedBatch(items).inputs };
}

function judged(
  metric: Metric,
  batch: readonly Sample[],
  outputs: readonly Tensor[],
  wantsEach: boolean,
): readonly SampleMetric[] {
  const annotations = batch.map(({ annotation }) => annotation);
  try {
    metric.update(outputs, annotations);
  } catch (thrown) {
    throw pipelineErrors.metricThrew(batch[0]?.index ?? 0, thrown);
  }
  if (!wantsEach) return [];
  return Object.entries(metric.value).flatMap(([metricName, values]) => {
    if (values.length !== batch.length) throw pipelineErrors.noPerSampleValues(metricName, values.length, batch.length);
    return values.map((result, row) => ({ sampleId: batch[row]?.index ?? 0, metricName, result }));
  });
}
