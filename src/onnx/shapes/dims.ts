// Arithmetic on shapes whose sizes may be numbers, symbols or unknown.

/** A size: known, named (equal names are equal sizes), or not known. */
export type Dim = number | string | null;
export type Dims = readonly Dim[];

/** No real tensor has more axes; longer lists of sizes are treated as an unknown rank, so that work stays bounded. */
export const maxRank = 64;

/** Sizes as they may be kept: what no tensor can have (negative, fractional, too large to count) is unknown. */
export function possibleDims(dims: Dims | undefined): Dims | undefined {
  if (dims === undefined || dims.length > maxRank) return undefined;
  return dims.map((size) => (typeof size === 'number' && !(Number.isSafeInteger(size) && size >= 0) ? null : size));
}

/** `rank` sizes that are all unknown; none for a negative rank, which only a broken model asks for. */
export function unknownDims(rank: number): Dim[] {
  return new Array<Dim>(Math.max(0, rank)).fill(null);
}

/** Counts a negative axis from the end; undefined when it is outside the rank. */
export function normalAxis(axis: number, rank: number): number | undefined {
  const counted = axis < 0 ? axis + rank : axis;
  return counted >= 0 && counted < rank ? counted : undefined;
}

/** Applies an operation on numbers to sizes; a size that is not a number makes the result unknown. */
export function onNumbers(operation: (...sizes: number[]) => number, ...sizes: (Dim | undefined)[]): Dim {
  const numbers = sizes.filter((size) => typeof size === 'number');
  if (numbers.length < sizes.length) return null;
  const result = operation(...numbers);
  return Number.isFinite(result) ? result : null;
}

/** The sum of sizes: a symbol plus zeros is the symbol. */
export function sum(sizes: readonly (Dim | undefined)[]): Dim {
  return folded(sizes, 0, (total, size) => total + size);
}

/** The product of sizes: a symbol times ones is the symbol. */
export function product(sizes: Dims): Dim {
  return sizes.includes(0) ? 0 : folded(sizes, 1, (total, size) => total * size);
}

/** Folds sizes; anything but the neutral element beside a symbol or an unknown size makes the result unknown. */
function folded(sizes: readonly (Dim | undefined)[], neutral: number, fold: (a: number, b: number) => number): Dim {
  let result: Dim = neutral;
  for (const size of sizes) {
    if (size === neutral) continue;
    if (result === neutral) result = size ?? null;
    else if (typeof size === 'number' && typeof result === 'number') result = fold(result, size);
    else return null;
  }
  return result;
}

/**
 * What is left of `total` after taking out `parts` (equal symbols cancel), as one size; null when that is not known.
 * Solves the `-1` of Reshape.
 */
export function quotient(total: Dims, parts: Dims): Dim {
  const left = [...total];
  let divisor = 1;
  for (const part of parts) {
    if (typeof part === 'number') {
      divisor *= part;
      continue;
    }
    const match = part === null ? -1 : left.indexOf(part);
    if (match < 0) return null;
    left.splice(match, 1);
  }
  const numbers = left.filter((size) => typeof size === 'number');
  const factor = numbers.reduce((all, size) => all * size, 1) / divisor;
  const others = left.filter((size) => typeof size !== 'number');
  if (others.length === 0) return Number.isInteger(factor) ? factor : null;
  return others.length === 1 && factor === 1 ? (others[0] ?? null) : null;
}

function broadcastSize(one: Dim, other: Dim): Dim {
  if (one === other) return one;
  if (one === 1) return other;
  if (other === 1) return one;
  // A number above 1 wins over what is not known: the other side must be the same or 1.
  if (typeof one === 'number') return one;
  return typeof other === 'number' ? other : null;
}

/** The multidirectional broadcast of ONNX (numpy's rule); undefined when a rank is unknown. */
export function broadcast(shapes: readonly (Dims | undefined)[]): Dims | undefined {
  let result: Dims = [];
  for (const shape of shapes) {
    if (shape === undefined) return undefined;
    const rank = Math.max(result.length, shape.length);
    const merged: Dim[] = [];
    for (let fromEnd = rank; fromEnd >= 1; fromEnd--) {
      merged.push(broadcastSize(sizeFromEnd(result, fromEnd), sizeFromEnd(shape, fromEnd)));
    }
    result = merged;
  }
  return result;
}

/** A shape counts as preceded by any number of ones. */
function sizeFromEnd(shape: Dims, fromEnd: number): Dim {
  return fromEnd > shape.length ? 1 : (shape[shape.length - fromEnd] ?? null);
}

/** What two descriptions of one tensor agree on, for values that may come from either of two places. */
export function commonDims(one: Dims | undefined, other: Dims | undefined): Dims | undefined {
  if (one === undefined || other?.length !== one.length) return undefined;
  return one.map((size, axis) => (size === other[axis] ? size : null));
}

/** Two descriptions of the same tensor as one: `first` wins where it knows the number. */
export function mergedDims(first: Dims | undefined, second: Dims | undefined): Dims | undefined {
  if (first === undefined) return second;
  if (second?.length !== first.length) return first;
  return first.map((size, axis) => {
    const other = second[axis] ?? null;
    return typeof size !== 'number' && (typeof other === 'number' || size === null) ? other : size;
  });
}
