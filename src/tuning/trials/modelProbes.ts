// Cheap questions about configurations, answered by the engine on a few calibration samples.
import { opErrors } from '../../diagnosis/opErrors';
import type { Feeds, ProfileSubject } from '../../profiling/profileModel';
import type { Batch } from '../../data/contracts';
import type { ModelProto } from '../../onnx/messages';
import type { OnnxModel } from '../../onnx/readModel';
import { numbersOf } from '../../metrics/values';
import type { JobContext } from '../../protocol/jobContext';
import type { DimensionSizes } from '../../protocol/jobs';
import { openGraph } from '../../quantization/calibration/openGraph';
import { equalizeLayers } from '../../quantization/recipes/equalizeLayers';
import { withProto } from '../../quantization/withProto';
import { bindInputs } from '../../runtime/feeds';
import type { EngineSession, PortInfo, SessionOptions } from '../../runtime/session';
import type { Fusion, Probes, TrialConfig } from '../contracts';
import type { TuningHistory } from '../history';
import { keyOf } from '../history';
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
  private readonly floatOutputs = new Map<string, Promise<Float64Array[]>>();

  constructor(
    private readonly parts: ProbeParts,
    private readonly context: JobContext,
  ) {}

  async opErrors(config: TrialConfig): Promise<ReadonlyMap<string, number>> {
    const errors = await this.parts.history.probe<readonly (readonly [string, number | null])[]>(
      `opErrors ${keyOf(config)}`,
      async () => {
        const trial = await this.parts.models.build(config);
        const feeds = await this.feeds(1);
        const models = {
          float: trial.base.model,
          int8: withProto(trial.source, trial.proto),
          openFloat: this.opener(trial.base.model),
          openInt8: this.opener(trial.source),
        };
        const bound = feeds.map((batch) => this.boundByName(batch, trial.base.model));
        const found = await opErrors(models, { feeds: bound, signal: this.context.signal });
        const quantized = Object.keys(config.ops);
        return quantized.map((node) => [node, found.get(node)?.mse ?? 0] as const);
      },
    );
    return new Map(errors.map(([node, error]) => [node, error ?? Infinity]));
  }

  async outputError(config: TrialConfig): Promise<number> {
    const { history, models } = this.parts;
    const error = await history.probe<number | null>(`outputError ${keyOf(config)}`, async () => {
      const trial = await models.build(config);
      const expected = await this.expected();
      const outputs = await this.outputsOf(trial.proto, trial.source);
      return meanSquaredError(outputs, expected);
    });
    // JSON knows neither infinity nor what is no number.
    return error === null || Number.isNaN(error) ? Infinity : error;
  }

  placements(config: TrialConfig): Promise<readonly (readonly string[])[]> {
    return this.parts.history.probe(`placements ${keyOf(config)}`, async () => {
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
    const known = this.floatOutputs.get('given');
    if (known !== undefined) return known;
    const outputs = this.outputsOf(prepared.proto, prepared);
    this.floatOutputs.set('given', outputs);
    return outputs;
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
