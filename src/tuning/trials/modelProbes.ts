// Cheap questions about configurations, answered by the engine on a few calibration samples.
import { opErrors } from '../../diagnosis/opErrors';
import type { Feeds, ProfileSubject } from '../../profiling/profileModel';
import type { Batch } from '../../data/contracts';
import type { ModelProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';
import { numbersOf } from '../../metrics/values';
import { failureRecordOf } from '../../protocol/benchError';
import type { JobContext } from '../../protocol/jobContext';
import type { DimensionSizes } from '../../protocol/environment';
import { openGraph } from '../../quantization/calibration/openGraph';
import { equalizeLayers } from '../../quantization/recipes/equalizeLayers';
import { withProto } from '../../quantization/withProto';
import { bindInputs } from '../../runtime/feeds';
import type { EngineSession, PortInfo, SessionOptions } from '../../runtime/session';
import type { Fusion, Probes, TrialConfig } from '../contracts';
import type { TuningHistory } from '../history';
import { keyOf } from '../configKey';
import type { ModelBases } from './modelBases';
import { measureOpTimes } from '../speed/opTimeProbe';
import type { OpTimeTable } from '../speed/opTimeProbe';
import { opsBetterFloat } from '../speed/placement';
import type { ConversionCost } from '../speed/placement';
import type { SampleBatches } from '../accuracy/sampleBatches';
import type { TrialModels } from './trialModels';

/** Batches that outputs are compared on. */
const comparedBatches = 16;

/** Inputs that profiled models take turns with. */
const profiledBatches = 4;

const profileLimits = { runs: 40, maxMs: 400 } as const;

/** Conversions cost at least this, and are guessed to cost other multiples: measured in one place, they differ elsewhere. */
const leastConversion: ConversionCost = { perTensorUs: 1, perElementUs: 2e-4 };
const conversionFactors: readonly number[] = [1, 3, 0.3];

export interface ProbeParts {
  readonly bases: ModelBases;
  readonly models: TrialModels;
  readonly data: SampleBatches;
  readonly history: TuningHistory;
  /** Batches of `outputError`. */
  readonly batches?: number;
  readonly dimensions: DimensionSizes;
  readonly threads: number;
}

/** Answers are kept in the history: a resumed run decides as it did before. */
export class ModelProbes implements Probes {
  private floatOutputs: Promise<Float64Array[]> | undefined;

  constructor(
    private readonly parts: ProbeParts,
    private readonly context: JobContext,
  ) {}

  async opErrors(config: TrialConfig): Promise<ReadonlyMap<string, number>> {
    const errors = await this.answer<readonly (readonly [string, number | null])[]>(
      'opErrors',
      config,
      [],
      async () => {
        const trial = await this.parts.models.build(config);
        const models = {
          float: trial.base.model,
          int8: withProto(trial.source, trial.proto),
          openFloat: this.opener(trial.base.model),
          openInt8: this.opener(trial.source),
        };
        const feeds = (await this.feeds(1)).map((batch) => this.boundByName(batch, trial.base.model));
        const found = await opErrors(models, { feeds, signal: this.context.signal });
        return Object.keys(config.ops).map((node) => [node, found.get(node)?.mse ?? 0] as const);
      },
    );
    return new Map(errors.map(([node, error]) => [node, error ?? Infinity]));
  }

  async outputError(config: TrialConfig): Promise<number> {
    return this.answer('outputError', config, Infinity, async () => {
      const trial = await this.parts.models.build(config);
      const error = meanSquaredError(await this.outputsOf(trial.proto, trial.source), await this.expected());
      return Number.isNaN(error) ? Infinity : error;
    });
  }

  placements(config: TrialConfig): Promise<readonly (readonly string[])[]> {
    return this.answer<readonly (readonly string[])[]>('placements', config, [], async () => {
      const names = new Set(Object.keys(config.ops));
      const { model: base } = await this.parts.bases.base(config);
      const float = await this.opTimes(base.proto, base, names);
      const quantized = await this.parts.models.build(config);
      const int8 = await this.opTimes(quantized.proto, quantized.source, names);
      const conversion = conversionCostOf(int8);
      const sets = conversionFactors.map((factor) => {
        const scaled = { perTensorUs: conversion.perTensorUs * factor, perElementUs: conversion.perElementUs * factor };
        const times = { float: timesOf(float), int8: timesOf(int8), conversion: scaled };
        return [...opsBetterFloat(base, names, times)];
      });
      const distinct = new Map(sets.map((set) => [set.join('\n'), set]));
      return [...distinct.values()].filter((set) => set.length > 0 && set.length < names.size);
    });
  }

  /**
   * The answer in the history, or a new one. A probe that fails, or took the process with it, is answered `otherwise`:
   * the search goes on without it. (JSON has no infinity: null stands for that, too.)
   */
  private async answer<Value>(
    question: string,
    config: TrialConfig,
    otherwise: Value,
    measure: () => Promise<Value>,
  ): Promise<Value> {
    const found = await this.parts.history.probe<Value | null>(`${question} ${keyOf(config)}`, async () => {
      try {
        return await measure();
      } catch (thrown) {
        this.context.signal.throwIfAborted();
        this.context.log(`${question} could not be measured: ${failureRecordOf(thrown).message}`);
        return null;
      }
    });
    return found ?? otherwise;
  }

  async equalizablePairs(fusion: Fusion): Promise<number> {
    return equalizeLayers((await this.parts.bases.plain(fusion)).model).pairs;
  }

  private async opTimes(proto: ModelProto, source: OnnxModel, names: ReadonlySet<string>): Promise<OpTimeTable> {
    const batches = await this.feeds(profiledBatches);
    const subject: ProfileSubject = {
      name: 'a trial',
      open: (settings: SessionOptions) => this.open(proto, source, settings),
      feedsFor: (inputs: readonly PortInfo[]): Feeds[] => batches.map((batch) => bindInputs(batch.inputs, inputs)),
    };
    const options = { ...profileLimits, folder: this.context.folder, signal: this.context.signal };
    if (proto.graph === undefined) throw new RangeError('a rewritten model always has a graph');
    return measureOpTimes(subject, proto.graph, names, options);
  }

  /** What the given model makes of the batches. */
  private expected(): Promise<Float64Array[]> {
    const { prepared } = this.parts.bases;
    this.floatOutputs ??= this.outputsOf(prepared.proto, prepared);
    return this.floatOutputs;
  }

  /** Outputs of one batch after another, those of a batch joined in the order of their names. */
  private async outputsOf(proto: ModelProto, source: OnnxModel): Promise<Float64Array[]> {
    const batches = await this.feeds(this.parts.batches ?? comparedBatches);
    const session = await this.open(proto, source, {});
    try {
      const rows: Float64Array[] = [];
      for (const batch of batches) {
        this.context.signal.throwIfAborted();
        const outputs = await session.run(bindInputs(batch.inputs, session.inputs));
        const tensors = Object.entries(outputs).sort(([a], [b]) => (a < b ? -1 : 1));
        rows.push(joined(tensors.map(([, tensor]) => numbersOf(tensor) ?? new Float64Array())));
      }
      return rows;
    } finally {
      await session.close();
    }
  }

  private async feeds(batches: number): Promise<Batch[]> {
    const { data } = this.parts;
    const found: Batch[] = [];
    for await (const batch of data.batches(this.context.signal, batches * data.batchSize)) found.push(batch);
    return found.filter((batch) => batch.ids.length === data.batchSize || found.length === 1);
  }

  private boundByName(batch: Batch, model: OnnxModel): Feeds {
    const ports = model.graph.input.map(({ name }) => ({ name, type: batch.inputs[name]?.type ?? '', dims: [] }));
    const byName = ports.some(({ name }) => batch.inputs[name] !== undefined);
    if (byName) return batch.inputs;
    const values = Object.values(batch.inputs);
    return Object.fromEntries(
      ports.flatMap(({ name }, index) => (values[index] === undefined ? [] : [[name, values[index]]])),
    );
  }

  /** The model of a configuration; whoever asked closes it. */
  async openTrial(config: TrialConfig): Promise<EngineSession> {
    const trial = await this.parts.models.build(config);
    return this.open(trial.proto, trial.source, {});
  }

  private opener(model: OnnxModel): (proto: ModelProto) => Promise<EngineSession> {
    return (proto) => this.open(proto, model, {});
  }

  private open(proto: ModelProto, source: OnnxModel, settings: SessionOptions): Promise<EngineSession> {
    const { dimensions, threads } = this.parts;
    return openGraph(proto, source, this.context, { threads, dimensions, ...settings });
  }
}

function timesOf({ opUs }: OpTimeTable): ReadonlyMap<string, number> {
  return new Map(Object.entries(opUs));
}

/** From the conversions that were seen; they are of all sizes, so their mean is taken for one of middling size. */
function conversionCostOf({ conversions, conversionUs }: OpTimeTable): ConversionCost {
  if (conversions === 0) return leastConversion;
  const meanUs = conversionUs / conversions;
  return { perTensorUs: Math.max(leastConversion.perTensorUs, meanUs / 4), perElementUs: leastConversion.perElementUs };
}

function joined(parts: readonly (Float32Array | Float64Array)[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function meanSquaredError(outputs: readonly Float64Array[], expected: readonly Float64Array[]): number {
  let sum = 0;
  let count = 0;
  outputs.forEach((row, index) => {
    const reference = expected[index];
    row.forEach((value, position) => {
      sum += (value - (reference?.[position] ?? NaN)) ** 2;
      count++;
    });
  });
  // A model that makes NaN is as far away as can be.
  return Number.isNaN(sum) ? Infinity : sum / count;
}
