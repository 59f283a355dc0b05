// How a target sparsity was shared out, in words.
import type { DenseReason, PruneResult } from '../protocol/pruning';

/** Goes on "shared out by …". */
export const sharedOutBy: Readonly<Record<NonNullable<PruneResult['allocatedBy']>, string>> = {
  'one-shot': 'what pruning each layer does to the outputs',
  magnitude: 'the magnitudes of the weights',
};

/** Stands in place of a layer's sparsity. */
const denseTexts: Readonly<Record<DenseReason, string>> = {
  first: 'dense: first layer',
  grouped: 'dense: grouped',
  little: 'dense: too little',
  recipe: 'dense: by recipe',
};

/** Of an answer that came over the wire. */
export function isDenseReason(value: unknown): value is DenseReason {
  return typeof value === 'string' && Object.hasOwn(denseTexts, value);
}

/** A layer's sparsity, in two digits behind the point unless it has more; of a dense one why it is. */
export function layerSparsityText(sparsityFraction: number, denseReason: DenseReason | null): string {
  if (denseReason !== null) return denseTexts[denseReason];
  const short = sparsityFraction.toFixed(2);
  return Number(short) === sparsityFraction ? short : String(sparsityFraction);
}

/** A mean sparsity (0…1) in two digits behind the point. */
export function meanText(fraction: number): string {
  return String(Number(fraction.toFixed(2)));
}

/** What was aimed at, what came of it, and by what it was shared out; null where a recipe gave every layer its own. */
export function targetText({
  targetFraction,
  reachedFraction,
  allocatedBy,
}: Pick<PruneResult, 'targetFraction' | 'reachedFraction' | 'allocatedBy'>): string | null {
  if (targetFraction === null) return null;
  const reached = reachedFraction === null ? '' : ` (reached: ${meanText(reachedFraction)})`;
  const by = allocatedBy === null ? '' : `, shared out by ${sharedOutBy[allocatedBy]}`;
  return `a mean sparsity of ${targetFraction}${reached}${by}`;
}
