// What the bench finds out about a model file, as `model/boundary_nodes` tells it.
import type { Answer } from './answer';

/** Names of the outputs; the API adds a last choice, with which forms ask for a name. */
export function outputNames(boundary: Answer): readonly string[] {
  const names = boundary.at('outputs').items.map((name) => name.text(''));
  return names.at(-1) === 'custom' ? names.slice(0, -1) : names;
}
