// Pass 1 of calibration: the smallest and largest value of each tensor in each run.
import type { OnnxModel } from '../../onnx/readModel';
import type { Tensor } from '../../onnx/tensor';
import { BenchError } from '../../protocol/benchError';
import { bindInputs } from '../../runtime/feeds';
import type { EngineSession, PortInfo } from '../../runtime/session';
import { nonNegativeTensors, rectifiedTensors } from './nonNegativeTensors';
import type { RangeTracker } from './rangeTracker';
import { reducingModel } from './reducingModel';
import type { ExtremeSlice, ReducingModel } from './reducingModel';
import { TensorFetcher } from './tensorFetcher';
import type { Feeds, OpenGraph } from './tensorFetcher';

/** What one run gave. */
export interface ExtremesRun {
  readonly feeds: Feeds;
  /** Undefined where the graph cannot reduce. */
  readonly outputs: Feeds | undefined;
}

/**
 * Reads extremes that the graph reduces itself. Where that gives no finite number, or fails (an engine does not reduce
 * a tensor without elements), the values are fetched and the finite ones looked at here.
 */
export class ExtremesReader {
  private reducingFails = false;

  private constructor(
    private readonly reducing: ReducingModel,
    private readonly session: EngineSession,
    private readonly fetcher: TensorFetcher,
    private readonly tracker: RangeTracker,
  ) {}

  /**
   * Opens the reducing graph; the caller closes the reader. Every range holds 0, so the minima of tensors that cannot be
   * negative are looked at only with `allMinima`, and those of Relu and Clip, which reach 0, never.
   */
  static async open(
    model: OnnxModel,
    tensors: readonly string[],
    allMinima: boolean,
    tracker: RangeTracker,
    open: OpenGraph,
  ): Promise<ExtremesReader> {
    const unneeded = allMinima ? rectifiedTensors(model.graph) : nonNegativeTensors(model.graph);
    const reducing = reducingModel(model, tensors, (tensor) => !unneeded.has(tensor));
    const session = await open(reducing.proto);
    return new ExtremesReader(reducing, session, new TensorFetcher(model, tensors, open), tracker);
  }

  get inputs(): readonly PortInfo[] {
    return this.session.inputs;
  }

  /** Runs the model once; of several runs, one may be under way while another is added. */
  async run(inputs: Feeds): Promise<ExtremesRun> {
    const feeds = bindInputs(inputs, this.session.inputs);
    // Whether a maximum of numbers with NaN among them is NaN depends on their order: what is fed is looked at first.
    const isReducible = !this.reducingFails && Object.values(feeds).every(isFinite);
    return { feeds, outputs: isReducible ? await this.reduced(feeds) : undefined };
  }

  /** Adds what a run gave to the tracker. */
  async add({ feeds, outputs }: ExtremesRun): Promise<void> {
    const unread = outputs === undefined ? undefined : this.unreadIn(outputs);
    if (unread?.size === 0) return;
    for (const [tensor, values] of await this.fetcher.values(feeds)) {
      if (unread?.has(tensor) !== false) this.tracker.addValues(tensor, values);
    }
  }

  async close(): Promise<void> {
    await this.session.close();
    await this.fetcher.close();
  }

  /** Undefined when the run failed. */
  private async reduced(feeds: Feeds): Promise<Feeds | undefined> {
    try {
      return await this.session.run(feeds);
    } catch (thrown) {
      if (!(thrown instanceof BenchError) || thrown.code !== 'engine-run') throw thrown;
      this.reducingFails = true;
      return undefined;
    }
  }

  /** Adds finite extremes to the tracker and names the tensors of the others. */
  private unreadIn(outputs: Feeds): Set<string> {
    const unread = new Set<string>();
    for (const slice of this.reducing.slices) {
      const data = outputs[slice.output]?.data;
      const rowLength = this.reducing.rowLengths.get(slice.output) ?? 1;
      const value = data instanceof Float32Array ? extremeOf(data, rowLength, slice) : NaN;
      if (!this.tracker.addExtreme(slice.tensor, slice.extreme, value)) unread.add(slice.tensor);
    }
    return unread;
  }
}

/** The smallest or largest number of a slice over all rows; NaN if one is NaN. */
function extremeOf(data: Float32Array, rowLength: number, { extreme, offset, length }: ExtremeSlice): number {
  const better = extreme === 'max' ? Math.max : Math.min;
  let found = extreme === 'max' ? -Infinity : Infinity;
  for (let row = offset; row < data.length; row += rowLength) {
    for (let index = row; index < row + length; index++) found = better(found, data[index] ?? NaN);
  }
  return found;
}

function isFinite({ data }: Tensor): boolean {
  if (!(data instanceof Float32Array)) return true;
  // A sum of finite float32 numbers is finite in double precision; one NaN or infinity makes it NaN or infinite.
  let sum = 0;
  for (let left = data.length - 1; left >= 0; left--) sum += data[left] ?? 0;
  return Number.isFinite(sum);
}
