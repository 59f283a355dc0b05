// Sizes for open dimensions where inputs are made up and nobody said any.
import type { PortInfo } from './session';

/** Long enough to compute something, short enough for any position table. */
export const assumedSize = 8;

/** `size` for every named dimension but the batch. */
export function assumedSizes(ports: readonly PortInfo[], size = assumedSize): Record<string, number> {
  const names = ports.flatMap((port) => port.dims.slice(1)).filter((dim) => typeof dim === 'string');
  return Object.fromEntries(names.map((name) => [name, size]));
}
