// The samples of a script's loader as quantization takes them: batches of the inputs of a part of the model.
import type { Batch } from '../../data/contracts';
import type { Tensor } from '../../onnx/tensor';
import { KeptBatches } from '../../tuning/accuracy/keptBatches';
import type { SampleSequence } from '../../tuning/accuracy/keptBatches';
import type { EngineSession, PortInfo } from '../../runtime/session';
import type { Sample } from './contracts';
import { boundSamples, stackedInputs } from './sampleInputs';
import type { BatchSampler } from './samplers';

/**
 * Samples as the part of a cascade sees them: the loader's, and what the parts before it make of them. They are kept as far
 * as memory allows; the loader is asked again only beyond that.
 */
export class LoaderSamples implements SampleSequence {
  private readonly kept = new KeptBatches((signal) => this.read(signal));

  /**
   * @param before sessions of the parts that run before, which stay open while samples are read
   * @param ports inputs of the part; a batch that is not full is left out where they have a fixed batch size
   */
  constructor(
    private readonly sampler: BatchSampler,
    private readonly before: readonly EngineSession[],
    private readonly ports: readonly PortInfo[],
  ) {}

  get length(): number {
    return this.sampler.length;
  }

  batches(signal: AbortSignal, samples?: number): AsyncIterable<Batch> {
    return this.kept.batches(signal, samples);
  }

  private async *read(signal: AbortSignal): AsyncGenerator<Batch, void, undefined> {
    for await (const samples of this.sampler) {
      signal.throwIfAborted();
      const inputs = await this.inputsOf(samples);
      yield {
        ids: samples.map(({ id }) => id),
        inputs,
        annotations: samples.map(({ annotation }) => annotation),
      };
    }
  }

  private async inputsOf(samples: readonly Sample[]): Promise<Record<string, Tensor>> {
    const first = this.before[0]?.inputs ?? this.ports;
    let known = stackedInputs(samples, first);
    for (const session of this.before) {
      known = { ...known, ...(await session.run(boundSamples(samples, known, session.inputs))) };
    }
    return boundSamples(samples, known, this.ports);
  }
}
