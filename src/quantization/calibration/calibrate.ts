// Measures the ranges of activations by running the model on samples: memory does not grow with their number.
//
// Pass 1 finds smallest and largest values, reduced inside the graph. Percentile and entropy take a second pass over
// the same samples, which counts values in histograms over the range that is then known (SYSTEMS §4.4, STACK §3).
import type { CalibrationSettings, Ranges, TensorRange } from '../../config/recipe';
import type { Batch } from '../../data/contracts';
import type { OnnxModel } from '../../onnx/readModel';
import type { WorkContext } from '../../protocol/progress';
import { bindInputs } from '../../runtime/feeds';
import { inFlight, overlapped } from '../../runtime/inFlight';
import type { PortInfo } from '../../runtime/session';
import { quantizationErrors } from '../quantizationErrors';
import { ExtremesReader } from './extremesReader';
import { rangeCutFor } from './rangeCut';
import type { RangeCut } from './rangeCut';
import { RangeTracker } from './rangeTracker';
import { partsOfSize, TensorFetcher } from './tensorFetcher';
import type { Feeds, OpenGraph } from './tensorFetcher';

/** What is calibrated, with what. */
export interface CalibrationRequest {
  readonly model: OnnxModel;
  /** Float32 tensors of the main graph. */
  readonly tensors: readonly string[];
  readonly settings: CalibrationSettings;
  /** How many samples `batches` will give, if that is known. */
  readonly expectedSamples: number | undefined;
  /** The samples, from the first one on, each time it is called. */
  batches(): AsyncIterable<Batch>;
  readonly open: OpenGraph;
}

export interface Calibration {
  /** Tensors without any finite value are missing. */
  readonly ranges: Ranges;
  readonly samples: number;
  /** What a person should know of the data, one sentence each. */
  readonly notes: readonly string[];
}

/** How much of the values of one run is fetched at a time. */
const fetchLimitBytes = 256 * 2 ** 20;

/** Throws `quantize-no-samples` for an empty data set, and whatever data and engine throw. */
export async function calibrate(request: CalibrationRequest, context: WorkContext): Promise<Calibration> {
  const tracker = new RangeTracker(request.tensors);
  const pass = new SamplePass(request, context);
  const first = await findExtremes(request, tracker, pass);
  const observed = tracker.ranges();
  const nonFinite = tracker.tensorsWithNonFinite();
  const notes = nonFinite.map(
    (tensor) => `"${tensor}" held NaN or infinite values in some samples; they were left out of its range.`,
  );
  if (request.settings.method === 'minmax') return { ranges: observed, samples: pass.samples, notes };
  const ranges = await cutRanges(request, first, observed, new Set(nonFinite), pass);
  return { ranges, samples: pass.samples, notes };
}

/** What the second pass needs of the first. */
interface FirstRun {
  readonly ports: readonly PortInfo[];
  readonly feeds: Feeds;
}

async function findExtremes(request: CalibrationRequest, tracker: RangeTracker, pass: SamplePass): Promise<FirstRun> {
  const { model, tensors, settings, open } = request;
  // Histograms of magnitudes begin at the smallest one.
  const allMinima = settings.method === 'percentile';
  const reader = await ExtremesReader.open(model, tensors, allMinima, tracker, open);
  try {
    let firstFeeds: Feeds | undefined;
    await pass.run(
      'measuring ranges',
      overlapped,
      ({ inputs }) => reader.run(inputs),
      async (run) => {
        firstFeeds ??= run.feeds;
        await reader.add(run);
      },
    );
    if (firstFeeds === undefined) throw quantizationErrors.noSamples();
    return { ports: reader.inputs, feeds: firstFeeds };
  } finally {
    await reader.close();
  }
}

/** Percentile and entropy: narrower ranges, from histograms. */
async function cutRanges(
  request: CalibrationRequest,
  first: FirstRun,
  observed: ReadonlyMap<string, TensorRange>,
  nonFinite: ReadonlySet<string>,
  pass: SamplePass,
): Promise<Ranges> {
  const ranges = new Map(observed);
  const cuts = new Map<string, RangeCut>();
  for (const [tensor, range] of observed) {
    const cut = rangeCutFor(range, request.settings);
    if (cut !== undefined) cuts.set(tensor, cut);
  }
  for (const part of partsOfSize(request.model, [...cuts.keys()], first.feeds, fetchLimitBytes)) {
    await fillHistograms(request, part, first.ports, cuts, nonFinite, pass);
  }
  for (const [tensor, cut] of cuts) ranges.set(tensor, cut.range());
  return ranges;
}

async function fillHistograms(
  request: CalibrationRequest,
  tensors: readonly string[],
  ports: readonly PortInfo[],
  cuts: ReadonlyMap<string, RangeCut>,
  nonFinite: ReadonlySet<string>,
  pass: SamplePass,
): Promise<void> {
  const fetcher = new TensorFetcher(request.model, tensors, request.open);
  try {
    await pass.run(
      'counting values',
      // The limit on what is fetched is for one run.
      1,
      ({ inputs }) => fetcher.values(bindInputs(inputs, ports)),
      (found) => {
        for (const [tensor, values] of found) {
          const cut = cuts.get(tensor);
          cut?.add(nonFinite.has(tensor) ? values.filter(Number.isFinite) : values);
          if (pass.partDone !== undefined) cut?.reached(pass.partDone);
        }
      },
    );
  } finally {
    await fetcher.close();
  }
}

/** Goes over the samples, as often as needed: progress, and an end when the job is cancelled. */
class SamplePass {
  /** Samples of the last pass. */
  samples = 0;

  constructor(
    private readonly request: CalibrationRequest,
    private readonly context: WorkContext,
  ) {}

  /** Part (0..1) of this pass's samples that has been given out; undefined when their number is not known. */
  get partDone(): number | undefined {
    const { expectedSamples } = this.request;
    return expectedSamples === undefined ? undefined : Math.min(this.samples / expectedSamples, 1);
  }

  /** Infers batches, up to `most` at once, and visits what came of them in order. */
  async run<Inferred>(
    phase: string,
    most: number,
    infer: (batch: Batch) => Promise<Inferred>,
    visit: (inferred: Inferred) => Promise<void> | void,
  ): Promise<void> {
    const { expectedSamples } = this.request;
    this.samples = 0;
    for await (const [batch, inferred] of inFlight(this.request.batches(), most, infer)) {
      this.context.signal.throwIfAborted();
      this.samples += batch.ids.length;
      await visit(inferred);
      const total = expectedSamples === undefined ? {} : { total: expectedSamples };
      this.context.onProgress({ phase, done: this.samples, ...total, unit: 'samples' });
    }
  }
}
