// What models are run on while they are pruned: samples of a data set in batches, or seeded random numbers.
import { beginActivity } from '../processes/activity';
import { feedsThatFit } from '../benchmark/declaredInputs';
import { batches } from '../data/batches';
import type { Batch } from '../data/contracts';
import { loadingActivity, openDataset } from '../data/openDataset';
import type { Tensor } from '../onnx/tensor';
import { makeUpInputs } from '../profiling/madeUpInputs';
import type { SensitivitySpec } from '../protocol/pruning';
import type { WorkContext } from '../protocol/progress';
import { fixedBatchSize } from '../quantization/calibration/fixedBatchSize';
import { bindInputs } from '../runtime/feeds';
import { randomFeeds } from '../runtime/randomInputs';
import type { EngineSession } from '../runtime/session';
import { pruningErrors } from './pruningErrors';

/** Inputs of one run by graph input name, and how many samples they are. */
export interface SampleFeeds {
  readonly feeds: Readonly<Record<string, Tensor>>;
  readonly count: number;
}

export interface LoadedSamples {
  /** At least one run. */
  readonly samples: readonly SampleFeeds[];
  readonly batchSize: number;
  readonly notes: readonly string[];
}

type SampleSpec = Pick<SensitivitySpec, 'datasetPath' | 'samples' | 'batchSize' | 'dimensions'>;

/**
 * At least `spec.samples` samples, in batches of the size the model insists on or else of `spec.batchSize`; fewer where
 * the data set has no more.
 *
 * @param name of the model, for sentences
 * @throws `pruning-no-samples`; what opening the data and the model throw
 */
export async function loadSamples(
  spec: SampleSpec,
  name: string,
  open: () => Promise<EngineSession>,
  context: WorkContext,
): Promise<LoadedSamples> {
  const { datasetPath } = spec;
  return datasetPath === undefined
    ? randomSamples(spec, name, open, context)
    : datasetSamples({ ...spec, datasetPath }, open, context);
}

async function datasetSamples(
  spec: SampleSpec & { readonly datasetPath: string },
  open: () => Promise<EngineSession>,
  context: WorkContext,
): Promise<LoadedSamples> {
  const { datasetPath } = spec;
  const session = await open();
  try {
    const fixed = fixedBatchSize(session.inputs);
    const batchSize = fixed ?? Math.min(spec.batchSize, spec.samples);
    const loaded = await loadBatches(spec, batchSize, fixed !== undefined, context);
    const source = (ports: EngineSession['inputs']): Record<string, Tensor>[] =>
      loaded.batches.map(({ inputs }) => bindInputs(inputs, ports));
    const { feeds, notes } = await feedsThatFit(source, session, { datasetPath, batchSize }, context);
    const samples = feeds.map((one, index) => ({ feeds: one, count: loaded.batches[index]?.ids.length ?? batchSize }));
    return { samples, batchSize, notes: [...loaded.notes, ...notes, ...ownBatchNotes(spec.batchSize, fixed)] };
  } finally {
    await session.close();
  }
}

async function loadBatches(
  { datasetPath, samples }: { readonly datasetPath: string; readonly samples: number },
  batchSize: number,
  isFixed: boolean,
  { signal, onProgress }: WorkContext,
): Promise<{ readonly batches: readonly Batch[]; readonly notes: readonly string[] }> {
  const dataset = await openDataset(datasetPath);
  try {
    const limit = isFixed ? Math.ceil(samples / batchSize) * batchSize : samples;
    const loaded: Batch[] = [];
    beginActivity(loadingActivity(dataset, datasetPath));
    const options = { batchSize, limit, lastBatch: isFixed ? ('discard' as const) : ('rollover' as const), signal };
    for await (const batch of batches(dataset.loader, options)) {
      loaded.push(batch);
      onProgress({ phase: 'loading inputs', done: loaded.length, unit: 'batches' });
    }
    if (loaded.length === 0) throw pruningErrors.noSamples(datasetPath);
    const madeUp = 'The data set makes its samples up: the inputs are seeded random numbers, not real samples.';
    return { batches: loaded, notes: [...(dataset.isRandom ? [madeUp] : []), ...dataset.notes] };
  } finally {
    await dataset.close();
  }
}

/** What was asked for and not done. One sample in a run is what is asked for where nobody says anything. */
function ownBatchNotes(wanted: number, fixed: number | undefined): readonly string[] {
  if (fixed === undefined || wanted === 1 || wanted === fixed) return [];
  return [`The model takes ${fixed} in a run and nothing else: the batch size ${wanted} had no effect.`];
}

const seed = 1;

async function randomSamples(
  { samples, batchSize: wanted, dimensions }: SampleSpec,
  name: string,
  open: () => Promise<EngineSession>,
  { signal }: WorkContext,
): Promise<LoadedSamples> {
  const { feeds: found, assumed } = await makeUpInputs(name, open, dimensions, signal);
  const session = await open();
  try {
    const fixed = fixedBatchSize(session.inputs);
    const batchSize = fixed ?? Math.min(wanted, samples);
    const closed = session.inputs.map((port) => ({
      ...port,
      dims: (found[port.name]?.dims ?? []).map((size, axis) =>
        axis === 0 && typeof port.dims[0] !== 'number' ? batchSize : size,
      ),
    }));
    const made = Array.from({ length: Math.ceil(samples / batchSize) }, (_, index) => ({
      feeds: randomFeeds(closed, {}, batchSize, seed + index),
      count: batchSize,
    }));
    const sizes = assumed.length === 0 ? '' : ` Sizes were assumed for open dimensions: ${assumed.join(', ')}.`;
    return {
      samples: made,
      batchSize,
      notes: [
        `No data set was given: the inputs are seeded random numbers, not real samples.${sizes}`,
        ...ownBatchNotes(wanted, fixed),
      ],
    };
  } finally {
    await session.close();
  }
}
