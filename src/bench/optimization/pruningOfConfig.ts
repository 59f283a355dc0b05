// How an optimization prunes as its config.yaml says, which its runs obey: a person may have changed it.
import { readPruningRecipe } from '../../config/pruningRecipe';
import type { LayerSparsities } from '../../config/pruningRecipe';
import { BenchError } from '../../protocol/benchError';
import type { OptimizationRecord } from '../../store/records';
import type { Bench } from '../bench';
import { configFileOf } from '../runs/configFile';

/** Sparsities are fractions. */
export interface PruningSettings {
  /** Null where the recipe gives layers their own and shares nothing out. */
  readonly targetSparsity: number | null;
  /** Of the layers that the recipe names. */
  readonly layers: LayerSparsities;
}

/** Null for types that do not prune. What was asked for where the file is gone or no recipe: a run says what is wrong. */
export async function pruningOfConfig(
  bench: Bench,
  { id, pruning = null }: Pick<OptimizationRecord, 'id' | 'pruning'>,
): Promise<PruningSettings | null> {
  if (pruning === null) return null;
  try {
    const { targetFraction = null, sparsities } = readPruningRecipe(await configFileOf(bench, 'optimization', id));
    return { targetSparsity: targetFraction, layers: sparsities };
  } catch (thrown) {
    if (!(thrown instanceof BenchError)) throw thrown;
    return { targetSparsity: pruning.targetSparsity, layers: new Map() };
  }
}
