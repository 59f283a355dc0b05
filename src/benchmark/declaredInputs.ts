// Inputs where random samples do not fit a model as batches: of the shapes that it declares, open sizes as in the samples.
import { readDatasetFile } from '../config/datasetFile';
import { isMadeUp } from '../dictionary/madeUpData';
import type { Tensor } from '../onnx/tensor';
import type { BenchmarkInstanceSpec } from '../protocol/jobs';
import type { WorkContext } from '../protocol/progress';
import { assumedSize } from '../onnx/assumedSizes';
import { shapeText } from '../runtime/feeds';
import { randomFeeds } from '../runtime/randomInputs';
import { RuntimeFailure } from '../runtime/runtimeErrors';
import type { EngineSession, PortInfo } from '../runtime/session';
import { loadBatches } from './inputs';
import type { FeedSource } from './inputs';
import type { Feeds } from './subject';

/** Inputs that the model runs with. */
export interface FittingFeeds {
  readonly feeds: readonly Feeds[];
  /** What a person should know of them. */
  readonly notes: readonly string[];
}

const randomSeed = 1;
/** For open sizes: those of the samples, then what models of sequences, pictures and pieces of sound need at least. */
const triedSizes: readonly (number | undefined)[] = [undefined, assumedSize, 64, 256];

/**
 * What `source` gives. Where that is random numbers whose shapes do not fit, others that the model runs with.
 *
 * @throws what `source` throws, also where the model does not run with any
 */
export async function feedsThatFit(
  source: FeedSource,
  session: EngineSession,
  { datasetPath, batchSize }: Pick<BenchmarkInstanceSpec, 'datasetPath' | 'batchSize'>,
  context: WorkContext,
): Promise<FittingFeeds> {
  if (datasetPath === undefined || !isRandomData(datasetPath)) return { feeds: source(session.inputs), notes: [] };
  let misfit: unknown;
  try {
    const feeds = source(session.inputs);
    const [first] = feeds;
    misfit = first && (await failureOf(session, first));
    if (misfit === undefined) return { feeds, notes: [] };
  } catch (thrown) {
    if (!(thrown instanceof RuntimeFailure && thrown.code === 'engine-input-shape')) throw thrown;
    misfit = thrown;
  }
  const [batch] = await loadBatches(datasetPath, batchSize, context, 1);
  const samples = Object.values(batch?.inputs ?? {});
  for (const size of triedSizes) {
    context.signal.throwIfAborted();
    const feeds = declaredInputs(samples, batchSize, session.inputs, size);
    if (feeds === undefined || (await failureOf(session, feeds)) !== undefined) continue;
    return { feeds: [feeds], notes: [noteOf(feeds)] };
  }
  throw misfit;
}

function isRandomData(datasetPath: string): boolean {
  return isMadeUp(readDatasetFile(datasetPath).dataset.name);
}

/** Why the model does not run with these inputs; undefined when it does. */
async function failureOf(session: EngineSession, feeds: Feeds): Promise<RuntimeFailure | undefined> {
  try {
    await session.run(feeds);
    return undefined;
  } catch (thrown) {
    if (thrown instanceof RuntimeFailure && thrown.code === 'engine-run') return thrown;
    throw thrown;
  }
}

/** Undefined where no such inputs hold as many items. */
function declaredInputs(
  samples: readonly Tensor[],
  batchSize: number,
  ports: readonly PortInfo[],
  size: number | undefined,
): Feeds | undefined {
  if (samples.length !== ports.length) return undefined;
  const closed = ports.map((port, index) => {
    const dims = closedDims(port.dims, samples[index]?.dims ?? [], batchSize, size);
    return dims && { ...port, dims };
  });
  if (!closed.every((port) => port !== undefined)) return undefined;
  const feeds = randomFeeds(closed, {}, batchSize, randomSeed);
  // A figure counted in other items would be wrong.
  return Object.values(feeds).some(({ dims }) => dims[0] === batchSize) ? feeds : undefined;
}

/** @param given with the batch as first axis */
function closedDims(
  dims: PortInfo['dims'],
  given: readonly number[],
  batchSize: number,
  size: number | undefined,
): readonly number[] | undefined {
  // A scalar, or a shape that is not told.
  if (dims.length === 0) return given.length === 1 ? [] : given;
  if (dims.length !== given.length) return undefined;
  // The state of a recurrent layer is [directions, batch, units].
  const batchAxis = dims.length === 3 && typeof dims[0] === 'number' ? 1 : 0;
  return dims.map((dim, axis) => {
    if (typeof dim === 'number') return dim;
    return axis === batchAxis ? batchSize : (size ?? given[axis] ?? batchSize);
  });
}

function noteOf(feeds: Feeds): string {
  const shapes = Object.entries(feeds).map(([name, { dims }]) => `${name} ${shapeText(dims)}`);
  return `The random samples of the data set do not fit the inputs of the model as batches: inputs were made up from the shapes that it declares (${shapes.join(', ')}).`;
}
