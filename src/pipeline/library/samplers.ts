// Ways through a data set (SYSTEMS §7.1): batches of samples, or indexes alone.
import { shuffledOrder } from '../../data/loaders/shuffled';
import type { DataLoader, Sample } from './contracts';
import { lengthOf, readSamples } from './items';
import { pipelineErrors } from './pipelineErrors';

export interface SamplerOptions {
  /** Samples at once (1). */
  readonly batchSize?: number;
  /** Which samples, in this order; absent: all. */
  readonly subsetIndices?: readonly number[];
  /** How long the loader may take for one sample (120 000). */
  readonly sampleTimeoutMs?: number;
}

/** Gives batches; made anew for each pass with `for await`. */
export abstract class Sampler<Given = readonly Sample[]> implements AsyncIterable<Given> {
  readonly batchSize: number;
  /** Of the samples, in the order in which they are given. */
  readonly indexes: readonly number[];

  constructor(loader: Pick<DataLoader, 'length'> | undefined, { batchSize = 1, subsetIndices }: SamplerOptions = {}) {
    if (!Number.isSafeInteger(batchSize) || batchSize < 1) throw pipelineErrors.batchSize(batchSize);
    const length = loader === undefined ? Infinity : lengthOf(loader as DataLoader);
    const outside = subsetIndices?.find((index) => !Number.isSafeInteger(index) || index < 0 || index >= length);
    if (outside !== undefined) throw pipelineErrors.subset(outside, length);
    this.batchSize = batchSize;
    this.indexes = subsetIndices ?? Array.from({ length: Number.isFinite(length) ? length : 0 }, (_, index) => index);
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

/** Batches of samples in order; the last one may be short. */
export class BatchSampler extends Sampler {
  constructor(
    private readonly loader: DataLoader,
    private readonly options: SamplerOptions = {},
  ) {
    super(loader, options);
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

  // eslint-disable-next-line @typescript-eslint/require-await -- nothing to wait for here, and a sampler is asynchronous
  async *[Symbol.asyncIterator](): AsyncGenerator<number, void, undefined> {
    yield* this.indexes;
  }
}

export interface CreateSamplerOptions extends Omit<SamplerOptions, 'subsetIndices'> {
  /** Draw the samples at random, without repetition (false). */
  readonly shuffleData?: boolean;
  readonly seed?: number;
}

/**
 * A sampler over part of a loader: the first `samples` (or as many drawn), the samples at these indexes, or all with null.
 */
export function createSampler(
  loader: DataLoader,
  samples: number | readonly number[] | null,
  { shuffleData = false, seed = 0, ...options }: CreateSamplerOptions = {},
): BatchSampler {
  if (samples === null) return new BatchSampler(loader, options);
  if (typeof samples !== 'number') return new BatchSampler(loader, { ...options, subsetIndices: samples });
  if (!Number.isSafeInteger(samples) || samples < 1) throw pipelineErrors.sampleCount(samples);
  const length = lengthOf(loader);
  const count = Math.min(samples, length);
  const subsetIndices = shuffleData
    ? [...shuffledOrder(length, seed).subarray(0, count)]
    : Array.from({ length: count }, (_, index) => index);
  return new BatchSampler(loader, { ...options, subsetIndices });
}
