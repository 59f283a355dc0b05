// Inputs for a model nobody gave data for: random numbers, in sizes for its open dimensions that it can run with.
import type { DimensionSizes } from '../protocol/environment';
import { triedSizes, withAssumedSizes } from '../onnx/assumedSizes';
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
  const { ports: closed, sizes, assumed } = withAssumedSizes(ports, dimensions, size);
  return { feeds: randomFeeds(closed, { ...sizes, ...dimensions }, 1, seed), assumed };
}
