// Estimates ranges of activations from figures of single batches: extremes reduced in the graph, quantiles of values.
import type { Ranges, TensorRange } from '../../config/recipe';
import type { ModelProto } from '../../onnx/messages';
import type { WorkContext } from '../../protocol/progress';
import { bindInputs } from '../../runtime/feeds';
import { inFlight, overlapped } from '../../runtime/inFlight';
import type { PortInfo } from '../../runtime/session';
import type { Calibration, CalibrationRequest } from '../calibration/calibrate';
import { ExtremesReader } from '../calibration/extremesReader';
import { RangeTracker } from '../calibration/rangeTracker';
import { TensorFetcher } from '../calibration/tensorFetcher';
import type { Feeds, OpenGraph } from '../calibration/tensorFetcher';
import { quantizationErrors } from '../quantizationErrors';
import { quantileOf } from './quantiles';
import { estimatedRange, needsOnlyExtremes, sampleFigure } from './rangeEstimator';
import type { RangeEstimator } from './rangeEstimator';

/** What is estimated, with what. A batch is one sample here, as with POT's stat_batch_size. */
export interface EstimateRequest extends Omit<CalibrationRequest, 'settings'> {
  readonly estimator: RangeEstimator;
}

/** Two figures a sample and tensor are kept, nothing else. Throws `quantize-no-samples`, and what data and engine throw. */
export async function estimateRanges(request: EstimateRequest, context: WorkContext): Promise<Calibration> {
  const { estimator, tensors, expectedSamples } = request;
  const figures = new SampleFigures(tensors, estimator);
  const reader = needsOnlyExtremes(estimator) ? await extremes(request) : await values(request);
  let samples = 0;
  try {
    for await (const [batch, read] of inFlight(request.batches(), overlapped, ({ inputs }) => reader.read(inputs))) {
      context.signal.throwIfAborted();
      await read(figures);
      samples += batch.ids.length;
      const total = expectedSamples === undefined ? {} : { total: expectedSamples };
      context.onProgress({ phase: 'measuring ranges', done: samples, ...total, unit: 'samples' });
    }
  } finally {
    await reader.close();
  }
  if (samples === 0) throw quantizationErrors.noSamples();
  return { ranges: figures.ranges(), samples, notes: figures.notes() };
}

/** Gives the figures of batches. */
interface BatchReader {
  /** Runs the model on a batch; what it gives adds the figures. */
  read(inputs: Feeds): Promise<(into: SampleFigures) => Promise<void>>;
  close(): Promise<void>;
}

async function extremes({ model, tensors, open }: EstimateRequest): Promise<BatchReader> {
  const tracker = new RangeTracker(tensors);
  const reader = await ExtremesReader.open(model, tensors, false, tracker, open);
  return {
    read: async (inputs) => {
      const run = await reader.run(inputs);
      return async (into) => {
        tracker.reset();
        await reader.add(run);
        for (const [tensor, range] of tracker.ranges()) into.add(tensor, range, () => NaN);
        into.noteNonFinite(tracker.tensorsWithNonFinite());
      };
    },
    close: () => reader.close(),
  };
}

/** The values themselves, a group of tensors at a time: every tensor of a large model at once would not fit. */
async function values({ model, tensors, open }: EstimateRequest): Promise<BatchReader> {
  const ports = await portsOf(model.proto, open);
  const fetchers = groupsOf(tensors).map((group) => new TensorFetcher(model, group, open));
  return {
    read: (inputs) => {
      const feeds = bindInputs(inputs, ports);
      // Only now: of a large model, the values of one group are as much as memory has room for.
      const add = async (into: SampleFigures): Promise<void> => {
        for (const fetcher of fetchers) {
          for (const [tensor, found] of await fetcher.values(feeds)) addValues(tensor, found, into);
        }
      };
      return Promise.resolve(add);
    },
    close: async () => {
      for (const fetcher of fetchers) await fetcher.close();
    },
  };
}

async function portsOf(proto: ModelProto, open: OpenGraph): Promise<readonly PortInfo[]> {
  const session = await open(proto);
  await session.close();
  return session.inputs;
}

function addValues(tensor: string, found: Float32Array, into: SampleFigures): void {
  const finite = found.every(Number.isFinite) ? found : found.filter(Number.isFinite);
  if (finite.length < found.length) into.noteNonFinite([tensor]);
  if (finite.length === 0) return;
  let min = Infinity;
  let max = -Infinity;
  for (const value of finite) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  into.add(tensor, { min, max }, (q, ofMagnitudes) =>
    quantileOf(ofMagnitudes ? finite.map(Math.abs) : finite.slice(), q),
  );
}

/** Tensors fetched together. */
const groupSize = 8;

function groupsOf(tensors: readonly string[]): readonly string[][] {
  const groups: string[][] = [];
  for (let start = 0; start < tensors.length; start += groupSize) groups.push(tensors.slice(start, start + groupSize));
  return groups;
}

/** The figures of all samples so far. */
class SampleFigures {
  private readonly lower = new Map<string, number[]>();
  private readonly upper = new Map<string, number[]>();
  private readonly nonFinite = new Set<string>();

  constructor(
    tensors: readonly string[],
    private readonly estimator: RangeEstimator,
  ) {
    for (const tensor of tensors) {
      this.lower.set(tensor, []);
      this.upper.set(tensor, []);
    }
  }

  add(tensor: string, range: TensorRange, quantile: (q: number, ofMagnitudes: boolean) => number): void {
    const { min, max } = this.estimator;
    this.lower.get(tensor)?.push(sampleFigure(min, 'min', range, quantile));
    this.upper.get(tensor)?.push(sampleFigure(max, 'max', range, quantile));
  }

  noteNonFinite(tensors: readonly string[]): void {
    for (const tensor of tensors) this.nonFinite.add(tensor);
  }

  /** Of the tensors that had a finite value. */
  ranges(): Ranges {
    const found = [...this.lower].filter(([, figures]) => figures.length > 0);
    return new Map(
      found.map(([tensor, lower]) => [tensor, estimatedRange(this.estimator, lower, this.upper.get(tensor) ?? [])]),
    );
  }

  notes(): readonly string[] {
    return [...this.nonFinite].map(
      (tensor) => `"${tensor}" held NaN or infinite values in some samples; they were left out of its range.`,
    );
  }
}
