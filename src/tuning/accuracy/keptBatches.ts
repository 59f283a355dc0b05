// Batches that are read once and kept, as far as memory allows.
import type { Batch } from '../../data/contracts';

/** Samples that can be gone through again and again, in the same order. */
export interface SampleSequence {
  /** Samples in all, where that is known beforehand. */
  readonly length: number | undefined;
  /** Batches until `samples` samples were given; all without it. */
  batches(signal: AbortSignal, samples?: number): AsyncIterable<Batch>;
}

/** Batches are kept up to this size; beyond it they are read anew each time. */
const largestKeptBytes = 512 * 2 ** 20;

export class KeptBatches {
  private readonly kept: Batch[] = [];
  private keptBytes = 0;
  private isComplete = false;

  /** @param read gives all batches, in the same order each time */
  constructor(private readonly read: (signal: AbortSignal) => AsyncIterable<Batch>) {}

  /** Batches in the same order every time, until `samples` samples were given; all without it. */
  async *batches(signal: AbortSignal, samples = Infinity): AsyncGenerator<Batch, void, undefined> {
    let given = 0;
    for await (const batch of this.all(signal)) {
      given += batch.ids.length;
      yield batch;
      // Here, not before: another batch would be read for nothing.
      if (given >= samples) return;
    }
  }

  /** Forgets what is kept. */
  clear(): void {
    this.kept.length = 0;
    this.keptBytes = 0;
    this.isComplete = false;
  }

  private async *all(signal: AbortSignal): AsyncGenerator<Batch, void, undefined> {
    yield* this.kept;
    if (this.isComplete) return;
    let index = 0;
    for await (const batch of this.read(signal)) {
      if (index++ < this.kept.length) continue;
      this.keep(batch, index);
      yield batch;
    }
    this.isComplete = this.kept.length === index;
  }

  /** Only a beginning without gaps is kept. */
  private keep(batch: Batch, index: number): void {
    const bytes = Object.values(batch.inputs).reduce(
      (sum, { data }) => sum + (ArrayBuffer.isView(data) ? data.byteLength : 64 * data.length),
      0,
    );
    if (this.kept.length !== index - 1 || this.keptBytes + bytes > largestKeptBytes) return;
    this.keptBytes += bytes;
    this.kept.push(batch);
  }
}
