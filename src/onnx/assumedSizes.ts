// Sizes for open dimensions where inputs are made up and nobody said any.
import type { DimensionSizes } from '../protocol/environment';

/** An input with dimensions as they are declared: a size, a name, or null for neither. */
export interface OpenPort {
  readonly name: string;
  readonly dims: readonly (number | string | null)[];
}

/** Long enough to compute something, short enough for any position table. */
export const assumedSize = 8;

/** Tried one after the other: a sequence of any model, then what pictures and pieces of sound need at least. */
export const triedSizes: readonly number[] = [assumedSize, 64, 256];

/** `size` for every named dimension but the batch. */
export function assumedSizes(ports: readonly Pick<OpenPort, 'dims'>[], size = assumedSize): Record<string, number> {
  const names = ports.flatMap((port) => port.dims.slice(1)).filter((dim) => typeof dim === 'string');
  return Object.fromEntries(names.map((name) => [name, size]));
}

/** Inputs whose open dimensions have sizes, but for the batch in front. */
export interface AssumedSizes<Port extends OpenPort> {
  /** Without dimensions that have no name. */
  readonly ports: readonly Port[];
  /** Of those with a name. */
  readonly sizes: DimensionSizes;
  /** For a person: `seq = 8`. */
  readonly assumed: readonly string[];
}

/**
 * `size` for every open dimension but the batch that `dimensions` does not name.
 *
 * @param ports the inputs of one model
 */
export function withAssumedSizes<Port extends OpenPort>(
  ports: readonly Port[],
  dimensions: DimensionSizes,
  size: number,
): AssumedSizes<Port> {
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
  return { ports: closed, sizes: Object.fromEntries(named), assumed };
}

/** The state of a recurrent layer is [directions, batch, units]: its first dimension is a number, the second open. */
function isBatch({ dims }: OpenPort, axis: number): boolean {
  return axis === 1 && dims.length === 3 && typeof dims[0] === 'number';
}
