// Quantizes the parts of a model, each on what the parts before it make of the samples.
import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { requiredInputs } from '../../onnx/graphView';
import { declaredPort } from '../../onnx/modelFacts';
import { readModel } from '../../onnx/readModel';
import type { JobContext } from '../../protocol/jobContext';
import type { EngineSession, PortInfo } from '../../runtime/session';
import type { TrialConfig } from '../../tuning/contracts';
import { withFloat } from '../../tuning/strategies/choices';
import { CompressedModel } from './compressedModel';
import type { DataLoader } from './contracts';
import type { EngineProcess } from './engineProcess';
import { refuseUnknownParts } from './ignoredScope';
import { LoaderSamples } from './loaderSamples';
import { partOf, prefixOf } from './partNames';
import { PartQuantizer } from './partQuantizer';
import { pipelineErrors } from './pipelineErrors';
import type { Preset, QuantizationSettings } from './quantizationSettings';
import { createSampler } from './samplers';

/** A configuration for each part. */
export type ModelConfiguration = readonly TrialConfig[];

export interface QuantizerRequest {
  readonly model: CompressedModel;
  readonly loader: DataLoader;
  readonly settings: QuantizationSettings;
  readonly threads: number;
  readonly process: EngineProcess;
  readonly context: JobContext;
}

/** Made by `open`; whoever opened it closes it. */
export class ModelQuantizer {
  private constructor(
    private readonly model: CompressedModel,
    private readonly parts: readonly PartQuantizer[],
    /** Sessions of all parts but the last. */
    private readonly floats: readonly EngineSession[],
    private readonly ownNotes: readonly string[],
  ) {}

  /** Throws `pipeline-nothing-to-quantize`, and whatever preparing a part throws. */
  static async open(request: QuantizerRequest): Promise<ModelQuantizer> {
    const { model, settings, process, threads } = request;
    refuseUnknownParts(
      settings.ignored,
      model.models.flatMap(({ name }) => name ?? []),
    );
    const floats: EngineSession[] = [];
    const parts: PartQuantizer[] = [];
    const quantizer = new ModelQuantizer(model, parts, floats, [...settings.notes, ...subsetNotes(request)]);
    try {
      // Only what later parts are fed by is run; the last one is never.
      for (const { path } of model.models.slice(0, -1)) floats.push(await process.open(path, { threads }));
      for (const index of model.models.keys()) parts.push(await openPart(request, index, floats));
      if (parts.every(({ space }) => space.ops.length === 0)) throw pipelineErrors.nothingLeft(model.name);
      return quantizer;
    } catch (thrown) {
      await quantizer.close();
      throw thrown;
    }
  }

  get notes(): readonly string[] {
    return [...this.ownNotes, ...new Set(this.parts.flatMap(({ notes }) => notes))];
  }

  /** Everything quantized with a preset. */
  start(preset: Preset): ModelConfiguration {
    return this.parts.map((part) => part.start(preset));
  }

  /** Layers that can only be reverted together, in order; those of a cascade with the names of their parts. */
  get groups(): readonly (readonly string[])[] {
    return this.parts.flatMap(({ space }, index) => {
      const own = new Set(space.ops.map(({ node }) => node));
      const groups = space.linked.map((group) => group.filter((node) => own.has(node)));
      const named = groups.map((group) => group.map((node) => `${prefixOf(this.model, index)}${node}`));
      return named.filter((group) => group.length > 0);
    });
  }

  /** As the model calls a layer; in a cascade with the name of its part. */
  nameOf(layer: string): string {
    const { index, name } = partOf(this.model, layer);
    return `${prefixOf(this.model, index)}${this.parts[index]?.space.modelNames.get(name) ?? name}`;
  }

  isQuantized(config: ModelConfiguration, layer: string): boolean {
    const { index, name } = partOf(this.model, layer);
    return Object.hasOwn(config[index]?.ops ?? {}, name);
  }

  /** The same with some layers float. */
  reverted(config: ModelConfiguration, layers: readonly string[]): ModelConfiguration {
    return this.parts.map(({ space }, index) => {
      const own = layers.map((layer) => partOf(this.model, layer)).filter((one) => one.index === index);
      const part = config[index] ?? this.start('performance')[index];
      if (part === undefined) throw new RangeError('a configuration without a part');
      return own.length === 0
        ? part
        : withFloat(
            space,
            part,
            own.map(({ name }) => name),
          );
    });
  }

  /** Makes the model of a configuration; a part of which nothing is quantized stays the file it is. */
  async build(config: ModelConfiguration): Promise<CompressedModel> {
    const models = [];
    for (const [index, part] of this.model.models.entries()) {
      const own = config[index];
      const isTouched = own !== undefined && Object.keys(own.ops).length > 0;
      const path = isTouched ? await this.parts[index]?.build(own) : undefined;
      models.push({ ...part, path: path ?? part.path });
    }
    return new CompressedModel(this.model.name, models);
  }

  /** Makes the model of a configuration for as long as it is used. */
  async withModel<Result>(
    config: ModelConfiguration,
    use: (model: CompressedModel) => Promise<Result>,
  ): Promise<Result> {
    const built = await this.build(config);
    try {
      return await use(built);
    } finally {
      const given = new Set(this.model.models.map(({ path }) => path));
      for (const { path } of built.models.filter((part) => !given.has(part.path))) {
        await rm(path, { force: true });
        await rm(`${path}.data`, { force: true });
      }
    }
  }

  async close(): Promise<void> {
    for (const part of this.parts) part.close();
    for (const session of this.floats) await session.close();
  }
}

/** What a model takes, as its file declares it: for that it need not be loaded. */
function portsOf(path: string): readonly PortInfo[] {
  const model = readModel(path);
  try {
    return requiredInputs(model.graph).map((input) => {
      const { name, type, shape } = declaredPort(input);
      return { name, type, dims: shape ?? [], model: basename(path) };
    });
  } finally {
    model.close();
  }
}

async function openPart(
  { model, loader, settings, threads, process, context }: QuantizerRequest,
  index: number,
  floats: readonly EngineSession[],
): Promise<PartQuantizer> {
  const { path, name } = model.models[index] ?? { path: '' };
  const { statSubsetSize, shuffleData, seed, statBatchSize: batchSize } = settings;
  const sampler = createSampler(loader, statSubsetSize ?? null, { shuffleData, seed, batchSize });
  const samples = new LoaderSamples(sampler, floats.slice(0, index), floats[index]?.inputs ?? portsOf(path));
  const prefix = prefixOf(model, index);
  return PartQuantizer.open({ path, name, prefix, samples, settings, threads, open: process.openGraph, context });
}

function subsetNotes({ loader: { length }, settings: { statSubsetSize = 0 } }: QuantizerRequest): readonly string[] {
  if (statSubsetSize <= length) return [];
  return [
    `stat_subset_size is ${statSubsetSize}, and the data loader has ${length}: ranges are estimated on all of them.`,
  ];
}
