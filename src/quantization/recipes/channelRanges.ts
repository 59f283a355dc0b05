// Ranges of single channels inside a model: quantiles of each sample, and the median of those (SYSTEMS §7.6, stage 1).
import type { WorkContext } from '../../protocol/progress';
import { bindInputs } from '../../runtime/feeds';
import { inFlight, overlapped } from '../../runtime/inFlight';
import type { PortInfo } from '../../runtime/session';
import { TensorFetcher, partsOfSize } from '../calibration/tensorFetcher';
import type { Feeds } from '../calibration/tensorFetcher';
import { quantile } from '../estimators/aggregators';
import { quantileOf } from '../estimators/quantiles';
import { quantizationErrors } from '../quantizationErrors';
import type { ChannelRanges } from './alignChannels';
import type { SampleSource } from './channelReductions';

/** A tensor with its channels on axis 1. */
export interface RangedTensor {
  readonly tensor: string;
  readonly channels: number;
}

/** Part of a channel's values beyond each end. */
const outlierProb = 1e-4;

/** Values fetched in one run take at most this; two runs are held at a time. */
const largestFetchedBytes = 32 * 2 ** 20;

/**
 * The ranges of tensors inside a model, by name; a batch counts as one sample. Two figures a channel and sample are kept.
 * Samples in which a tensor is not finite say nothing about it.
 *
 * @throws `quantize-no-samples` for an empty data set, and what data and engine throw
 */
export async function measureChannelRanges(
  source: SampleSource,
  tensors: readonly RangedTensor[],
  context: WorkContext,
): Promise<ReadonlyMap<string, ChannelRanges>> {
  const figures = new Map(tensors.map(({ tensor, channels }) => [tensor, new ChannelFigures(channels)]));
  const ports = await portsOf(source);
  const fetchers: TensorFetcher[] = [];
  let samples = 0;
  try {
    const runs = runsOf(source, [...figures.keys()], ports, fetchers);
    for await (const [run, found] of inFlight(runs, overlapped, ({ fetcher, feeds }) => fetcher.values(feeds))) {
      context.signal.throwIfAborted();
      for (const [tensor, values] of found) figures.get(tensor)?.add(values, run.rows);
      if (run.fetcher !== fetchers.at(-1)) continue;
      samples += run.rows;
      const total = source.expectedSamples === undefined ? {} : { total: source.expectedSamples };
      context.onProgress({ phase: 'aligning channels', done: samples, ...total, unit: 'samples' });
    }
  } finally {
    for (const fetcher of fetchers) await fetcher.close();
  }
  if (samples === 0) throw quantizationErrors.noSamples();
  const known = [...figures].flatMap(([tensor, own]) => {
    const ranges = own.ranges();
    return ranges === undefined ? [] : [[tensor, ranges] as const];
  });
  return new Map(known);
}

async function portsOf({ model, open }: SampleSource): Promise<readonly PortInfo[]> {
  const session = await open(model.proto);
  await session.close();
  return session.inputs;
}

/** One run of the model for one part of the tensors. */
interface FetchingRun {
  readonly fetcher: TensorFetcher;
  readonly feeds: Feeds;
  /** Samples in it. */
  readonly rows: number;
}

/** The runs that a pass over the samples takes; makes the fetchers, which the caller closes, with the first batch. */
async function* runsOf(
  { model, open, batches }: SampleSource,
  tensors: readonly string[],
  ports: readonly PortInfo[],
  fetchers: TensorFetcher[],
): AsyncGenerator<FetchingRun, void, undefined> {
  for await (const { inputs, ids } of batches()) {
    const feeds = bindInputs(inputs, ports);
    if (fetchers.length === 0) {
      const parts = partsOfSize(model, tensors, feeds, largestFetchedBytes);
      fetchers.push(...parts.map((part) => new TensorFetcher(model, part, open)));
    }
    for (const fetcher of fetchers) yield { fetcher, feeds, rows: ids.length };
  }
}

/** The quantiles of each channel, sample by sample. */
class ChannelFigures {
  private readonly lower: number[][];
  private readonly upper: number[][];

  constructor(private readonly channels: number) {
    this.lower = Array.from({ length: channels }, () => []);
    this.upper = Array.from({ length: channels }, () => []);
  }

  /** @param rows how many samples the values are of, each with all channels */
  add(values: Float32Array, rows: number): void {
    if (!values.every(Number.isFinite)) return;
    const inner = values.length / rows / this.channels;
    for (let channel = 0; channel < this.channels; channel++) {
      const own = new Float32Array(rows * inner);
      for (let row = 0; row < rows; row++) {
        const start = (row * this.channels + channel) * inner;
        own.set(values.subarray(start, start + inner), row * inner);
      }
      this.lower[channel]?.push(quantileOf(own, outlierProb));
      this.upper[channel]?.push(quantileOf(own, 1 - outlierProb));
    }
  }

  /** Undefined where no sample was finite. */
  ranges(): ChannelRanges | undefined {
    if (this.lower[0]?.length === 0) return undefined;
    const medians = (all: readonly number[][]): Float64Array => Float64Array.from(all, (own) => quantile(own, 0.5));
    return { min: medians(this.lower), max: medians(this.upper) };
  }
}
