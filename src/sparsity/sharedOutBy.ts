// What a target sparsity was shared out by, in words.
import type { PruneResult } from '../protocol/pruning';

/** Goes on "shared out by …". */
export const sharedOutBy: Readonly<Record<NonNullable<PruneResult['allocatedBy']>, string>> = {
  'one-shot': 'what pruning each layer does to the outputs',
  magnitude: 'the magnitudes of the weights',
};
