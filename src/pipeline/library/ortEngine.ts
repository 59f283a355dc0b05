// The engine of this product: batches go to a process with ONNX Runtime; loader and metric stay with the script.
import { readModel } from '../../onnx/readModel';
import type { Tensor } from '../../onnx/tensor';
import { inFlight } from '../../runtime/inFlight';
import type { EngineSession } from '../../runtime/session';
import { demand, demandFunction } from './callers';
import type { CompressedModel } from './compressedModel';
import type { DataLoader, Metric, Sample } from './contracts';
import { Engine } from './engine';
import { engineConfig } from './engineConfig';
import type { EngineConfig, EngineSettings } from './engineConfig';
import type { PredictOptions, Prediction, SampleMetric, StatisticsLayout } from './engine';
import { EngineProcess } from './engineProcess';
import type { EngineProcessOptions } from './engineProcess';
import { checkMetric } from './firstSample';
import { kindOf } from './items';
import { isObject, Parameters } from './parameters';
import { judged } from './judged';
import { layoutOfPart } from './partNames';
import { pipelineErrors } from './pipelineErrors';
import { sampleErrors } from './sampleErrors';
import { boundSamples, refuseUnknownInputs, stackedInputs } from './sampleInputs';
import { BatchSampler } from './samplers';
import { scratchFolder } from './scratchFolder';
import { statisticsModel } from './statistics';
import type { StatisticsModel } from './statistics';
import { StatisticsTable } from './statisticsTable';

/** An open part of a model; with statistics, where some are asked of it. */
interface OpenPart {
  readonly session: EngineSession;
  /** Names of the model's own outputs. */
  readonly outputs: readonly string[];
  readonly prefix: string;
  readonly statistics?: StatisticsModel;
}

interface Inferred {
  readonly batch: readonly Sample[];
  readonly outputs: readonly Tensor[];
  /** Statistics by the name of the node in the layout. */
  readonly figures: readonly (readonly [node: string, statistic: string, value: Tensor | number])[];
}

/** Whoever makes one closes it. */
export class OrtEngine extends Engine {
  /** Where models are opened: algorithms open theirs there, too. */
  readonly process: EngineProcess;
  private readonly settings: Required<EngineConfig>;
  private model: CompressedModel | undefined;
  private parts: readonly OpenPart[] = [];

  /** Throws PipelineError for a setting that is unknown, or not what it should be. */
  constructor(config: EngineSettings = {}, loader?: DataLoader, metric?: Metric, options: EngineProcessOptions = {}) {
    const own = engineConfig(config);
    super(own, loader, metric);
    this.settings = own;
    this.process = new EngineProcess({ stallLimitMs: own.stallLimitMs, ...options });
  }

  async setModel(model: CompressedModel): Promise<void> {
    demand('model', model, 'The model for setModel');
    await closed(this.parts);
    this.parts = [];
    this.parts = await this.opened(model);
    this.model = model;
  }

  async predict(options: PredictOptions = {}): Promise<Prediction> {
    checkOptions(options);
    checkMetric(this);
    const { sampler, metricPerSample = false, onProgress, statisticsLayout } = options;
    if (this.model === undefined) throw pipelineErrors.noModelSet();
    const samples = sampler ?? new BatchSampler(this.dataLoader);
    const parts = statisticsLayout === undefined ? this.parts : await this.opened(this.model, statisticsLayout);
    const { evalRequestsNumber, statRequestsNumber } = this.settings;
    const requests = statisticsLayout === undefined ? evalRequestsNumber : statRequestsNumber;
    const perSample: SampleMetric[] = [];
    const table = new StatisticsTable();
    const { metric } = this;
    metric?.reset();
    let isLabelled = true;
    let done = 0;
    try {
      for await (const { batch, outputs, figures } of this.inferred(samples, parts, requests)) {
        isLabelled &&= batch.every(({ annotation }) => annotation !== undefined);
        if (metric !== undefined && isLabelled) perSample.push(...judged(metric, batch, outputs, metricPerSample));
        for (const [node, statistic, value] of figures) table.add(node, statistic, batch[0]?.index ?? 0, value);
        done += batch.length;
        onProgress?.(done, samples.length);
      }
    } finally {
      if (parts !== this.parts) await closed(parts);
    }
    const metrics = metric === undefined || !isLabelled ? null : { ...metric.avgValue };
    metric?.reset();
    const ordered = perSample.sort((a, b) => a.sampleId - b.sampleId);
    return { metrics, statistics: table.inOrder(), ...(metricPerSample ? { perSample: ordered } : {}) };
  }

  /** Reshapes what the model gives before the metric sees it; to be overridden. */
  protected postprocessOutput(
    ...[outputs]: [outputs: readonly Tensor[], metadata: readonly unknown[]]
  ): readonly Tensor[] {
    return outputs;
  }

  close(): void {
    this.process.close();
    this.parts = [];
    this.model = undefined;
  }

  /** The parts of a model; those that a layout names with its statistics among their outputs. */
  private async opened(model: CompressedModel, layout: StatisticsLayout = {}): Promise<readonly OpenPart[]> {
    const layouts = layoutOfPart(model, layout);
    const parts: OpenPart[] = [];
    try {
      for (const [index, { path }] of model.models.entries()) {
        const own = layouts[index];
        parts.push(
          own === undefined ? await this.plain(path) : await this.withStatistics(path, own.prefix, own.layout),
        );
      }
    } catch (thrown) {
      await closed(parts);
      throw thrown;
    }
    return parts;
  }

  private async plain(path: string): Promise<OpenPart> {
    const session = await this.process.open(path, { threads: this.settings.threads });
    return { session, outputs: session.outputs.map(({ name }) => name), prefix: '' };
  }

  private async withStatistics(path: string, prefix: string, layout: StatisticsLayout): Promise<OpenPart> {
    const model = readModel(path);
    try {
      const statistics = statisticsModel(model, layout);
      const context = { folder: scratchFolder(), signal: new AbortController().signal };
      const session = await this.process.openGraph(statistics.proto, model, context, {
        threads: this.settings.threads,
      });
      return { session, outputs: model.graph.output.map(({ name }) => name), prefix, statistics };
    } finally {
      model.close();
    }
  }

  /** Batches with their outputs, in order; as many under way at once as the config says. */
  private async *inferred(
    samples: AsyncIterable<readonly Sample[]>,
    parts: readonly OpenPart[],
    requests: number,
  ): AsyncGenerator<Inferred, void, undefined> {
    const infer = async (batch: readonly Sample[]): Promise<Inferred> => {
      if (!Array.isArray(batch)) throw sampleErrors.batchForm(kindOf(batch));
      return this.outputsOf(batch, parts);
    };
    for await (const [, inferred] of inFlight(samples, requests, infer)) yield inferred;
  }

  /** Parts run in order; each takes the outputs of those before it, and the inputs of the data set, by name. */
  private async outputsOf(batch: readonly Sample[], parts: readonly OpenPart[]): Promise<Inferred> {
    const ports = parts.map(({ session }) => session.inputs);
    refuseUnknownInputs(batch, ports.flat());
    let known = stackedInputs(batch, ports[0] ?? []);
    let last: readonly Tensor[] = [];
    const figures: [string, string, Tensor | number][] = [];
    for (const { session, outputs, prefix, statistics } of parts) {
      const given = await session.run(boundSamples(batch, known, session.inputs));
      known = { ...known, ...given };
      last = outputs.flatMap((name) => given[name] ?? []);
      statistics?.read(given, (node, statistic, value) => figures.push([`${prefix}${node}`, statistic, value]));
    }
    const metadata = batch.map((sample) => sample.metadata);
    return { batch, outputs: this.postprocessOutput(last, metadata), figures };
  }
}

/** Throws PipelineError for an option that is unknown or not what it should be. */
function checkOptions(options: PredictOptions): void {
  const group = new Parameters(options, ['statisticsLayout', 'sampler', 'metricPerSample', 'onProgress'], 'predict');
  group.flag('metricPerSample');
  const [sampler, layout, onProgress] = ['sampler', 'statisticsLayout', 'onProgress'].map((name) => group.value(name));
  if (sampler !== undefined) demand('sampler', sampler, 'The sampler of predict');
  if (onProgress !== undefined) demandFunction(onProgress, 'The onProgress of predict', '(done, total) => …');
  for (const [node, functions] of Object.entries(layoutOf(layout))) {
    for (const [name, compute] of Object.entries(functions)) {
      demandFunction(compute, `The statistic "${name}" of "${node}"`, 'statistics.min, or (tensor) => …');
    }
  }
}

function layoutOf(given: unknown): Readonly<Record<string, object>> {
  if (given === undefined) return {};
  const isLayout = isObject(given) && Object.values(given).every(isObject);
  if (!isLayout) throw pipelineErrors.parameter('predict.statisticsLayout', given, '{node: {statistic: function}}');
  return given as Readonly<Record<string, object>>;
}

async function closed(parts: readonly OpenPart[]): Promise<void> {
  for (const { session } of parts) await session.close();
}
