// Ways through a data set (SYSTEMS §7.1): batches of samples, or indexes alone.
import { shuffledOrder } from '../../data/loaders/shuffled';
import { isOfKind } from './callers';
import type { DataLoader, Sample } from './contracts';
import type { Engine } from './engine';
import { kindOf, lengthOf, readSamples } from './items';
import { Parameters } from './parameters';
import { pipelineErrors } from './pipelineErrors';

export interface SamplerOptions {
  /** Samples at once (1). */
  readonly batchSize?: number;
  /** Which samples, in this order; absent: all. */
  readonly subsetIndices?: readonly number[];
  /** How long the loader may take for one sample: three quarters of the limit of the job, or 90 000. */
  readonly sampleTimeoutMs?: number;
}

const optionNames = ['batchSize', 'subsetIndices', 'sampleTimeoutMs'] as const;

/** Gives batches; made anew for each pass with `for await`. */
export abstract class Sampler<Given = readonly Sample[]> implements AsyncIterable<Given> {
  readonly batchSize: number;
  /** Of the samples, in the order in which they are given. */
  readonly indexes: readonly number[];

  /** Throws PipelineError for an option that is unknown or not what it should be, and for indexes the loader does not have. */
  constructor(loader: Pick<DataLoader, 'length'> | undefined, options: SamplerOptions = {}) {
    const group = new Parameters(options, optionNames, 'the sampler');
    group.count('sampleTimeoutMs');
    const batchSize = group.value('batchSize') ?? 1;
    if (typeof batchSize !== 'number' || !Number.isSafeInteger(batchSize) || batchSize < 1) {
      throw pipelineErrors.batchSize(batchSize);
    }
    const length = loader === undefined ? Infinity : lengthOf(loader as DataLoader);
    this.batchSize = batchSize;
    this.indexes = group.value('subsetIndices') === undefined ? allOf(length) : subsetOf(group, length);
  }

  /** Samples, not batches. */
  get length(): number {
    return this.indexes.length;
  }

  get numSamples(): number {
    return this.indexes.length;
  }

  abstract [Symbol.asyncIterator](): AsyncIterator<Given>;
}

function allOf(length: number): readonly number[] {
  return Array.from({ length: Number.isFinite(length) ? length : 0 }, (_, index) => index);
}

function subsetOf(group: Parameters, length: number): readonly number[] {
  return group.list('subsetIndices').map((index) => {
    if (typeof index === 'number' && Number.isSafeInteger(index) && index >= 0 && index < length) return index;
    throw pipelineErrors.subset(index, length);
  });
}

/** Where samples come from: a loader, or an engine that has one. */
export type SampleSource = DataLoader | Pick<Engine, 'dataLoader'>;

function loaderOf(source: SampleSource): DataLoader {
  if (isOfKind('engine', source)) return source.dataLoader;
  const given: unknown = source;
  if (typeof given === 'object' && given !== null) return source as DataLoader;
  const nextStep = 'Give it the engine that was made with a data loader, or the loader itself.';
  throw pipelineErrors.argument('The source of samples', kindOf(given), 'an engine or a data loader', nextStep);
}

/** Batches of samples in order; the last one may be short. */
export class BatchSampler extends Sampler {
  private readonly loader: DataLoader;

  constructor(
    source: SampleSource,
    private readonly options: SamplerOptions = {},
  ) {
    const loader = loaderOf(source);
    super(loader, options);
    this.loader = loader;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly Sample[], void, undefined> {
    for (let start = 0; start < this.indexes.length; start += this.batchSize) {
      const indexes = this.indexes.slice(start, start + this.batchSize);
      yield await readSamples(this.loader, indexes, this.options.sampleTimeoutMs);
    }
  }
}

/** Indexes alone, for engines that load by themselves. */
export class IndexSampler extends Sampler<number> {
  constructor(subsetIndices: readonly number[]) {
    super(undefined, { subsetIndices });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<number, void, undefined> {
    for (const index of this.indexes) yield await Promise.resolve(index);
  }
}

export interface CreateSamplerOptions extends Omit<SamplerOptions, 'subsetIndices'> {
  /** Draw the samples at random, without repetition (false). */
  readonly shuffleData?: boolean;
  readonly seed?: number;
}

/**
 * A sampler over part of the data of an engine, or of a loader: the first `samples` (or as many drawn), the samples at these
 * indexes, or all with null.
 */
export function createSampler(
  source: SampleSource,
  samples: number | readonly number[] | null,
  given: CreateSamplerOptions = {},
): BatchSampler {
  const group = new Parameters(given, ['shuffleData', 'seed', 'batchSize', 'sampleTimeoutMs'], 'createSampler');
  const [shuffleData, seed] = [group.flag('shuffleData') ?? false, group.count('seed', 0) ?? 0];
  const { batchSize, sampleTimeoutMs } = given;
  const options = {
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(sampleTimeoutMs === undefined ? {} : { sampleTimeoutMs }),
  };
  const loader = loaderOf(source);
  if (samples === null) return new BatchSampler(loader, options);
  if (Array.isArray(samples)) return new BatchSampler(loader, { ...options, subsetIndices: samples as number[] });
  if (typeof samples !== 'number' || !Number.isSafeInteger(samples) || samples < 1) {
    throw pipelineErrors.sampleCount(samples);
  }
  const length = lengthOf(loader);
  const count = Math.min(samples, length);
  const subsetIndices = shuffleData
    ? [...shuffledOrder(length, seed).subarray(0, count)]
    : Array.from({ length: count }, (_, index) => index);
  return new BatchSampler(loader, { ...options, subsetIndices });
}
