// What the measured models are fed: batches of a data set, loaded beforehand, or random numbers.
import { beginActivity } from '../processes/activity';
import { batches } from '../data/batches';
import type { Batch } from '../data/contracts';
import { loadingActivity, openDataset } from '../data/openDataset';
import type { Tensor } from '../onnx/tensor';
import type { DimensionSizes } from '../protocol/environment';
import type { BenchmarkInstanceSpec } from '../protocol/jobs';
import type { WorkContext } from '../protocol/progress';
import { bindInputs, shapeText } from '../runtime/feeds';
import { randomFeeds } from '../runtime/randomInputs';
import type { PortInfo } from '../runtime/session';
import { benchmarkErrors } from './benchmarkErrors';
import type { Feeds } from './subject';

/** Different inputs matter where their content decides the work; beyond these many they only take memory. */
const mostBatches = 32;
const mostBytes = 256 * 2 ** 20;
const randomSeed = 1;

type InputSpec = Pick<BenchmarkInstanceSpec, 'datasetPath' | 'batchSize' | 'dimensions'>;

/** Gives the feeds of one model, which take turns; at least one. */
export type FeedSource = (inputs: readonly PortInfo[]) => readonly Feeds[];

/** Loads what all models are fed with. Only whole batches count: a shorter one takes less time. */
export async function loadInputs(spec: InputSpec, context: WorkContext): Promise<FeedSource> {
  const { datasetPath, batchSize, dimensions } = spec;
  if (datasetPath === undefined) return (ports) => [randomBatch(ports, dimensions, batchSize)];
  const loaded = await loadBatches(datasetPath, batchSize, context);
  return (ports) => loaded.map((batch) => bindInputs(batch.inputs, ports));
}

/** Random inputs that hold `batchSize` items: a throughput counted in other items would be wrong. */
function randomBatch(ports: readonly PortInfo[], dimensions: DimensionSizes, batchSize: number): Feeds {
  const feeds = randomFeeds(ports, dimensions, batchSize, randomSeed);
  const shapes = Object.values(feeds).map(({ dims }) => dims);
  if (batchSize > 1 && shapes.every(([first]) => first !== batchSize)) {
    throw benchmarkErrors.fixedBatch(ports[0]?.model ?? 'The model', batchSize, shapeText(shapes[0] ?? []));
  }
  return feeds;
}

/** Runs that stand for all of a data set without an end, such as random samples (SYSTEMS §1.4, Benchmark arithmetic). */
const runsWithoutEnd = 10;

/**
 * Runs that go over the data once, in whole batches; at least 1. Undefined where the data does not tell how much it is.
 *
 * @throws what opening the data set throws
 */
export async function wholeBatches({
  datasetPath,
  batchSize,
}: Omit<InputSpec, 'dimensions'>): Promise<number | undefined> {
  if (datasetPath === undefined) return runsWithoutEnd;
  const dataset = await openDataset(datasetPath);
  try {
    const { length, endless } = dataset.loader;
    if (endless === true) return runsWithoutEnd;
    return length === undefined ? undefined : Math.max(1, Math.floor(length / batchSize));
  } finally {
    await dataset.close();
  }
}

/** At least one batch, and at most `most`; fewer where they are large. */
export async function loadBatches(
  datasetPath: string,
  batchSize: number,
  { signal, onProgress }: WorkContext,
  most = mostBatches,
): Promise<Batch[]> {
  const dataset = await openDataset(datasetPath);
  try {
    const loaded: Batch[] = [];
    beginActivity(loadingActivity(dataset, datasetPath));
    let bytes = 0;
    for await (const batch of batches(dataset.loader, {
      batchSize,
      limit: most * batchSize,
      lastBatch: 'discard',
      signal,
    })) {
      loaded.push(batch);
      onProgress({ phase: 'loading inputs', done: loaded.length, unit: 'batches' });
      bytes += Object.values(batch.inputs).reduce((sum, tensor) => sum + bytesOf(tensor), 0);
      if (bytes >= mostBytes) break;
    }
    if (loaded.length === 0) throw benchmarkErrors.noFullBatch(datasetPath, batchSize);
    return loaded;
  } finally {
    await dataset.close();
  }
}

function bytesOf({ data }: Tensor): number {
  return ArrayBuffer.isView(data) ? data.byteLength : data.length;
}
