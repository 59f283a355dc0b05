// The named open dimensions of a model, to which people give sizes.
import type { GraphProto } from './messages';

/** Names in the order of the inputs, each once. */
export function openDimensions({ input }: GraphProto): readonly string[] {
  const dims = input.flatMap(({ type }) => type?.tensorType?.shape?.dim ?? []);
  return [...new Set(dims.flatMap(({ dimParam = '' }) => (dimParam === '' ? [] : [dimParam])))];
}
