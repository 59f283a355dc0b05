// The samples a tuning works with, decoded only once; shuffled, so that every beginning is a fair sample, or as given.
import type { DatasetConfig } from '../../config/datasetFile';
import { batches } from '../../data/batches';
import type { Batch, DataLoader } from '../../data/contracts';
import { shuffled, shuffledOrder } from '../../data/loaders/shuffled';
import { openDatasetConfig } from '../../data/openDataset';
import type { OpenedDataset } from '../../data/openDataset';
import { tuningErrors } from '../tuningErrors';
import { KeptBatches } from './keptBatches';
import type { SampleSequence } from './keptBatches';

export interface SampleOptions {
  /** The batch size the model insists on. */
  readonly fixedBatch: number | undefined;
  /** At most this many samples, the first ones of the data set; absent: all. */
  readonly limit?: number;
  readonly isShuffled: boolean;
  /** Leaves out a last batch that does not fill a model with a fixed batch size; by default whoever reads fills it up. */
  readonly dropsShortBatch?: true;
}

/** Made by `open`; whoever opened it closes it. */
export class SampleBatches implements SampleSequence {
  private readonly kept = new KeptBatches((signal) => this.read(signal));

  private constructor(
    private readonly dataset: OpenedDataset,
    private readonly loader: DataLoader,
    /** Where in the data set the sample at a place of our order is. */
    readonly indexOf: (position: number) => number,
    readonly batchSize: number,
    private readonly limit: number | undefined,
    private readonly lastBatch: 'rollover' | 'discard',
  ) {}

  static async open(
    config: DatasetConfig,
    { fixedBatch, limit, isShuffled, dropsShortBatch }: SampleOptions,
  ): Promise<SampleBatches> {
    const dataset = await openDatasetConfig(config);
    const { loader, lastBatch: configured, batchSize } = dataset;
    if (loader.endless === true && limit === undefined) {
      await dataset.close();
      throw tuningErrors.endless(config.path);
    }
    // A model's own batch size is none that the data set could have chosen to discard by.
    const lastBatch = fixedBatch === undefined ? configured : dropsShortBatch === true ? 'discard' : 'rollover';
    const canShuffle = isShuffled && loader.length !== undefined && lastBatch === 'rollover';
    const length = Math.min(loader.length ?? Infinity, limit ?? Infinity);
    const ordered = canShuffle ? shuffled({ ...loader, length, get: (index) => loader.get(index) }) : loader;
    const order = canShuffle ? shuffledOrder(length) : undefined;
    // A data set that is shuffled itself gives its samples in this order.
    const given = config.shuffle && loader.length !== undefined ? shuffledOrder(loader.length) : undefined;
    const indexOf = (position: number): number => {
      const asked = order?.[position] ?? position;
      return given?.[asked] ?? asked;
    };
    return new SampleBatches(dataset, ordered, indexOf, fixedBatch ?? batchSize, limit, lastBatch);
  }

  /** Samples in all, where that is known beforehand. */
  get length(): number | undefined {
    const { length } = this.loader;
    return length === undefined ? this.limit : Math.min(length, this.limit ?? Infinity);
  }

  /** What a person should know of the data. */
  get notes(): readonly string[] {
    return this.dataset.notes;
  }

  /** They are made up. */
  get isRandom(): boolean {
    return this.dataset.isRandom;
  }

  /** Batches in the same order every time, until `samples` samples were given; all without it. */
  batches(signal: AbortSignal, samples = Infinity): AsyncGenerator<Batch, void, undefined> {
    return this.kept.batches(signal, samples);
  }

  async close(): Promise<void> {
    this.kept.clear();
    await this.dataset.close();
  }

  private read(signal: AbortSignal): AsyncIterable<Batch> {
    return batches(this.loader, {
      batchSize: this.batchSize,
      lastBatch: this.lastBatch,
      signal,
      ...(this.limit === undefined ? {} : { limit: this.limit }),
    });
  }
}
