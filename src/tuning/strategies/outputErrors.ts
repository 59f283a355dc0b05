// Ranks changes of a configuration by how far the model's output then is from the float model's.
import type { Probes, TrialConfig } from '../contracts';

/** A change of one op, and the error of the output with it. */
export interface RankedChange {
  readonly node: string;
  readonly config: TrialConfig;
  /** MSE against the float model's output; Infinity where the output is not a number. */
  readonly error: number;
}

/**
 * Measures every change, one after another.
 *
 * @returns the changes in ascending order of their error; equals keep the order of `nodes`.
 */
export async function rankedByOutput(
  probes: Probes,
  nodes: readonly string[],
  changed: (node: string) => TrialConfig,
): Promise<readonly RankedChange[]> {
  const ranked: RankedChange[] = [];
  for (const node of nodes) {
    const config = changed(node);
    const error = await probes.outputError(config);
    ranked.push({ node, config, error: Number.isNaN(error) ? Infinity : error });
  }
  return ranked.sort((a, b) => (a.error < b.error ? -1 : a.error > b.error ? 1 : 0));
}
