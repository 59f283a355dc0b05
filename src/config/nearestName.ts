// The nearest right name to a mistyped one, for "did you mean".

/**
 * The candidate with the smallest edit distance (insertions, deletions, substitutions, swaps of neighbours; case is
 * ignored), or undefined when none is near: at most a third of the longer word may differ.
 */
export function nearestName(given: string, candidates: readonly string[]): string | undefined {
  // A hostile key may be megabytes long; no real name is.
  if (given.length > 64) return undefined;
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const distance = editDistance(given.toLowerCase(), candidate.toLowerCase());
    const longer = Math.max(given.length, candidate.length);
    const allowed = Math.max(1, Math.floor(longer / 3));
    // Of two names of one letter, neither is a slip for the other.
    if (distance < bestDistance && distance <= allowed && distance < longer) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Optimal string alignment distance (Damerau–Levenshtein without repeated edits of a substring). */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      let distance = Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, substitution);
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) distance = Math.min(distance, (beforePrevious[column - 2] ?? 0) + 1);
      current.push(distance);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
