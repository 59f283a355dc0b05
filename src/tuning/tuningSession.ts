// Everything a tuning has open: the float model, its graphs, the data, and what was measured of the float model.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadInputs } from '../benchmark/inputs';
import type { FeedSource } from '../benchmark/inputs';
import { datasetFileText } from '../config/datasetFileText';
import type { DatasetConfig } from '../config/datasetFile';
import type { AccuracySection, TuningConfig } from '../config/tuningConfig';
import { endlessLoader } from '../dictionary/loaders';
import { loadUserMetrics } from '../metrics/custom';
import { createMetric } from '../metrics/registry';
import { fixedBatchSize } from '../metrics/modelOutputs';
import type { JobContext } from '../protocol/jobContext';
import type { TuneSpec } from '../protocol/tuning';
import { environmentOf } from '../runtime/environment';
import { openSession } from '../runtime/onnxRuntimeNode';
import type { EngineSession } from '../runtime/session';
import { AccuracyGoal } from './accuracy/accuracyGoal';
import { cachedBaseline } from './accuracy/baselineCache';
import { Evaluator } from './accuracy/evaluator';
import type { BaselineFigures } from './accuracy/evaluator';
import { HardSamples } from './accuracy/hardSamples';
import type { HardSampleParts } from './accuracy/hardSamples';
import type { TuningHistory } from './history';
import { LatencyMeter } from './speed/latencyMeter';
import { SampleBatches } from './accuracy/sampleBatches';
import { tuningErrors } from './tuningErrors';

/** Made by `open`; whoever opened it closes it. */
export class TuningSession {
  private readonly closers: (() => Promise<void> | void)[] = [];
  private data: SampleBatches | undefined;

  private constructor(
    readonly config: TuningConfig,
    readonly modelPath: string,
    readonly modelSha256: string,
    readonly spec: TuneSpec,
    readonly context: JobContext,
    readonly accuracy: AccuracySection,
    readonly float: EngineSession,
  ) {
    this.closers.push(() => float.close());
  }

  static async open(
    config: TuningConfig,
    model: { readonly path: string; readonly sha256: string },
    spec: TuneSpec,
    context: JobContext,
  ): Promise<TuningSession> {
    const accuracy = accuracyOf(config);
    await loadUserMetrics(accuracy.metrics);
    const { threads } = config.performance;
    const float = await openSession(model.path, { threads, dimensions: spec.dimensions });
    await closingOnFailure(float, () => refuseUnknownPorts(config, float));
    return new TuningSession(config, model.path, model.sha256, spec, context, accuracy, float);
  }

  get threads(): number {
    return this.config.performance.threads;
  }

  /** The labelled samples, opened once. */
  async samples(): Promise<SampleBatches> {
    if (this.data !== undefined) return this.data;
    const { dataset, iterations, metrics } = this.accuracy;
    const fixedBatch = fixedBatchSize(this.float);
    const limit = iterations === undefined ? {} : { limit: iterations * (fixedBatch ?? dataset.batchSize) };
    const isShuffled = metrics.every(({ name }) => name !== 'F1');
    this.data = await this.openData(dataset, { fixedBatch, isShuffled, ...limit });
    return this.data;
  }

  /** Opens data that is closed with the session. */
  async openData(dataset: DatasetConfig, options: Parameters<typeof SampleBatches.open>[1]): Promise<SampleBatches> {
    const data = await SampleBatches.open(dataset, options);
    this.closers.push(() => data.close());
    return data;
  }

  /** What asks single samples; `open` gives the model of a configuration. */
  async hardSamples(
    goal: AccuracyGoal,
    history: TuningHistory,
    open: HardSampleParts['open'],
    context: JobContext,
  ): Promise<HardSamples> {
    const { metrics: choices } = this.accuracy;
    return new HardSamples({ data: await this.samples(), choices, goal, float: this.float, history, open }, context);
  }

  async evaluator(): Promise<Evaluator> {
    return new Evaluator(await this.samples(), this.accuracy.metrics, this.float);
  }

  /** The float model's figures, from the cache of the bench folder where nothing has changed since. */
  async baseline(evaluator: Evaluator): Promise<BaselineFigures> {
    const { dataset, metrics, iterations } = this.accuracy;
    const { batchSize } = await this.samples();
    const { figures, isCached } = await cachedBaseline(
      join(this.spec.benchFolder, 'cache', 'baselines'),
      dataset,
      {
        modelSha256: this.modelSha256,
        engineVersion: environmentOf(1).engineVersion,
        metrics: metrics.map(({ name, parameters }) => ({ name, parameters })),
        iterations,
        batchSize,
      },
      () => evaluator.baseline(this.context),
    );
    if (isCached) this.context.log('accuracy of the float model taken from the cache');
    if (figures.samples === 0) throw tuningErrors.noSamples(dataset.path);
    figures.values.forEach((value, index) => {
      if (!Number.isFinite(value)) throw tuningErrors.noFigure(metrics[index]?.name ?? '', value);
    });
    return figures;
  }

  goal(baseline: BaselineFigures): AccuracyGoal {
    const metrics = this.accuracy.metrics.map(({ name, parameters, weight, higherIsBetter }) => {
      const attributes = Object.values(createMetric(name, parameters).attributes);
      const own = attributes[0]?.direction === 'higher-better';
      return { name, higherIsBetter: higherIsBetter ?? own, ...(weight === undefined ? {} : { weight }) };
    });
    const isWeighted = metrics.every((metric) => metric.weight !== undefined);
    if (isWeighted && new Set(metrics.map((metric) => metric.higherIsBetter)).size > 1) {
      throw tuningErrors.mixedDirections(metrics.map(({ name }) => name));
    }
    const { criterion } = this.config.tuning;
    const [first] = metrics;
    if (first !== undefined && criterion.higherIsBetter === !first.higherIsBetter) {
      throw tuningErrors.wrongDirection(first.name, first.higherIsBetter);
    }
    const goal = new AccuracyGoal(criterion, metrics, baseline.values);
    if (criterion.kind === 'relative' && !goal.higherIsBetter && goal.figure(baseline.values) === 0) {
      throw tuningErrors.relativeToZero(first?.name ?? '');
    }
    return goal;
  }

  /** A file that describes the data latency is measured with, for this process and for fresh ones. */
  async performanceFile(): Promise<string> {
    const { performance } = this.config;
    return this.writeData('performance', performance.dataset ?? this.accuracy.dataset);
  }

  async meter(): Promise<LatencyMeter> {
    const { warmupIterations, iterations, batchSize } = this.config.performance;
    const datasetPath = await this.performanceFile();
    const { dimensions } = this.spec;
    const source: FeedSource = await loadInputs({ datasetPath, batchSize, dimensions }, this.context);
    return new LatencyMeter(this.float, ({ inputs }) => source(inputs), warmupIterations, iterations);
  }

  async close(): Promise<void> {
    for (const close of this.closers.toReversed()) await close();
  }

  private async writeData(name: string, dataset: DatasetConfig): Promise<string> {
    const path = join(this.context.folder, 'data', `${name}.yaml`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, datasetFileText(dataset));
    return path;
  }
}

/** Lets `check` look at a session, which is closed if it throws. */
async function closingOnFailure(session: EngineSession, check: () => void): Promise<void> {
  try {
    check();
  } catch (thrown) {
    await session.close();
    throw thrown;
  }
}

/** The inputs and outputs that a config names have to be the model's: else it was written for another one. */
function refuseUnknownPorts({ model, path }: TuningConfig, { inputs, outputs }: EngineSession): void {
  for (const [key, ports] of [
    ['inputs', inputs],
    ['outputs', outputs],
  ] as const) {
    const names = ports.map(({ name }) => name);
    const unknown = model[key].find((name) => !names.includes(name));
    if (unknown !== undefined) throw tuningErrors.unknownPort(`${path}: model.${key}`, unknown, names);
  }
}

/** Without labelled data, agreement with the float model on the calibration data stands for accuracy. */
function accuracyOf({ accuracy, task, path, tuning }: TuningConfig): AccuracySection {
  const free = tuning.accuracyAware?.annotationFree;
  const metrics = [{ name: 'agreement', parameters: { confidence: free?.confidence ?? 0 } }];
  if (accuracy !== undefined) return free === undefined ? accuracy : { ...accuracy, metrics };
  if (task.kind !== 'quantization' || task.quantization.calibration === undefined) throw tuningErrors.noData(path);
  const { calibration, samplingSizes } = task.quantization;
  return {
    dataset: calibration,
    metrics,
    // As many samples as are calibrated with, where the data itself sets no end.
    ...(calibration.dataset.name === endlessLoader
      ? { iterations: Math.ceil(Math.max(...samplingSizes) / calibration.batchSize) }
      : {}),
  };
}
