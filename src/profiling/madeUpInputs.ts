// Inputs for a model nobody gave data for: random numbers, in sizes for its open dimensions that it can run with.
import type { DimensionSizes } from '../protocol/environment';
import { assumedSize, assumedSizes } from '../runtime/assumedSizes';
import { randomFeeds } from '../runtime/randomInputs';
import { RuntimeFailure } from '../runtime/runtimeErrors';
import type { EngineSession, PortInfo } from '../runtime/session';
import type { Feeds } from './profileModel';
import { profilingErrors } from './profilingErrors';

export interface MadeUpInputs {
  readonly feeds: Feeds;
  /** The sizes that were assumed, for a person: `seq = 8`. */
  readonly assumed: readonly string[];
}

/** Tried one after the other: a sequence of any model, then what pictures and pieces of sound need at least. */
const triedSizes: readonly number[] = [assumedSize, 64, 256];
const seed = 1;

/**
 * Random inputs of one item. Where the model leaves dimensions open that `dimensions` does not name, it is run once with
 * each assumed size until it runs.
 *
 * @throws what `randomFeeds` throws; `engine-run` when the model does not run; `profiling-no-inputs` when it runs with none
 *   of the assumed sizes
 */
export async function makeUpInputs(
  name: string,
  open: () => Promise<EngineSession>,
  dimensions: DimensionSizes,
  signal: AbortSignal,
): Promise<MadeUpInputs> {
  const session = await open();
  try {
    let last: RuntimeFailure | undefined;
    for (const size of triedSizes) {
      signal.throwIfAborted();
      const made = inputsOfSize(session.inputs, dimensions, size);
      if (made.assumed.length === 0) return made;
      try {
        await session.run(made.feeds);
        return made;
      } catch (thrown) {
        if (!(thrown instanceof RuntimeFailure) || thrown.code !== 'engine-run') throw thrown;
        last = thrown;
      }
    }
    throw profilingErrors.noInputs(name, triedSizes, last?.message ?? '', last);
  } finally {
    await session.close();
  }
}

/** Inputs with `size` for every open dimension but the batch, which is 1. */
function inputsOfSize(ports: readonly PortInfo[], dimensions: DimensionSizes, size: number): MadeUpInputs {
  const batches = new Set(ports.map(({ dims }) => dims[0]));
  const named = Object.entries(assumedSizes(ports, size)).filter(
    ([name]) => !batches.has(name) && !Object.hasOwn(dimensions, name),
  );
  const assumed = named.map(([name]) => `${name} = ${size}`);
  const closed = ports.map((port) => ({
    ...port,
    dims: port.dims.map((dim, axis) => {
      if (dim !== null || axis === 0) return dim;
      const taken = isBatch(port, axis) ? 1 : size;
      assumed.push(`dimension ${axis} of ${port.name} = ${taken}`);
      return taken;
    }),
  }));
  const sizes = { ...Object.fromEntries(named), ...dimensions };
  return { feeds: randomFeeds(closed, sizes, 1, seed), assumed };
}

/** The state of a recurrent layer is [directions, batch, units]: its first dimension is a number, the second open. */
function isBatch({ dims }: PortInfo, axis: number): boolean {
  return axis === 1 && dims.length === 3 && typeof dims[0] === 'number';
}
